//! The snapshot of a region: its open complaints and its head at one moment.

use actix_web::{HttpRequest, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Staff;
use super::desk::Desk;
use super::filter_query::FilterQuery;
use super::page::query;
use super::problem::{Problem, ProblemBody};
use crate::domain::complaint::Complaint;
use crate::domain::region::RegionId;
use crate::store::snapshot;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/regions/{region}/snapshot").route(web::get().to(get)));
}

/// The open complaints of a region at one moment: subscribe from `epoch` and `seq`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnapshotView {
    /// The region.
    #[schema(value_type = String)]
    pub region: RegionId,
    /// Names this history of the database.
    pub epoch: String,
    /// The number of the region's last event at that moment.
    pub seq: i64,
    /// The open complaints, oldest first.
    pub complaints: Vec<Complaint>,
}

/// Reads the open complaints of a region, or those that suit a filter, and the position from which to subscribe
/// to its feed, with the same filter.
#[utoipa::path(get, path = "/api/v1/regions/{region}/snapshot", tag = "live",
    params(("region" = String, Path, description = "The region"), FilterQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The snapshot", body = SnapshotView),
        (status = 400, description = "Unknown parameter", body = ProblemBody),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such region", body = ProblemBody),
        (status = 422, description = "Parameters at fault", body = ProblemBody)))]
pub async fn get(
    request: HttpRequest,
    Staff(identity): Staff,
    region: web::Path<String>,
    desk: Desk,
) -> Result<web::Json<SnapshotView>, Problem> {
    let region = RegionId::from_stored(&region);
    let catalogue = desk.catalogue.get();
    if !catalogue.regions.contains_key(&region) {
        return Err(Problem::not_found("region"));
    }
    if !identity.may_work_in(&region) {
        return Err(Problem::forbidden("this region is not granted to you"));
    }
    let query: FilterQuery = query(&request)?;
    let filter = query.parse(&identity, &catalogue)?;
    let snapshot = snapshot::read(&desk.store, &region).await?;
    let mut snapshot = snapshot.ok_or_else(|| Problem::not_found("region"))?;
    if let Some(filter) = filter {
        snapshot.complaints.retain(|one| filter.suits(one));
    }
    Ok(web::Json(SnapshotView {
        region,
        epoch: desk.installation.epoch,
        seq: snapshot.seq,
        complaints: snapshot.complaints,
    }))
}
