//! Who has a complaint: take it, give it, let it go.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Asking, IfMatch, Who, changed};
use crate::domain::account::{Identity, Role};
use crate::domain::change::{Assignment, Deed};
use crate::domain::complaint::Complaint;
use crate::domain::region::RegionId;
use crate::http::asked::Asked;
use crate::http::auth::Staff;
use crate::http::complaints::complaint_id;
use crate::http::desk::Desk;
use crate::http::import::present;
use crate::http::problem::{Problem, ProblemBody};
use crate::store::accounts;

/// Who shall have the complaint.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssigneePatch {
    /// The account id of an active officer of the region, `me`, or null for nobody.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    assignee: Option<Option<String>>,
    /// The version that you saw; if the complaint has another one by now, nothing is changed.
    pub(super) version: Option<i64>,
}

/// Gives a complaint to an officer of its region, or to nobody. Taking one (`me`) out of another's
/// hands needs its version. Answered after it is durable.
#[utoipa::path(patch, path = "/api/v1/complaints/{id}/assignee", tag = "complaints",
    request_body = AssigneePatch,
    params(("id" = Uuid, Path, description = "The complaint"),
        ("If-Match" = Option<String>, Header, description = "The ETag that you saw")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The complaint as it is now", body = Complaint),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "Stale version, not open, or another officer has it; `current` shows it", body = ProblemBody),
        (status = 422, description = "No active officer of the region", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn assign(
    id: web::Path<String>,
    seen: IfMatch,
    asked: Asked<Staff, AssigneePatch>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let body = asked.body.value;
    let asking = Asking {
        desk: &desk,
        who: Who::Staff(&asked.who.0),
        complaint: complaint_id(&id)?,
        version: seen.or(body.version)?,
    };
    Ok(changed(&body.carry_out(&asking, &asked.who.0).await?))
}

impl AssigneePatch {
    pub(super) async fn carry_out(
        &self,
        asking: &Asking<'_>,
        identity: &Identity,
    ) -> Result<Complaint, Problem> {
        let Some(assignee) = &self.assignee else {
            return Err(Problem::invalid_field(
                "assignee",
                "required",
                "must be given: an account id, \"me\", or null for nobody",
            ));
        };
        let assignment = match assignee.as_deref() {
            None => Assignment {
                to: None,
                is_taken: false,
            },
            Some("me") => taken(identity)?,
            Some(id) => given(asking.desk, id, &asking.region().await?).await?,
        };
        asking.carry_out(Deed::Assign(assignment), None).await
    }
}

fn taken(identity: &Identity) -> Result<Assignment, Problem> {
    match identity.role {
        Role::Officer => Ok(Assignment {
            to: Some(identity.account),
            is_taken: true,
        }),
        Role::Admin => Err(Problem::invalid_field(
            "assignee",
            "no_officer",
            "an admin works in no region; give the complaint to one of its officers",
        )),
    }
}

async fn given(desk: &Desk, id: &str, region: &RegionId) -> Result<Assignment, Problem> {
    let refused = |code, message: &str| Err(Problem::invalid_field("assignee", code, message));
    let Ok(id) = id.parse::<Uuid>() else {
        return refused("invalid", "must be an account id, \"me\", or null");
    };
    let account = accounts::find(&desk.store, id).await?;
    match account {
        None => refused("unknown", "there is no such account"),
        Some(account) if account.role != Role::Officer => {
            refused("no_officer", "this account is no officer")
        }
        Some(account) if !account.active => refused("inactive", "this officer is not active"),
        Some(account) if !account.regions.contains(region) => refused(
            "other_region",
            "this officer does not work in the complaint's region",
        ),
        Some(_) => Ok(Assignment {
            to: Some(id),
            is_taken: false,
        }),
    }
}
