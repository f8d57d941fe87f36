//! Administration of API keys: `/admin/api-keys`.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::auth::AdminOnly;
use super::page::{Listing, Page, PageQuery, query};
use super::problem::{Problem, ProblemBody};
use crate::access::api_keys;
use crate::domain::administration::{ApiKeyDraft, ApiKeyEntry, NewApiKey};
use crate::store::{self, Store};

/// Adds the pages of this file.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/admin/api-keys")
                .route(web::get().to(list_api_keys))
                .route(web::post().to(create_api_key)),
        )
        .service(web::resource("/admin/api-keys/{id}").route(web::delete().to(revoke_api_key)));
}

/// A key that was just created, with the key itself. Not `Debug`: it holds a secret.
#[derive(Serialize, ToSchema)]
pub struct CreatedApiKey {
    /// What will be seen of it from now on.
    #[serde(flatten)]
    pub entry: ApiKeyEntry,
    /// The key: shown this once. Send it as `X-API-Key`.
    pub key: String,
}

/// List API keys, newest first
#[utoipa::path(
    get, path = "/api/v1/admin/api-keys", tag = "admin", security(("bearer" = [])),
    params(PageQuery),
    responses((status = 200, description = "A page of API keys", body = Listing<ApiKeyEntry>))
)]
pub async fn list_api_keys(
    store: web::Data<Store>,
    _admin: AdminOnly,
    request: HttpRequest,
) -> Result<web::Json<Listing<ApiKeyEntry>>, Problem> {
    let asked: PageQuery = query(&request)?;
    let page = Page::parse(asked.limit, asked.cursor.as_deref())?;
    let rows = store::api_keys::list(&store, page.after, page.fetch()).await?;
    Ok(web::Json(
        page.listing(rows, |key| (key.created_at, key.id)),
    ))
}

/// Create an API key
///
/// The answer holds the key itself, which cannot be had again.
#[utoipa::path(
    post, path = "/api/v1/admin/api-keys", tag = "admin", security(("bearer" = [])),
    request_body = ApiKeyDraft,
    responses(
        (status = 201, description = "Created", body = CreatedApiKey),
        (status = 422, description = "Fields need another value", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn create_api_key(
    store: web::Data<Store>,
    asked: Asked<AdminOnly, ApiKeyDraft>,
) -> Result<HttpResponse, Problem> {
    let new = NewApiKey::parse(&asked.body.value)?;
    let (entry, key) = api_keys::create(&store, Uuid::now_v7(), &new).await?;
    let no_store = (CACHE_CONTROL, "no-store");
    Ok(HttpResponse::Created()
        .insert_header(no_store)
        .json(CreatedApiKey { entry, key }))
}

/// Revoke an API key for good
#[utoipa::path(
    delete, path = "/api/v1/admin/api-keys/{id}", tag = "admin", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Its id")),
    responses(
        (status = 204, description = "Revoked, now or before"),
        (status = 404, description = "There is none", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn revoke_api_key(
    store: web::Data<Store>,
    _admin: AdminOnly,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    api_keys::revoke(&store, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
