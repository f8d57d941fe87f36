//! Who may look at a complaint, and who speaks for it: staff of its region, an app, whoever has its tracking token.

use actix_web::HttpRequest;
use uuid::Uuid;

use super::auth::Caller;
use super::changes::Who;
use super::complaints::find;
use super::desk::Desk;
use super::problem::Problem;
use crate::domain::account::{By, Scope};
use crate::store::complaints::Found;

/// The header with which a reporter comes back to their complaint.
const TRACKING_TOKEN: &str = "X-Tracking-Token";

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Staff of the region, who see everything.
    Staff,
    /// An app, which does not see who reported it.
    App,
    /// Whoever has the tracking token: the public part.
    Reporter,
}

/// Lets read who may read the complaint, which comes along.
///
/// # Errors
/// 401, 403 and 404 problems.
pub(super) async fn reader(
    request: &HttpRequest,
    caller: &Caller,
    complaint: Uuid,
    desk: &Desk,
) -> Result<(Reader, Found), Problem> {
    if is_tracked(request, complaint, desk)? {
        let found = find(&desk.store, complaint).await?;
        return Ok((Reader::Reporter, found));
    }
    if matches!(caller, Caller::Anonymous) {
        return Err(unknown_caller());
    }
    let found = find(&desk.store, complaint).await?;
    let region = &found.complaint.region;
    match caller {
        Caller::Staff(identity) if identity.may_work_in(region) => Ok((Reader::Staff, found)),
        Caller::ApiKey(key) if key.may(Scope::Read, region) || found.api_key == Some(key.id) => {
            Ok((Reader::App, found))
        }
        Caller::Staff(_) | Caller::ApiKey(_) | Caller::Anonymous => {
            Err(Problem::not_in_your_regions())
        }
    }
}

/// Who asks for a change: staff, whose regions are looked at when it is asked for; or the reporter, by the
/// tracking token or the API key that submitted the complaint.
///
/// # Errors
/// 401, 403 and 404 problems.
pub(super) async fn speaker<'a>(
    request: &HttpRequest,
    caller: &'a Caller,
    complaint: Uuid,
    desk: &Desk,
) -> Result<Who<'a>, Problem> {
    if is_tracked(request, complaint, desk)? {
        return Ok(Who::Reporter(By::Resident));
    }
    match caller {
        Caller::Staff(identity) => Ok(Who::Staff(identity)),
        Caller::ApiKey(key) => {
            if find(&desk.store, complaint).await?.api_key != Some(key.id) {
                return Err(Problem::forbidden(
                    "this API key did not submit the complaint",
                ));
            }
            Ok(Who::Reporter(By::ApiKey { id: key.id }))
        }
        Caller::Anonymous => Err(unknown_caller()),
    }
}

/// Whether a request comes with a tracking token, of whatever complaint.
pub(super) fn has_token(request: &HttpRequest) -> bool {
    request.headers().contains_key(TRACKING_TOKEN)
}

/// Whether a request carries the tracking token of a complaint.
///
/// # Errors
/// A 401 problem when it carries another one.
fn is_tracked(request: &HttpRequest, complaint: Uuid, desk: &Desk) -> Result<bool, Problem> {
    let Some(token) = request.headers().get(TRACKING_TOKEN) else {
        return Ok(false);
    };
    let token = token.to_str().ok();
    let tracked = token.and_then(|token| desk.tracking.complaint(token));
    if tracked == Some(complaint) {
        Ok(true)
    } else {
        Err(Problem::unauthorized(
            "the tracking token is not this complaint's",
        ))
    }
}

fn unknown_caller() -> Problem {
    Problem::unauthorized("sign in, or send an X-API-Key or the complaint's X-Tracking-Token")
}
