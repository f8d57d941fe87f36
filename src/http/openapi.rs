//! The OpenAPI 3.1 document, generated from the handlers, and the pages that show it.

use std::sync::Arc;

use actix_web::{HttpResponse, guard, web};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_swagger_ui::SwaggerUi;

use super::changes::{
    assignee, bulk, claim, comments, edit, history, merge, relocation, status, support,
};
use super::pages::session;
use super::problem::Problem;
use super::{
    accounts, api_keys, audit, calendars, categories, complaint_list, complaints, deadlines,
    dossier, health, holds, identity, log_level, login, metrics, officers, people, people_erasure,
    photos, purge, region_events, regions, retention, snapshot, stats, tracking_events, websocket,
    websocket_stats, workflows,
};

/// Where the document is served.
pub const PATH: &str = "/api/v1/openapi.json";
/// Where the pages are that show it.
const PAGES: &str = "/docs/{file:.*}";

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Redress",
        description = "A self-hosted, real-time complaint desk. Errors are RFC 9457 problems; times are UTC; \
                       lists are read page by page with a cursor. The live feed is described in docs/PROTOCOL.md.",
    ),
    paths(
        complaints::submit, complaints::get, complaints::track, tracking_events::follow,
        status::change_status, assignee::assign, claim::claim, claim::release, edit::edit, comments::comment, comments::list_comments,
        relocation::relocate, merge::merge, support::support, support::supported, bulk::bulk, history::history,
        complaint_list::list,
        photos::upload::upload, photos::direct::addresses, photos::direct::confirm, photos::list, photos::get, photos::remove, photos::serve::picture,
        regions::list, regions::create, regions::change, regions::import,
        categories::list, categories::create, categories::change, categories::import,
        workflows::get, workflows::put, workflows::delete,
        calendars::get, calendars::put, calendars::delete,
        deadlines::get, deadlines::put, deadlines::delete,
        snapshot::get, officers::list, stats::get,
        websocket::upgrade, region_events::follow, websocket::health, websocket_stats::stats,
        websocket_stats::kick,
        login::login, login::refresh, login::logout, login::me, login::change_password,
        session::sign_in, session::refresh, session::sign_out,
        accounts::list_accounts, accounts::create_account, accounts::get_account, accounts::change_account,
        api_keys::list_api_keys, api_keys::create_api_key, api_keys::revoke_api_key,
        retention::get, retention::put, retention::runs::list, retention::runs::get, retention::runs::follow,
        purge::purge,
        audit::list, dossier::of_complaint, dossier::of_token, people::lookup, people::export,
        people_erasure::erase_identity,
        holds::place, holds::release, holds::list, identity::erase_for_person, identity::erase,
        health::health, health::livez, health::readyz, metrics::metrics, log_level::get, log_level::put,
        document,
    ),
    modifiers(&Credentials, &Names),
)]
pub struct Document;

/// How callers say who they are.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let key = ApiKey::Header(ApiKeyValue::new("X-API-Key"));
        components.add_security_scheme("api_key", SecurityScheme::ApiKey(key));
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("metrics_token", SecurityScheme::Http(token));
    }
}

/// What generated clients call the operations: method and path, because handlers of one name are many and an
/// operation's id must be its own.
struct Names;

impl Modify for Names {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let path = path.strip_prefix("/api/v1").unwrap_or(path);
            let words = path.split(|c: char| !c.is_ascii_alphanumeric());
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            let place = words.join("_");
            let operations = [
                ("get", &mut item.get),
                ("post", &mut item.post),
                ("put", &mut item.put),
                ("patch", &mut item.patch),
                ("delete", &mut item.delete),
            ];
            for (method, operation) in operations {
                if let Some(operation) = operation {
                    operation.operation_id = Some(format!("{method}_{place}"));
                }
            }
        }
    }
}

/// Adds the document and the pages that show it, at the root.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(PATH).route(web::get().to(document)))
        .service(
            web::resource("/docs")
                .route(web::get().to(to_pages))
                .route(web::head().to(to_pages)),
        );
}

/// Adds the pages that show the document, below `/docs/`.
pub fn configure_pages(config: &mut web::ServiceConfig) {
    let pages = utoipa_swagger_ui::Config::from(PATH);
    let heads = web::resource(PAGES).guard(guard::Head());
    config
        .service(heads.to(head))
        .service(SwaggerUi::new(PAGES).config(pages));
}

/// HEAD of those pages, which their library answers to GET alone.
async fn head(file: web::Path<String>) -> Result<HttpResponse, Problem> {
    let pages = Arc::new(utoipa_swagger_ui::Config::from(PATH));
    let found = utoipa_swagger_ui::serve(&file, pages).map_err(Problem::internal)?;
    let found = found.ok_or_else(|| Problem::not_found("page"))?;
    let mut response = HttpResponse::Ok();
    Ok(response
        .content_type(found.content_type)
        .body(found.bytes.into_owned()))
}

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "operations",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub async fn document() -> HttpResponse {
    HttpResponse::Ok().json(Document::openapi())
}

async fn to_pages() -> HttpResponse {
    HttpResponse::TemporaryRedirect()
        .insert_header((actix_web::http::header::LOCATION, "/docs/"))
        .finish()
}
