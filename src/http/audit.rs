//! The audit trail, for admins: `/admin/audit`.

use actix_web::{HttpRequest, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::auth::AdminOnly;
use super::page::{Listing, limit, query};
use super::problem::{Problem, ProblemBody};
use crate::access::audit::{Stored, Trail};
use crate::store::Store;
use crate::store::audit::Filter;

/// Adds the page of this file.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/admin/audit").route(web::get().to(list)));
}

/// Which entries a list is of.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Of this account or API key.
    by: Option<Uuid>,
    /// On this subject: the id of a complaint, an account, a region, ….
    subject: Option<String>,
    /// Whose action begins so, such as `DELETE /api/v1/admin` or `redress account`.
    action: Option<String>,
    /// From then on (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before then (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Most items of the page; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An entry of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntryView {
    /// 1, 2, 3, … without a gap, in the order in which entries were written.
    number: i64,
    /// When it was written (UTC).
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Its id.
    id: Uuid,
    /// Who did it.
    by: AuditActor,
    /// From where: a network (`192.0.2.0/24`), a user of the machine (`uid 1000`), or `server`.
    origin: String,
    /// What: a method and route, the words of a command, or what was done with personal data.
    action: String,
    /// The id of what it was done to; null: of nothing, or of what has no id.
    subject: Option<String>,
    /// `asked`: permitted, and done unless another entry completes it otherwise; `done`, `created`, `refused`, `failed`.
    outcome: String,
    /// The id of the entry of which this one tells the end.
    completes: Option<Uuid>,
    /// Why, as whoever did it said.
    reason: Option<String>,
    /// Counts and ids.
    #[schema(value_type = Object)]
    details: Value,
    /// The chain's SHA-256 up to here, in hexadecimal digits.
    hash: String,
}

/// Who did it: the kind, and the id of an account or API key.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// `officer`, `admin`, `api_key`, `resident`, `system` or `command_line`.
    kind: String,
    /// The account or API key.
    id: Option<Uuid>,
}

impl From<Stored> for AuditEntryView {
    fn from(stored: Stored) -> Self {
        Self {
            hash: stored.hash_in_hex(),
            number: stored.number,
            at: stored.at,
            id: stored.id,
            by: AuditActor {
                kind: stored.by_kind,
                id: stored.by_id,
            },
            origin: stored.origin,
            action: stored.action,
            subject: stored.subject,
            outcome: stored.outcome,
            completes: stored.completes,
            reason: stored.reason,
            details: serde_json::from_str(&stored.details).unwrap_or_default(),
        }
    }
}

/// List the audit trail, newest first
///
/// Reading it is recorded in it too.
#[utoipa::path(
    get, path = "/api/v1/admin/audit", tag = "admin", security(("bearer" = [])),
    params(AuditQuery),
    responses(
        (status = 200, description = "A page of entries", body = Listing<AuditEntryView>),
        (status = 400, description = "A parameter or the cursor cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    store: web::Data<Store>,
    _admin: AdminOnly,
    request: HttpRequest,
) -> Result<web::Json<Listing<AuditEntryView>>, Problem> {
    let asked: AuditQuery = query(&request)?;
    let limit = limit(asked.limit)?;
    let bad = || Problem::malformed("cursor is not a next_cursor of this list");
    let before = match &asked.cursor {
        Some(cursor) => Some(cursor.parse().ok().ok_or_else(bad)?),
        None => None,
    };
    require_storable(&asked)?;
    let filter = Filter {
        by: asked.by,
        subject: asked.subject,
        action: asked.action,
        from: asked.from,
        until: asked.until,
    };
    let trail = Trail::new(store.get_ref().clone());
    let rows = trail.list(&filter, before, i64::from(limit) + 1).await?;
    let page = Listing::cut(rows, limit, |last| Some(last.number.to_string()));
    Ok(web::Json(page.map(AuditEntryView::from)))
}

/// PostgreSQL takes neither NUL in a text nor times before 4713 BC; nothing of ours is older than 1970.
fn require_storable(asked: &AuditQuery) -> Result<(), Problem> {
    for (field, text) in [("subject", &asked.subject), ("action", &asked.action)] {
        if text.as_ref().is_some_and(|text| text.contains('\0')) {
            return Err(Problem::invalid_field(
                field,
                "invalid",
                "must not hold NUL",
            ));
        }
    }
    for (field, time) in [("from", asked.from), ("until", asked.until)] {
        if time.is_some_and(|time| time < Timestamp::UNIX_EPOCH) {
            let message = "must not be before 1970";
            return Err(Problem::invalid_field(field, "out_of_range", message));
        }
    }
    Ok(())
}
