//! Forgetting who reported, over all complaints of a person: the second step after `people::lookup`.

use actix_web::{HttpRequest, web};
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::audited;
use super::auth::AdminOnly;
use super::changes::{Asking, Who};
use super::desk::Desk;
use super::identity::by_request;
use super::people::{ConfirmedPerson, confirmed};
use super::problem::{Problem, ProblemBody};
use crate::access::Access;
use crate::access::audit::Reason;
use crate::domain::fault::Faults;

/// Complaints that are asked for at once, so that their desks share commits.
const AT_ONCE: usize = 32;

/// Adds the route of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    let resource = web::resource("/admin/people/erase-identity");
    config.service(resource.route(web::post().to(erase_identity)));
}

/// Whose identity is erased, and why. Not `Debug`: it holds personal data.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonErasure {
    /// The e-mail address that they gave with their complaints; case does not matter.
    email: String,
    /// The `confirmation` of the first step.
    confirmation: String,
    /// How the request came and was verified, 1–500 characters on one line, for the audit trail: it is never erased, and
    /// must not hold an e-mail address.
    reason: String,
}

/// What became of a person's complaints.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonErased {
    /// Complaints of which nobody knows any more who reported them.
    forgotten: usize,
    /// Those of which it is still known, each with why. Take both steps again when that has changed.
    kept: Vec<KeptComplaint>,
}

/// A complaint of which it is still known who reported it.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptComplaint {
    /// The complaint.
    complaint: Uuid,
    /// The kind of problem, such as `urn:redress:problem:legal_hold`.
    #[serde(rename = "type")]
    kind: String,
    /// Why, for people.
    detail: String,
}

/// Forget who reported, over all complaints of a person
///
/// The second step. Each complaint is decided by itself: one that is being worked on or is under a legal hold keeps its
/// reporter, and is named in the answer. Recorded in the audit trail, without the address.
#[utoipa::path(post, path = "/api/v1/admin/people/erase-identity", tag = "admin", security(("bearer" = [])),
    request_body = PersonErasure,
    responses(
        (status = 200, description = "What became of each", body = PersonErased),
        (status = 409, description = "The confirmation has expired, or other complaints are concerned by now", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody),
        (status = 503, description = "The database is away", body = ProblemBody)))]
pub async fn erase_identity(
    request: HttpRequest,
    asked: Asked<AdminOnly, PersonErasure>,
    access: web::Data<Access>,
    desk: Desk,
) -> Result<web::Json<PersonErased>, Problem> {
    let PersonErasure {
        email,
        confirmation,
        reason,
    } = asked.body.value;
    let mut faults = Faults::default();
    let reason = faults.keep("reason", Reason::parse(&reason));
    let reason = faults.into_result(reason)?;
    let person = ConfirmedPerson {
        email,
        confirmation,
    };
    let found = confirmed(&asked.who, &person, &access, &desk.store).await?;
    let who = Who::Staff(&asked.who.0);
    let outcomes = stream::iter(found.iter().map(|complaint| complaint.id))
        .map(|complaint| forget(&desk, who, complaint))
        .buffered(AT_ONCE);
    let kept: Vec<KeptComplaint> = outcomes.filter_map(std::future::ready).collect().await;
    let erased = PersonErased {
        forgotten: found.len().saturating_sub(kept.len()),
        kept,
    };
    let kept: Vec<Uuid> = erased.kept.iter().map(|kept| kept.complaint).collect();
    let details =
        json!({"forgotten": erased.forgotten, "kept": kept.len(), "first_kept": kept.first()});
    audited::tell(&request, Some(reason), details);
    Ok(web::Json(erased))
}

/// Forgets who reported a complaint; if that is refused, why. One that is gone is forgotten.
async fn forget(desk: &Desk, who: Who<'_>, complaint: Uuid) -> Option<KeptComplaint> {
    let asking = Asking {
        desk,
        who,
        complaint,
        version: None,
    };
    let problem = asking.carry_out(by_request(), None).await.err()?;
    let problem = problem.body("");
    if problem.kind.ends_with(":not_found") {
        return None;
    }
    Some(KeptComplaint {
        complaint,
        kind: problem.kind,
        detail: problem.detail,
    })
}
