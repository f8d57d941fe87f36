//! What requests leave in the audit trail: whatever an admin does, and whoever reads or takes away personal data.
//!
//! An entry is written before anything is done, by [`admin`] for every route that asks for an admin, and by
//! [`personal`] where the route itself asks. How it ended is told by a second entry, which [`complete`] writes before
//! the answer leaves, if there is something to tell.

use std::net::IpAddr;

use actix_web::dev::ServiceResponse;
use actix_web::http::header::LOCATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde_json::Value;
use uuid::Uuid;

use super::client_address::ClientAddress;
use super::problem::Problem;
use crate::access::audit::{Reason, Trail};
use crate::domain::account::Identity;
use crate::domain::audit::{Actor, Entry, Origin, Outcome};
use crate::store::Store;

/// The header with which callers say why.
const REASON: &str = "X-Reason";

/// The status of an answer about something that was made.
const CREATED: u16 = 201;

/// The entry that a request has written.
#[derive(Clone)]
struct Noted(Entry);

/// What a handler adds when it is done: a reason that came in the body, counts and ids.
#[derive(Clone)]
struct Told(Option<Reason>, Value);

/// Writes down what an admin asks for, before it is done.
///
/// # Errors
/// 422 for a reason that cannot be kept; 503 when the trail cannot be written: then nothing may be done.
pub(super) async fn admin(request: &HttpRequest, identity: &Identity) -> Result<(), Problem> {
    let action = format!("{} {}", request.method(), route(request));
    let subject: Vec<&str> = request
        .match_info()
        .iter()
        .map(|(_, value)| value)
        .collect();
    let entry = entry(request, identity.into(), action, Outcome::Asked).await?;
    note(request, entry.about(&subject.join("/"))).await
}

/// Writes down who reads or takes away personal data of a complaint, before it is done.
///
/// # Errors
/// As of [`admin`].
pub(super) async fn personal(
    request: &HttpRequest,
    by: Actor,
    action: &str,
    complaint: Uuid,
) -> Result<(), Problem> {
    let entry = entry(request, by, action.to_owned(), Outcome::Done).await?;
    note(request, entry.about(&complaint.to_string())).await
}

/// Adds to what a request wrote, when it is done: why, as its body said, and counts or ids.
pub(super) fn tell(request: &HttpRequest, reason: Option<Reason>, details: Value) {
    request.extensions_mut().insert(Told(reason, details));
}

/// The reason in a request's header.
///
/// # Errors
/// A 422 problem.
pub(super) fn reason(request: &HttpRequest) -> Result<Option<Reason>, Problem> {
    let Some(value) = request.headers().get(REASON) else {
        return Ok(None);
    };
    let unreadable = || Problem::malformed(format!("{REASON} must be UTF-8"));
    let text = std::str::from_utf8(value.as_bytes());
    let text = text.ok().ok_or_else(unreadable)?;
    let reason = Reason::parse(text)
        .map_err(|(code, message)| Problem::invalid_field(REASON, code, message));
    reason.map(Some)
}

/// Writes how a request ended that wrote an entry, if that needs telling: it made something, was refused or failed, or
/// its handler adds something. The answer leaves in any case: the entry that it was asked for is durable.
///
/// What is written is on the heap: every connection has room for this future, twice, for as long as it lasts.
pub(super) async fn complete<B>(response: &ServiceResponse<B>) {
    let entry = completion(response);
    let writing = entry.map(|entry| Box::pin(write(response.request(), entry)));
    if let Some(writing) = writing {
        writing.await;
    }
}

/// What is to be written of how a request ended, if anything is.
fn completion<B>(response: &ServiceResponse<B>) -> Option<Entry> {
    let request = response.request();
    let Noted(noted) = request.extensions().get::<Noted>().cloned()?;
    let told = request.extensions().get::<Told>().cloned();
    let status = response.status();
    let outcome = if status.is_server_error() {
        Outcome::Failed
    } else if status.is_client_error() {
        Outcome::Refused
    } else if status.as_u16() == CREATED {
        Outcome::Created
    } else if told.is_some() {
        Outcome::Done
    } else {
        return None;
    };
    let mut entry = noted.completed(Uuid::now_v7(), outcome);
    if let Some(location) = response.headers().get(LOCATION) {
        let created = location.to_str().unwrap_or_default().rsplit('/').next();
        entry = entry.about(created.unwrap_or_default());
    }
    if let Some(Told(reason, details)) = told {
        entry = Entry {
            reason,
            details,
            ..entry
        };
    }
    Some(entry)
}

async fn write(request: &HttpRequest, entry: Entry) {
    let written = match trail(request) {
        Ok(trail) => trail
            .record(&entry)
            .await
            .map_err(|error| error.to_string()),
        Err(problem) => Err(problem.to_string()),
    };
    if let Err(error) = written {
        slog_scope::error!(
            "how an audited request ended could not be recorded: {}",
            error
        );
    }
}

async fn entry(
    request: &HttpRequest,
    by: Actor,
    action: String,
    outcome: Outcome,
) -> Result<Entry, Problem> {
    let address = ClientAddress::extract(request).await?.0;
    let origin = origin(address);
    Ok(Entry {
        reason: reason(request)?,
        ..Entry::new(Uuid::now_v7(), by, origin, action, outcome)
    })
}

/// The network of an address.
fn origin(address: IpAddr) -> Origin {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            Origin::Ipv4([a, b, c])
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            Origin::Ipv6([a, b, c])
        }
    }
}

async fn note(request: &HttpRequest, entry: Entry) -> Result<(), Problem> {
    trail(request)?.record(&entry).await?;
    request.extensions_mut().insert(Noted(entry));
    Ok(())
}

fn trail(request: &HttpRequest) -> Result<Trail, Problem> {
    let store = request.app_data::<web::Data<Store>>();
    let missing = || Problem::internal("no store in the application");
    Ok(Trail::new(store.ok_or_else(missing)?.get_ref().clone()))
}

/// The route's template, so that no value gets into an action.
fn route(request: &HttpRequest) -> String {
    let pattern = request.match_pattern();
    pattern.unwrap_or_else(|| "unmatched".to_owned())
}

#[cfg(test)]
mod tests {
    use actix_web::HttpResponse;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_connection_on_which_nothing_is_audited_holds_hardly_any_room_for_it() {
        let answer = HttpResponse::Ok().finish();
        let response = TestRequest::default().to_srv_response(answer);
        let room = size_of_val(&complete(&response));
        assert!(room <= 64, "{room} bytes");
    }
}
