//! "On my way": an officer claims a complaint for some minutes, and lets it go.
//!
//! A claim is no change of the complaint: it is decided by its own row, moves no version and is no event.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::account::{Identity, Role};
use crate::domain::complaint::Complaint;
use crate::domain::presence::{CLAIM_MINUTES, CLAIM_USUAL_MINUTES, Claim};
use crate::http::asked::Asked;
use crate::http::auth::Staff;
use crate::http::complaints::{complaint_id, find};
use crate::http::desk::Desk;
use crate::http::problem::{Problem, ProblemBody};
use crate::store::claims;

/// How often a claim that ends just now is tried again.
const TRIES: usize = 3;

/// For how long.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClaim {
    /// From now on; 30 if absent.
    #[serde(default = "usual")]
    #[schema(minimum = 1, maximum = 240)]
    minutes: i32,
}

const fn usual() -> i32 {
    CLAIM_USUAL_MINUTES
}

/// Says that you are on the way to a complaint, or renews that from now on. At most one officer is, and an
/// officer to at most 20 complaints. It ends by its time, by hand, when your last socket has been gone for the
/// grace, and when the complaint is closed, rejected or moved.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/claim", tag = "complaints", request_body = NewClaim,
    params(("id" = Uuid, Path, description = "The complaint")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The claim", body = Claim),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "No officer of its region", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "Another officer is on the way (`current` is their claim), the complaint is closed or rejected, or you have too many claims", body = ProblemBody),
        (status = 422, description = "Not 1 to 240 minutes", body = ProblemBody)))]
pub async fn claim(
    id: web::Path<String>,
    asked: Asked<Staff, NewClaim>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let (complaint, identity) = (complaint_id(&id)?, asked.who.0);
    let minutes = asked.body.value.minutes;
    if !CLAIM_MINUTES.contains(&minutes) {
        let (least, most) = (CLAIM_MINUTES.start(), CLAIM_MINUTES.end());
        let message = format!("must be between {least} and {most}");
        return Err(Problem::invalid_field("minutes", "out_of_range", message));
    }
    for _ in 0..TRIES {
        let found = claimable(&desk, complaint, &identity).await?;
        let (store, officer) = (&desk.store, identity.account);
        if let Some(claim) =
            claims::claim(store, complaint, &found.region, officer, minutes).await?
        {
            desk.presence.claim_changed();
            return Ok(HttpResponse::Ok().json(claim));
        }
        // Nobody has it, so that it is the number; or it ended, moved or was closed just now.
        match claims::find(store, complaint).await? {
            Some(held) if held.holder.id != officer => return Err(taken(&held)),
            Some(_) | None => {}
        }
    }
    let detail = format!(
        "an officer can be on the way to at most {} complaints; let one go",
        claims::MOST
    );
    Err(Problem::conflict("too_many_claims", detail, None))
}

/// Says that you are not on the way any more; an admin may say it of anybody. Without a claim nothing happens.
#[utoipa::path(delete, path = "/api/v1/complaints/{id}/claim", tag = "complaints",
    params(("id" = Uuid, Path, description = "The complaint")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Nobody is on the way"),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "Another officer is on the way; `current` is their claim", body = ProblemBody)))]
pub async fn release(
    id: web::Path<String>,
    Staff(identity): Staff,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let complaint = complaint_id(&id)?;
    visible(&desk, complaint, &identity).await?;
    let holder = match identity.role {
        Role::Officer => Some(identity.account),
        Role::Admin => None,
    };
    if claims::release(&desk.store, complaint, holder).await? {
        desk.presence.claim_changed();
    } else if let Some(held) = claims::find(&desk.store, complaint).await?
        && held.holder.id != identity.account
    {
        return Err(taken(&held));
    }
    Ok(HttpResponse::NoContent().finish())
}

/// The complaint, if the caller may see it.
async fn visible(desk: &Desk, id: Uuid, identity: &Identity) -> Result<Complaint, Problem> {
    let complaint = find(&desk.store, id).await?.complaint;
    if identity.may_work_in(&complaint.region) {
        Ok(complaint)
    } else {
        Err(Problem::not_in_your_regions())
    }
}

/// The complaint, if the caller may be on the way to it.
async fn claimable(desk: &Desk, id: Uuid, identity: &Identity) -> Result<Complaint, Problem> {
    let complaint = visible(desk, id, identity).await?;
    if identity.role == Role::Admin {
        return Err(Problem::forbidden(
            "an admin works in no region: its officers are on the way",
        ));
    }
    if complaint.status.is_final() {
        let detail = format!(
            "the complaint is {}: there is nothing to do",
            complaint.status
        );
        let current = serde_json::to_value(&complaint).ok();
        return Err(Problem::conflict("not_open", detail, current));
    }
    Ok(complaint)
}

/// The refusal that names who is on the way, and until when.
fn taken(held: &Claim) -> Problem {
    let detail = format!("{} is on the way until {}", held.holder.name, held.until);
    Problem::conflict("claimed", detail, serde_json::to_value(held).ok())
}
