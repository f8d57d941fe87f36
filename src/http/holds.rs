//! Legal holds: while a complaint is under one, nothing of it is erased.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::auth::AdminOnly;
use super::changes::{Asking, Who};
use super::complaints::complaint_id;
use super::desk::Desk;
use super::page::{Listing, Page, PageQuery, query};
use super::problem::{Problem, ProblemBody};
use crate::domain::account::Identity;
use crate::domain::change::{Deed, NewHold};
use crate::domain::erasure::{LegalHold, REASON_LONGEST, end_of_hold};
use crate::domain::fault::{Faults, free_text};
use crate::domain::region::RegionId;
use crate::domain::status::Status;
use crate::store::holds;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/complaints/{id}/hold")
                .route(web::put().to(place))
                .route(web::delete().to(release)),
        )
        .service(web::resource("/admin/holds").route(web::get().to(list)));
}

/// A legal hold to place.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldBody {
    /// Why, 1–1000 characters; shown to staff.
    reason: String,
    /// Its end, at most a hundred years from now (RFC 3339); absent: until it is released.
    #[schema(format = DateTime)]
    until: Option<String>,
}

/// A legal hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldView {
    /// Why.
    pub reason: String,
    /// The admin who placed it.
    pub placed_by: Uuid,
    /// When it was placed, or changed last (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub placed_at: Timestamp,
    /// Its end (UTC); null: until it is released.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Whether it holds now: its end may have passed.
    pub in_force: bool,
}

/// A legal hold in the list of all.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedHold {
    /// The complaint.
    pub complaint: Uuid,
    /// Its region.
    #[schema(value_type = String)]
    pub region: RegionId,
    /// Where it stands.
    pub status: Status,
    /// The hold.
    #[serde(flatten)]
    pub hold: HoldView,
}

impl HoldView {
    /// As it is at `now`.
    pub fn of(hold: LegalHold, now: Timestamp) -> Self {
        Self {
            in_force: hold.is_in_force(now),
            reason: hold.reason,
            placed_by: hold.placed_by,
            placed_at: hold.placed_at,
            until: hold.until,
        }
    }
}

impl HoldBody {
    fn parse(&self, by: Uuid, now: Timestamp) -> Result<NewHold, Faults> {
        let mut faults = Faults::default();
        let reason = faults.keep("reason", free_text(&self.reason, REASON_LONGEST));
        let until = self.until.as_deref();
        let until = until.and_then(|text| faults.keep("until", end_of_hold(text, now)));
        faults
            .into_result(reason)
            .map(|reason| NewHold { by, reason, until })
    }
}

/// Places a complaint, in any status, under a legal hold, or changes the one that it is under.
#[utoipa::path(put, path = "/api/v1/complaints/{id}/hold", tag = "admin", request_body = HoldBody,
    params(("id" = Uuid, Path, description = "The complaint")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The hold", body = HoldView),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "No admin", body = ProblemBody),
        (status = 404, description = "No such complaint, perhaps any more", body = ProblemBody),
        (status = 409, description = "It was released meanwhile", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn place(
    id: web::Path<String>,
    asked: Asked<AdminOnly, HoldBody>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let (complaint, admin) = (complaint_id(&id)?, &asked.who.0);
    let now = Timestamp::now();
    let hold = asked.body.value.parse(admin.account, now)?;
    let asking = asking(&desk, admin, complaint);
    asking.carry_out(Deed::Hold(hold), None).await?;
    let placed = holds::find(&desk.store, complaint).await?;
    let placed = placed
        .ok_or_else(|| Problem::conflict("released", "the hold was released meanwhile", None))?;
    Ok(HttpResponse::Ok().json(HoldView::of(placed, now)))
}

/// Ends a complaint's legal hold. Without one nothing happens.
#[utoipa::path(delete, path = "/api/v1/complaints/{id}/hold", tag = "admin",
    params(("id" = Uuid, Path, description = "The complaint")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It is under no hold"),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "No admin", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn release(
    id: web::Path<String>,
    AdminOnly(admin): AdminOnly,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let asking = asking(&desk, &admin, complaint_id(&id)?);
    asking.carry_out(Deed::Release, None).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Lists legal holds, in force or over, the latest first.
#[utoipa::path(get, path = "/api/v1/admin/holds", tag = "admin", params(PageQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of holds", body = Listing<ListedHold>),
        (status = 400, description = "Unknown parameter or bad cursor", body = ProblemBody),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "No admin", body = ProblemBody),
        (status = 422, description = "limit out of range", body = ProblemBody)))]
pub async fn list(
    desk: Desk,
    _admin: AdminOnly,
    request: HttpRequest,
) -> Result<web::Json<Listing<ListedHold>>, Problem> {
    let asked: PageQuery = query(&request)?;
    let page = Page::parse(asked.limit, asked.cursor.as_deref())?;
    let rows = holds::list(&desk.store, page.after, page.fetch()).await?;
    let listing = page.listing(rows, |row| (row.hold.placed_at, row.complaint));
    let now = Timestamp::now();
    Ok(web::Json(listing.map(|row| ListedHold {
        complaint: row.complaint,
        region: row.region,
        status: row.status,
        hold: HoldView::of(row.hold, now),
    })))
}

fn asking<'a>(desk: &'a Desk, admin: &'a Identity, complaint: Uuid) -> Asking<'a> {
    Asking {
        desk,
        who: Who::Staff(admin),
        complaint,
        version: None,
    }
}
