//! Who may look at the photos of a complaint, and who may send and remove them.

use actix_web::HttpRequest;
use uuid::Uuid;

use crate::domain::account::{By, Scope};
use crate::http::auth::Caller;
use crate::http::complaints::{find, tracked};
use crate::http::desk::Desk;
use crate::http::problem::Problem;

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Staff of the region, who also see who sent a photo.
    Staff,
    /// An app, or whoever has the tracking token.
    Reporter,
}

/// Who sends or removes photos, and has the right to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sender(pub(super) By);

impl Sender {
    /// Whether it is staff of the region.
    pub(super) fn is_staff(self) -> bool {
        matches!(self.0, By::Officer { .. } | By::Admin { .. })
    }
}

/// Lets read who may read the complaint.
///
/// # Errors
/// 401, 403 and 404 problems.
pub(super) async fn reader(
    request: &HttpRequest,
    caller: &Caller,
    complaint: Uuid,
    desk: &Desk,
) -> Result<Reader, Problem> {
    if tracked(request, complaint, desk)? {
        find(&desk.store, complaint).await?;
        return Ok(Reader::Reporter);
    }
    require_credentials(caller)?;
    let found = find(&desk.store, complaint).await?;
    let region = &found.complaint.region;
    match caller {
        Caller::Staff(identity) if identity.may_work_in(region) => Ok(Reader::Staff),
        Caller::ApiKey(key) if key.may(Scope::Read, region) || found.api_key == Some(key.id) => {
            Ok(Reader::Reporter)
        }
        Caller::Staff(_) | Caller::ApiKey(_) | Caller::Anonymous => Err(forbidden()),
    }
}

/// Lets send and remove: staff of the region, the API key that submitted the complaint, its tracking token.
///
/// # Errors
/// 401, 403 and 404 problems.
pub(super) async fn sender(
    request: &HttpRequest,
    caller: &Caller,
    complaint: Uuid,
    desk: &Desk,
) -> Result<Sender, Problem> {
    if tracked(request, complaint, desk)? {
        find(&desk.store, complaint).await?;
        return Ok(Sender(By::Resident));
    }
    require_credentials(caller)?;
    let found = find(&desk.store, complaint).await?;
    match caller {
        Caller::Staff(identity) if identity.may_work_in(&found.complaint.region) => {
            Ok(Sender(identity.into()))
        }
        Caller::ApiKey(key) if found.api_key == Some(key.id) => {
            Ok(Sender(By::ApiKey { id: key.id }))
        }
        Caller::ApiKey(_) => Err(Problem::forbidden(
            "this API key did not submit the complaint",
        )),
        Caller::Staff(_) | Caller::Anonymous => Err(forbidden()),
    }
}

fn require_credentials(caller: &Caller) -> Result<(), Problem> {
    match caller {
        Caller::Staff(_) | Caller::ApiKey(_) => Ok(()),
        Caller::Anonymous => Err(Problem::unauthorized(
            "sign in, or send an X-API-Key or the complaint's X-Tracking-Token",
        )),
    }
}

fn forbidden() -> Problem {
    Problem::forbidden("this complaint is not in one of your regions")
}
