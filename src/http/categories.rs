//! Categories: what may be complained about, and their administration.

use actix_web::{HttpRequest, HttpResponse, guard, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::Asked;
use super::auth::AdminOnly;
use super::desk::Desk;
use super::import::{ImportAnswer, parsed, show};
use super::problem::{Problem, ProblemBody};
use crate::domain::catalogue::{
    Category, CategoryChange, CategoryDraft, NAME_LONGEST, duplicate_days, duplicate_radius, hint,
};
use crate::domain::complaint::Severity;
use crate::domain::fault::{Faults, free_text, slug};
use crate::import::categories::{Format, parse};
use crate::store::catalogue::{self, CatalogueCell};

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    // Guarded by its method, so that something of the id "import" can still be changed.
    let importing = web::resource("/admin/categories/import").guard(guard::Post());
    config
        .service(web::resource("/categories").route(web::get().to(list)))
        .service(web::resource("/admin/categories").route(web::post().to(create)))
        .service(importing.to(import))
        .service(web::resource("/admin/categories/{category}").route(web::patch().to(change)));
}

/// All categories.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryList {
    /// By id.
    pub categories: Vec<Category>,
}

/// A category to create, also an entry of an import.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    /// Slug: 1–63 of a-z, 0-9 and '-'. It cannot be changed later.
    pub id: String,
    /// Name for people, at most 200 characters.
    pub name: String,
    /// What to tell, shown to reporters; at most 1000 characters.
    #[serde(default)]
    pub hint: Option<String>,
    /// low, medium (when absent), high or critical.
    #[serde(default)]
    pub default_severity: Option<String>,
    /// Within so many metres an open complaint may be a duplicate, 0 to 5000; 50 when absent.
    #[serde(default)]
    pub duplicate_radius_m: Option<i32>,
    /// If it is at most so many days old, 0 (never) to 366; 14 when absent.
    #[serde(default)]
    pub duplicate_days: Option<i32>,
}

/// What to change of a category; absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryPatch {
    /// Name for people, at most 200 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// What to tell, shown to reporters; at most 1000 characters.
    #[serde(default)]
    pub hint: Option<String>,
    /// low, medium, high or critical.
    #[serde(default)]
    pub default_severity: Option<String>,
    /// Whether it takes new complaints.
    #[serde(default)]
    pub active: Option<bool>,
    /// Within so many metres an open complaint may be a duplicate, 0 to 5000.
    #[serde(default)]
    pub duplicate_radius_m: Option<i32>,
    /// If it is at most so many days old, 0 (never) to 366.
    #[serde(default)]
    pub duplicate_days: Option<i32>,
}

/// Lists all categories.
#[utoipa::path(get, path = "/api/v1/categories", tag = "catalogue",
    responses((status = 200, description = "All categories, by id", body = CategoryList)))]
pub async fn list(catalogue: web::Data<CatalogueCell>) -> web::Json<CategoryList> {
    let categories = catalogue.get().categories.values().cloned().collect();
    web::Json(CategoryList { categories })
}

/// Creates a category.
#[utoipa::path(post, path = "/api/v1/admin/categories", tag = "admin", request_body = NewCategory,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "Created", body = Category),
        (status = 409, description = "The id is taken", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody)))]
pub async fn create(
    asked: Asked<AdminOnly, NewCategory>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let draft = draft(&asked.body.value)?;
    let Some(category) = catalogue::create_category(&desk.store, &draft).await? else {
        let detail = format!(
            "there is a category {:?} already; change it with PATCH",
            draft.id
        );
        return Err(Problem::conflict("exists", detail, None));
    };
    show(&desk).await;
    Ok(HttpResponse::Created().json(category))
}

/// Changes a category, or activates and deactivates it.
#[utoipa::path(patch, path = "/api/v1/admin/categories/{category}", tag = "admin", request_body = CategoryPatch,
    params(("category" = String, Path, description = "Slug of the category")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "As it is now", body = Category),
        (status = 404, description = "No such category", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody)))]
pub async fn change(
    path: web::Path<String>,
    asked: Asked<AdminOnly, CategoryPatch>,
    desk: Desk,
) -> Result<web::Json<Category>, Problem> {
    let id = slug(&path)
        .ok()
        .ok_or_else(|| Problem::not_found("category"))?;
    let wanted = wanted(&asked.body.value)?;
    let category = catalogue::change_category(&desk.store, &id, &wanted)
        .await?
        .ok_or_else(|| Problem::not_found("category"))?;
    show(&desk).await;
    Ok(web::Json(category))
}

/// Creates and updates categories from a JSON array of at most 8 MiB, all or none. Of a category that
/// exists, absent radius and days of duplicates stay as they are.
#[utoipa::path(post, path = "/api/v1/admin/categories/import", tag = "admin",
    request_body = Vec<NewCategory>,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "What was written", body = ImportAnswer),
        (status = 400, description = "No JSON array", body = ProblemBody),
        (status = 413, description = "Over 8 MiB", body = ProblemBody),
        (status = 422, description = "Entries at fault; nothing was written", body = ProblemBody)))]
pub async fn import(
    _admin: AdminOnly,
    request: HttpRequest,
    payload: web::Payload,
    desk: Desk,
) -> Result<web::Json<ImportAnswer>, Problem> {
    let accepted = ["application/json"];
    let json = |bytes: &[u8]| parse(Format::Json, bytes);
    let drafts = parsed(&request, payload.into_inner(), &accepted, json).await?;
    let saved = catalogue::save_categories(&desk.store, &drafts).await?;
    show(&desk).await;
    Ok(web::Json(saved.into()))
}

fn draft(body: &NewCategory) -> Result<CategoryDraft, Faults> {
    let mut faults = Faults::default();
    let id = faults.keep("id", slug(&body.id));
    let name = faults.keep("name", free_text(&body.name, NAME_LONGEST));
    let hint = faults.keep("hint", hint(body.hint.as_deref().unwrap_or_default()));
    let severity = body.default_severity.as_deref();
    let severity = severity.map_or(Ok(Severity::Medium), Severity::parse);
    let severity = faults.keep("default_severity", severity);
    let duplicates = Duplicates::checked(body.duplicate_radius_m, body.duplicate_days, &mut faults);
    let draft = id.zip(name).zip(hint.zip(severity));
    faults.into_result(
        draft.map(|((id, name), (hint, default_severity))| CategoryDraft {
            id,
            name,
            hint,
            default_severity,
            duplicate_radius_m: duplicates.radius_m,
            duplicate_days: duplicates.days,
        }),
    )
}

/// How near and how old duplicates are, as far as it is told.
struct Duplicates {
    radius_m: Option<i32>,
    days: Option<i32>,
}

impl Duplicates {
    fn checked(radius_m: Option<i32>, days: Option<i32>, faults: &mut Faults) -> Self {
        let radius_m = radius_m.map(duplicate_radius);
        let days = days.map(duplicate_days);
        Self {
            radius_m: radius_m.and_then(|parsed| faults.keep("duplicate_radius_m", parsed)),
            days: days.and_then(|parsed| faults.keep("duplicate_days", parsed)),
        }
    }
}

fn wanted(body: &CategoryPatch) -> Result<CategoryChange, Faults> {
    let mut faults = Faults::default();
    let name = body
        .name
        .as_deref()
        .map(|name| free_text(name, NAME_LONGEST));
    let severity = body.default_severity.as_deref().map(Severity::parse);
    let duplicates = Duplicates::checked(body.duplicate_radius_m, body.duplicate_days, &mut faults);
    let change = CategoryChange {
        name: name.and_then(|parsed| faults.keep("name", parsed)),
        hint: body
            .hint
            .as_deref()
            .and_then(|text| faults.keep("hint", hint(text))),
        default_severity: severity.and_then(|parsed| faults.keep("default_severity", parsed)),
        active: body.active,
        duplicate_radius_m: duplicates.radius_m,
        duplicate_days: duplicates.days,
    };
    faults.into_result(Some(change))
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn all_faults_of_a_new_category_are_named_at_once() {
        let body = json!({"id": "No Slug", "name": "", "hint": "\u{0}", "default_severity": "huge",
            "duplicate_radius_m": 5001, "duplicate_days": -1});
        let faults = draft(&from_value(body).unwrap()).unwrap_err().into_inner();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        let expected = [
            "id",
            "name",
            "hint",
            "default_severity",
            "duplicate_radius_m",
            "duplicate_days",
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn an_empty_hint_clears_it() {
        let change = wanted(&from_value(json!({"hint": " "})).unwrap()).unwrap();
        assert_eq!(change.hint.as_deref(), Some(""));
    }
}
