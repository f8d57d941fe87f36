//! What is held on a person, over all complaints, by the e-mail address that they gave: `/admin/people`.
//!
//! In two steps: the first shows how much it is and answers a confirmation, the second does it and needs that. The
//! address comes in the body, never in a URL, and is neither logged nor kept in the audit trail.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::audited;
use super::auth::AdminOnly;
use super::desk::Desk;
use super::dossier::{Extent, answer, place};
use super::problem::{Problem, ProblemBody};
use crate::access::Access;
use crate::access::confirmation::{Shown, Unconfirmed};
use crate::domain::reporter::email_address;
use crate::store::Store;
use crate::store::reporters::{Reported, complaints_of};

/// Most complaints of one person.
const MOST: usize = 10_000;
/// Ids of complaints that an entry of the audit trail names.
const NAMED: usize = 100;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/admin/people/lookup").route(web::post().to(lookup)))
        .service(web::resource("/admin/people/export").route(web::post().to(export)));
}

/// A person. Not `Debug`: it holds personal data.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The e-mail address that they gave with their complaints; case does not matter.
    email: String,
}

/// A person, and what the first step answered. Not `Debug`: it holds personal data.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmedPerson {
    /// The e-mail address that they gave with their complaints; case does not matter.
    pub(super) email: String,
    /// The `confirmation` of the first step.
    pub(super) confirmation: String,
}

/// How much is held on a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// Their complaints.
    complaints: usize,
    /// The same by status.
    by_status: BTreeMap<&'static str, usize>,
    /// The same by region.
    by_region: BTreeMap<String, usize>,
    /// Send it with the second step, as the same admin.
    confirmation: String,
    /// Until when it is good (UTC).
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Look how much is held on a person, by e-mail address
///
/// The first of two steps; changes nothing. Answers a confirmation that is good for 15 minutes, as long as the same
/// complaints are concerned. Recorded in the audit trail, without the address.
#[utoipa::path(post, path = "/api/v1/admin/people/lookup", tag = "admin", security(("bearer" = [])),
    request_body = Person,
    params(("X-Reason" = Option<String>, Header, description = "Why, for the audit trail; names nobody")),
    responses(
        (status = 200, description = "How much it is", body = PersonView),
        (status = 422, description = "Not an e-mail address, or of more than 10 000 complaints", body = ProblemBody),
        (status = 503, description = "The database is away", body = ProblemBody)))]
pub async fn lookup(
    request: HttpRequest,
    asked: Asked<AdminOnly, Person>,
    access: web::Data<Access>,
    desk: Desk,
) -> Result<web::Json<PersonView>, Problem> {
    let found = reported(&desk.store, &asked.body.value.email).await?;
    let ids: Vec<Uuid> = found.iter().map(|complaint| complaint.id).collect();
    let shown = Shown {
        admin: asked.who.0.account,
        email: asked.body.value.email.trim(),
        complaints: &ids,
    };
    let (confirmation, expires_at) = access.confirmations().confirm(shown, Timestamp::now());
    let mut view = PersonView {
        complaints: found.len(),
        by_status: BTreeMap::new(),
        by_region: BTreeMap::new(),
        confirmation,
        expires_at,
    };
    for complaint in found {
        *view.by_status.entry(complaint.status.as_str()).or_default() += 1;
        let region = complaint.region.as_str().to_owned();
        *view.by_region.entry(region).or_default() += 1;
    }
    tell(&request, &ids);
    Ok(web::Json(view))
}

/// Export all that is held on a person, by e-mail address
///
/// The second step: a ZIP of all their complaints, each with its reporter, comments, history and photos. Recorded in the
/// audit trail, without the address.
#[utoipa::path(post, path = "/api/v1/admin/people/export", tag = "admin", security(("bearer" = [])),
    request_body = ConfirmedPerson,
    params(("X-Reason" = Option<String>, Header, description = "Why, for the audit trail; names nobody")),
    responses(
        (status = 200, description = "The ZIP", body = Vec<u8>, content_type = "application/zip"),
        (status = 409, description = "The confirmation has expired, or other complaints are concerned by now", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody),
        (status = 503, description = "Too many exports at once, or the database is away", body = ProblemBody)))]
pub async fn export(
    request: HttpRequest,
    asked: Asked<AdminOnly, ConfirmedPerson>,
    access: web::Data<Access>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let place = place()?;
    let found = confirmed(&asked.who, &asked.body.value, &access, &desk.store).await?;
    let ids: Vec<Uuid> = found.into_iter().map(|complaint| complaint.id).collect();
    tell(&request, &ids);
    Ok(answer(desk, ids, Extent::Whole, place))
}

/// The complaints of a person, if they are those that the admin was shown.
///
/// # Errors
/// 409 and 422 problems.
pub(super) async fn confirmed(
    admin: &AdminOnly,
    person: &ConfirmedPerson,
    access: &Access,
    store: &Store,
) -> Result<Vec<Reported>, Problem> {
    let found = reported(store, &person.email).await?;
    let ids: Vec<Uuid> = found.iter().map(|complaint| complaint.id).collect();
    let shown = Shown {
        admin: admin.0.account,
        email: person.email.trim(),
        complaints: &ids,
    };
    let key = access.confirmations();
    let checked = key.check(shown, &person.confirmation, Timestamp::now());
    checked.map_err(|unconfirmed| match unconfirmed {
        Unconfirmed::Forged => {
            Problem::invalid_field("confirmation", "invalid", unconfirmed.to_string())
        }
        Unconfirmed::Expired | Unconfirmed::Changed => {
            Problem::conflict("look_again", unconfirmed.to_string(), None)
        }
    })?;
    Ok(found)
}

async fn reported(store: &Store, email: &str) -> Result<Vec<Reported>, Problem> {
    let email = email_address(email)
        .map_err(|(code, message)| Problem::invalid_field("email", code, message))?;
    let limit = i64::try_from(MOST).unwrap_or(i64::MAX).saturating_add(1);
    let found = complaints_of(store, &email, limit).await?;
    if found.len() > MOST {
        let message = format!("more than {MOST} complaints carry this address");
        return Err(Problem::invalid_field("email", "too_many", message));
    }
    Ok(found)
}

/// Adds to the audit trail which complaints are concerned: how many, and the first of them.
pub(super) fn tell(request: &HttpRequest, complaints: &[Uuid]) {
    let first: Vec<&Uuid> = complaints.iter().take(NAMED).collect();
    let details = json!({"complaints": complaints.len(), "first": first});
    audited::tell(request, None, details);
}
