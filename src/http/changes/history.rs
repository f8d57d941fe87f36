//! What happened to a complaint: who, when, what, from, to.

use actix_web::{HttpRequest, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{Asking, Who};
use crate::domain::region::RegionId;
use crate::http::auth::Staff;
use crate::http::complaints::complaint_id;
use crate::http::desk::Desk;
use crate::http::page::{Listing, Page, query};
use crate::http::problem::{Problem, ProblemBody};
use crate::store::events::{self, Past};

/// One event of a complaint's history.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// UUIDv7.
    pub event_id: Uuid,
    /// The region in whose sequence it stands.
    #[schema(value_type = String)]
    pub region: RegionId,
    /// Its number there.
    pub seq: i64,
    /// When (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What, such as `complaint.status_changed`.
    pub kind: String,
    /// Who: `kind` and, for accounts and API keys, `id`.
    #[schema(value_type = Object)]
    pub by: Value,
    /// Each member that changed, with `from` and `to`; `comment` as it was written.
    #[schema(value_type = Object)]
    pub change: Value,
}

/// The query of a history.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// Most items of the page; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What a stored payload says beside the complaint.
#[derive(Deserialize)]
struct Told {
    kind: String,
    by: Value,
    change: Value,
}

impl HistoryEntry {
    /// An entry of an event as it is stored.
    ///
    /// # Errors
    /// A 500 problem when it cannot be read.
    pub(in crate::http) fn of(past: Past) -> Result<Self, Problem> {
        let told: Told = serde_json::from_str(&past.payload).map_err(Problem::internal)?;
        Ok(Self {
            event_id: past.event_id,
            region: past.region,
            seq: past.seq,
            at: past.at,
            kind: told.kind,
            by: told.by,
            change: told.change,
        })
    }
}

/// Lists what happened to a complaint, newest first, through all regions that it was in; for staff of
/// its present region.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/history", tag = "complaints",
    params(("id" = Uuid, Path, description = "The complaint"), HistoryQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page", body = Listing<HistoryEntry>),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody)))]
pub async fn history(
    request: HttpRequest,
    Staff(identity): Staff,
    id: web::Path<String>,
    desk: Desk,
) -> Result<web::Json<Listing<HistoryEntry>>, Problem> {
    let query: HistoryQuery = query(&request)?;
    let page = Page::parse(query.limit, query.cursor.as_deref())?;
    let asking = Asking {
        desk: &desk,
        who: Who::Staff(&identity),
        complaint: complaint_id(&id)?,
        version: None,
    };
    asking.region().await?;
    let before = page.after.map(|(_, id)| id);
    let rows = events::history(&desk.store, asking.complaint, before, page.fetch()).await?;
    let entries = rows.into_iter().map(HistoryEntry::of);
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    Ok(web::Json(page.listing(entries, |entry: &HistoryEntry| {
        (entry.at, entry.event_id)
    })))
}
