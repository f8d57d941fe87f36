//! Deadlines of categories: what they are, and their administration.

use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::asked::Asked;
use super::auth::{AdminOnly, Staff};
use super::desk::Desk;
use super::import::show;
use super::problem::{Problem, ProblemBody};
use crate::domain::deadline::Rule;
use crate::import::rules::set_deadlines;
use crate::store::rules;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/categories/{category}/deadlines")
            .route(web::get().to(get))
            .route(web::put().to(put))
            .route(web::delete().to(delete)),
    );
}

/// Reads the deadlines of a category. Of the rules that fit a complaint the most specific holds: one
/// for its region and severity, else for its region, else for its severity, else for all.
#[utoipa::path(get, path = "/api/v1/categories/{category}/deadlines", tag = "catalogue",
    params(("category" = String, Path, description = "The category")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The rules; empty: none", body = Vec<Rule>),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 404, description = "No such category", body = ProblemBody)))]
pub async fn get(
    _staff: Staff,
    category: web::Path<String>,
    desk: Desk,
) -> Result<web::Json<Vec<Rule>>, Problem> {
    view(&category, &desk)
}

/// Sets the deadlines of a category: the whole list. They hold for complaints that come, or enter
/// another status, from now on.
#[utoipa::path(put, path = "/api/v1/categories/{category}/deadlines", tag = "admin",
    params(("category" = String, Path, description = "The category")),
    request_body(content = Vec<Rule>, content_type = "application/json"),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The rules", body = Vec<Rule>),
        (status = 404, description = "No such category", body = ProblemBody),
        (status = 422, description = "Everything that is wrong with them", body = ProblemBody)))]
pub async fn put(
    category: web::Path<String>,
    asked: Asked<AdminOnly, Value>,
    desk: Desk,
) -> Result<web::Json<Vec<Rule>>, Problem> {
    let (catalogue, rules) = (desk.catalogue.get(), &asked.body.value);
    set_deadlines(&desk.store, &catalogue, &category, rules).await?;
    show(&desk).await;
    view(&category, &desk)
}

/// Takes the deadlines of a category away.
#[utoipa::path(delete, path = "/api/v1/categories/{category}/deadlines", tag = "admin",
    params(("category" = String, Path, description = "The category")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Taken away"),
        (status = 404, description = "There are none", body = ProblemBody)))]
pub async fn delete(
    _admin: AdminOnly,
    category: web::Path<String>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    if !rules::delete_deadlines(&desk.store, &category).await? {
        return Err(Problem::not_found("deadline of this category"));
    }
    show(&desk).await;
    Ok(HttpResponse::NoContent().finish())
}

fn view(category: &str, desk: &Desk) -> Result<web::Json<Vec<Rule>>, Problem> {
    let catalogue = desk.catalogue.get();
    if !catalogue.categories.contains_key(category) {
        return Err(Problem::not_found("category"));
    }
    let rules = catalogue.rules.deadlines(category).unwrap_or_default();
    Ok(web::Json(rules.to_vec()))
}
