//! Regions: what they are for everybody, and their administration.

use actix_web::{HttpRequest, HttpResponse, guard, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::asked::Asked;
use super::auth::AdminOnly;
use super::desk::Desk;
use super::import::{ImportAnswer, parsed, present, show};
use super::problem::{Problem, ProblemBody};
use crate::domain::boundary::Boundary;
use crate::domain::catalogue::{NAME_LONGEST, Region, RegionChange, RegionDraft};
use crate::domain::fault::{Faults, free_text};
use crate::domain::places::Overlap;
use crate::domain::region::RegionId;
use crate::import::regions::parse;
use crate::store::catalogue::{self, CatalogueCell};

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    // Guarded by its method, so that something of the id "import" can still be changed.
    let importing = web::resource("/admin/regions/import").guard(guard::Post());
    config
        .service(web::resource("/regions").route(web::get().to(list)))
        .service(web::resource("/admin/regions").route(web::post().to(create)))
        .service(importing.to(import))
        .service(web::resource("/admin/regions/{region}").route(web::patch().to(change)));
}

/// A region as everybody sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionView {
    /// Slug.
    #[schema(value_type = String)]
    pub id: RegionId,
    /// Name for people.
    pub name: String,
    /// Whether it takes new complaints.
    pub active: bool,
    /// GeoJSON Polygon or MultiPolygon (WGS84); null: chosen by name only.
    pub boundary: Option<Value>,
}

/// All regions.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionList {
    /// By id.
    pub regions: Vec<RegionView>,
}

/// A region to create.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRegion {
    /// Slug: 1–63 of a-z, 0-9 and '-'. It cannot be changed later.
    pub id: String,
    /// Name for people, at most 200 characters.
    pub name: String,
    /// GeoJSON Polygon or MultiPolygon (WGS84).
    #[serde(default)]
    pub boundary: Option<Value>,
}

/// What to change of a region; absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionPatch {
    /// Name for people, at most 200 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether it takes new complaints.
    #[serde(default)]
    pub active: Option<bool>,
    /// GeoJSON Polygon or MultiPolygon (WGS84); null takes the boundary away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Value>)]
    pub boundary: Option<Option<Value>>,
}

/// What an import of regions wrote.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionImportAnswer {
    /// Entries.
    #[serde(flatten)]
    written: ImportAnswer,
    /// Regions that overlap an imported one; each part of the map belongs to the smaller region, then to
    /// the one with the lower id.
    overlaps: Vec<Overlap>,
}

/// Lists all regions with their boundaries.
#[utoipa::path(get, path = "/api/v1/regions", tag = "catalogue",
    responses((status = 200, description = "All regions, by id", body = RegionList)))]
pub async fn list(catalogue: web::Data<CatalogueCell>) -> web::Json<RegionList> {
    let regions = catalogue.get().regions.values().map(view).collect();
    web::Json(RegionList { regions })
}

/// Creates a region.
#[utoipa::path(post, path = "/api/v1/admin/regions", tag = "admin", request_body = NewRegion,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "Created", body = Region),
        (status = 409, description = "The id is taken", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody)))]
pub async fn create(
    asked: Asked<AdminOnly, NewRegion>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let draft = draft(&asked.body.value)?;
    let Some(region) = catalogue::create_region(&desk.store, &draft).await? else {
        let detail = format!(
            "there is a region {:?} already; change it with PATCH",
            draft.id.as_str()
        );
        return Err(Problem::conflict("exists", detail, None));
    };
    show(&desk).await;
    Ok(HttpResponse::Created().json(region))
}

/// Changes a region's name or boundary, or activates and deactivates it.
#[utoipa::path(patch, path = "/api/v1/admin/regions/{region}", tag = "admin", request_body = RegionPatch,
    params(("region" = String, Path, description = "Slug of the region")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "As it is now", body = Region),
        (status = 404, description = "No such region", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody)))]
pub async fn change(
    path: web::Path<String>,
    asked: Asked<AdminOnly, RegionPatch>,
    desk: Desk,
) -> Result<web::Json<Region>, Problem> {
    let id = RegionId::parse(&path)
        .ok()
        .ok_or_else(|| Problem::not_found("region"))?;
    let wanted = wanted(&asked.body.value)?;
    let region = catalogue::change_region(&desk.store, &id, &wanted)
        .await?
        .ok_or_else(|| Problem::not_found("region"))?;
    show(&desk).await;
    Ok(web::Json(region))
}

/// Creates and updates regions from a GeoJSON FeatureCollection of at most 8 MiB, all or none.
#[utoipa::path(post, path = "/api/v1/admin/regions/import", tag = "admin",
    request_body(content = Value, content_type = "application/geo+json",
        description = "FeatureCollection; each feature has an id (or properties.id) and properties.name"),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "What was written", body = RegionImportAnswer),
        (status = 400, description = "No FeatureCollection", body = ProblemBody),
        (status = 413, description = "Over 8 MiB", body = ProblemBody),
        (status = 422, description = "Features at fault; nothing was written", body = ProblemBody)))]
pub async fn import(
    _admin: AdminOnly,
    request: HttpRequest,
    payload: web::Payload,
    desk: Desk,
) -> Result<web::Json<RegionImportAnswer>, Problem> {
    let accepted = ["application/geo+json", "application/json"];
    let drafts = parsed(&request, payload.into_inner(), &accepted, parse).await?;
    let saved = catalogue::save_regions(&desk.store, &drafts).await?;
    show(&desk).await;
    let imported = drafts.into_iter().map(|draft| draft.id).collect();
    let catalogue = desk.catalogue.get();
    // Hundreds of large boundaries take longer than a worker may wait.
    let overlaps = web::block(move || catalogue.overlaps(&imported)).await;
    Ok(web::Json(RegionImportAnswer {
        written: saved.into(),
        overlaps: overlaps.map_err(Problem::internal)?,
    }))
}

fn view(region: &Region) -> RegionView {
    RegionView {
        id: region.id.clone(),
        name: region.name.clone(),
        active: region.active,
        boundary: region.boundary.clone(),
    }
}

fn draft(body: &NewRegion) -> Result<RegionDraft, Faults> {
    let mut faults = Faults::default();
    let id = faults.keep("id", RegionId::parse(&body.id));
    let name = faults.keep("name", free_text(&body.name, NAME_LONGEST));
    let boundary = boundary(body.boundary.as_ref(), &mut faults);
    let draft = id
        .zip(name)
        .map(|(id, name)| RegionDraft { id, name, boundary });
    faults.into_result(draft)
}

fn wanted(body: &RegionPatch) -> Result<RegionChange, Faults> {
    let mut faults = Faults::default();
    let name = body
        .name
        .as_deref()
        .and_then(|name| faults.keep("name", free_text(name, NAME_LONGEST)));
    let change = RegionChange {
        name,
        active: body.active,
        boundary: body
            .boundary
            .as_ref()
            .map(|given| boundary(given.as_ref(), &mut faults)),
    };
    faults.into_result(Some(change))
}

fn boundary(given: Option<&Value>, faults: &mut Faults) -> Option<Boundary> {
    given.and_then(|geometry| match Boundary::parse(geometry) {
        Ok(boundary) => Some(boundary),
        Err(found) => {
            for (code, message) in found {
                faults.add("boundary", code, message);
            }
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn all_faults_of_a_new_region_are_named_at_once() {
        let body = json!({"id": "No Slug", "name": " ", "boundary": {"type": "Point", "coordinates": [1, 2]}});
        let faults = draft(&from_value(body).unwrap()).unwrap_err().into_inner();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["id", "name", "boundary"]);
    }

    #[test]
    fn a_null_boundary_takes_it_away_and_an_absent_one_leaves_it() {
        let change = |body: Value| wanted(&from_value(body).unwrap()).unwrap().boundary;
        assert_eq!(change(json!({"boundary": null})), Some(None));
        assert_eq!(change(json!({"active": false})), None);
    }

    #[test]
    fn unknown_members_are_refused() {
        assert!(from_value::<RegionPatch>(json!({"id": "north"})).is_err());
    }
}
