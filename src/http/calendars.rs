//! Business calendars of regions: what they are, and their administration.

use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::asked::Asked;
use super::auth::{AdminOnly, Staff};
use super::desk::Desk;
use super::import::show;
use super::problem::{Problem, ProblemBody};
use crate::domain::region::RegionId;
use crate::import::rules::set_calendar;
use crate::store::rules;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/regions/{region}/calendar")
            .route(web::get().to(get))
            .route(web::put().to(put))
            .route(web::delete().to(delete)),
    );
}

/// Reads the business calendar of a region.
#[utoipa::path(get, path = "/api/v1/regions/{region}/calendar", tag = "catalogue",
    params(("region" = String, Path, description = "The region")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "time_zone, hours by weekday, holidays", body = Value),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such region, or it has no calendar", body = ProblemBody)))]
pub async fn get(
    Staff(identity): Staff,
    region: web::Path<String>,
    desk: Desk,
) -> Result<web::Json<Value>, Problem> {
    let region = RegionId::from_stored(&region);
    let catalogue = desk.catalogue.get();
    if !catalogue.regions.contains_key(&region) {
        return Err(Problem::not_found("region"));
    }
    if !identity.may_work_in(&region) {
        return Err(Problem::forbidden("this region is not granted to you"));
    }
    let document = catalogue.rules.calendar_document(&region).cloned();
    document
        .map(web::Json)
        .ok_or_else(|| Problem::not_found("calendar of this region"))
}

/// Sets the business calendar of a region. Deadlines that begin from now on are counted by it.
#[utoipa::path(put, path = "/api/v1/regions/{region}/calendar", tag = "admin",
    params(("region" = String, Path, description = "The region")),
    request_body(content = Value, content_type = "application/json",
        description = "time_zone (IANA), hours by weekday (lists of spans such as 08:00-17:00), holidays (dates)"),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The calendar", body = Value),
        (status = 404, description = "No such region", body = ProblemBody),
        (status = 422, description = "Everything that is wrong with it", body = ProblemBody)))]
pub async fn put(
    region: web::Path<String>,
    asked: Asked<AdminOnly, Value>,
    desk: Desk,
) -> Result<web::Json<Value>, Problem> {
    let region = RegionId::from_stored(&region);
    set_calendar(&desk.store, &region, &asked.body.value).await?;
    show(&desk).await;
    Ok(web::Json(asked.body.value))
}

/// Takes the business calendar of a region away: all time counts again.
#[utoipa::path(delete, path = "/api/v1/regions/{region}/calendar", tag = "admin",
    params(("region" = String, Path, description = "The region")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Taken away"),
        (status = 404, description = "There is none", body = ProblemBody)))]
pub async fn delete(
    _admin: AdminOnly,
    region: web::Path<String>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let region = RegionId::from_stored(&region);
    if !rules::delete_calendar(&desk.store, &region).await? {
        return Err(Problem::not_found("calendar of this region"));
    }
    show(&desk).await;
    Ok(HttpResponse::NoContent().finish())
}
