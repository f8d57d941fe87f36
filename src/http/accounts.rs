//! Administration of accounts: `/admin/accounts`.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::auth::AdminOnly;
use super::page::{Listing, Page, PageQuery, query};
use super::problem::{Problem, ProblemBody};
use crate::access::Access;
use crate::actors::grant_watch::GrantWatchHandle;
use crate::domain::administration::{
    Account, AccountChange, AccountChangeDraft, AccountDraft, NewAccount,
};
use crate::domain::rules::BrokenEscalation;
use crate::store::catalogue::CatalogueCell;

/// An account with what waits for it in vain.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// The account.
    #[serde(flatten)]
    account: Account,
    /// Levels of escalation that name the account, which is no active officer of their region: they are
    /// reached without it. Absent when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    broken_escalations: Vec<BrokenEscalation>,
}

impl AccountView {
    fn of(account: Account, catalogue: &CatalogueCell) -> web::Json<Self> {
        let broken_escalations = catalogue.get().rules.broken_escalations(&account);
        web::Json(Self {
            account,
            broken_escalations,
        })
    }
}

/// Adds the pages of this file.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/admin/accounts")
                .route(web::get().to(list_accounts))
                .route(web::post().to(create_account)),
        )
        .service(
            web::resource("/admin/accounts/{id}")
                .route(web::get().to(get_account))
                .route(web::patch().to(change_account)),
        );
}

/// List accounts, newest first
#[utoipa::path(
    get, path = "/api/v1/admin/accounts", tag = "admin", security(("bearer" = [])),
    params(PageQuery),
    responses((status = 200, description = "A page of accounts", body = Listing<Account>))
)]
pub async fn list_accounts(
    access: web::Data<Access>,
    _admin: AdminOnly,
    request: HttpRequest,
) -> Result<web::Json<Listing<Account>>, Problem> {
    let asked: PageQuery = query(&request)?;
    let page = Page::parse(asked.limit, asked.cursor.as_deref())?;
    let rows = access.accounts().list(page.after, page.fetch()).await?;
    Ok(web::Json(
        page.listing(rows, |account| (account.created_at, account.id)),
    ))
}

/// Create an account
#[utoipa::path(
    post, path = "/api/v1/admin/accounts", tag = "admin", security(("bearer" = [])),
    request_body = AccountDraft,
    responses(
        (status = 201, description = "Created", body = Account),
        (status = 409, description = "Another account has the e-mail address", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Fields need another value", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn create_account(
    access: web::Data<Access>,
    asked: Asked<AdminOnly, AccountDraft>,
) -> Result<HttpResponse, Problem> {
    let new = NewAccount::parse(&asked.body.value)?;
    let account = access.accounts().create(&new).await?;
    let location = format!("/api/v1/admin/accounts/{}", account.id);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(account))
}

/// One account
#[utoipa::path(
    get, path = "/api/v1/admin/accounts/{id}", tag = "admin", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Its id")),
    responses(
        (status = 200, description = "The account", body = AccountView),
        (status = 404, description = "There is none", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn get_account(
    access: web::Data<Access>,
    _admin: AdminOnly,
    id: web::Path<Uuid>,
    catalogue: web::Data<CatalogueCell>,
) -> Result<web::Json<AccountView>, Problem> {
    let account = access.accounts().find(*id).await?;
    Ok(AccountView::of(account, &catalogue))
}

/// Change an account
///
/// What is absent stays. A new password and a deactivation end the account's logins. Nothing keeps an
/// officer from leaving: what names them afterwards in vain is listed in the answer.
#[utoipa::path(
    patch, path = "/api/v1/admin/accounts/{id}", tag = "admin", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Its id")),
    request_body = AccountChangeDraft,
    responses(
        (status = 200, description = "The account as it is now", body = AccountView),
        (status = 404, description = "There is none", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is the last active admin", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Fields need another value", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn change_account(
    access: web::Data<Access>,
    id: web::Path<Uuid>,
    asked: Asked<AdminOnly, AccountChangeDraft>,
    catalogue: web::Data<CatalogueCell>,
    watch: web::Data<GrantWatchHandle>,
) -> Result<web::Json<AccountView>, Problem> {
    let change = AccountChange::parse(&asked.body.value)?;
    let account = access.accounts().change(*id, &change).await?;
    watch.rights_changed();
    Ok(AccountView::of(account, &catalogue))
}
