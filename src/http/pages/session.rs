//! Sign-in of the pages: the refresh token is in a cookie that no script reads, and that no other site can use.
//!
//! The cookie is `HttpOnly`, `Secure` and `SameSite=Strict`, and is sent to these routes alone. Against forged
//! requests they also ask for a header that no form can send and no other origin may, and for an `Origin` of ours.
//! On plain http browsers take a `Secure` cookie from loopback only (Safari not even there): elsewhere a login on a
//! page ends with the page, as it should on a wire that everybody reads.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{CACHE_CONTROL, HOST, ORIGIN};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::asked::Asked;
use super::super::auth::{self, Staff};
use super::super::client_address::ClientAddress;
use super::super::login::LoginRequest;
use super::super::problem::{Problem, ProblemBody};
use crate::access::throttle::Limits;
use crate::access::{Access, AccessError, Tokens};
use crate::actors::grant_watch::GrantWatchHandle;
use crate::config::ServeSettings;

/// The cookie with the refresh token.
const COOKIE: &str = "redress-refresh";
/// Where it is sent.
const PATH: &str = "/api/v1/auth/session";
/// The header that says that a page of ours asks.
const FROM_PAGE: &str = "X-Redress-Page";

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/auth/session")
                .route(web::post().to(sign_in))
                .route(web::delete().to(sign_out)),
        )
        .service(web::resource("/auth/session/refresh").route(web::post().to(refresh)));
}

/// What a page gets: the access token, to be kept in memory. Not `Debug`: it holds a secret.
#[derive(Serialize, ToSchema)]
pub struct PageTokens {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Life of the access token, in seconds.
    pub expires_in: u64,
}

/// Sign a page in
///
/// As `/auth/login`, for pages of this server: the refresh token comes as a cookie that only these routes read.
#[utoipa::path(
    post, path = "/api/v1/auth/session", tag = "auth", request_body = LoginRequest,
    params(("X-Redress-Page" = String, Header, description = "1: a page of this server asks")),
    responses(
        (status = 200, description = "Signed in", body = PageTokens),
        (status = 401, description = "Wrong e-mail address or password", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "No page of this server asks", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed attempts", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn sign_in(
    access: web::Data<Access>,
    settings: web::Data<ServeSettings>,
    limits: web::Data<Limits>,
    client: ClientAddress,
    asked: Asked<OwnPage, LoginRequest>,
) -> Result<HttpResponse, Problem> {
    let login = asked.body.value;
    let turn = limits.login(client.0, &login.email).await?;
    let tokens = access.login(&login.email, &login.password).await?;
    turn.give_back().await;
    Ok(answer(tokens, &settings))
}

/// A new access token for a page
///
/// By the cookie, which is replaced. Pages in several tabs take turns: each refresh token is good once.
#[utoipa::path(
    post, path = "/api/v1/auth/session/refresh", tag = "auth",
    params(("X-Redress-Page" = String, Header, description = "1: a page of this server asks")),
    responses(
        (status = 200, description = "A new access token", body = PageTokens),
        (status = 401, description = "No page is signed in here, or its login is over", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "No page of this server asks", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn refresh(
    request: HttpRequest,
    _page: OwnPage,
    access: web::Data<Access>,
    settings: web::Data<ServeSettings>,
    watch: web::Data<GrantWatchHandle>,
) -> Result<HttpResponse, Problem> {
    let nobody = || Problem::unauthorized("nobody is signed in on this browser; sign in");
    let cookie = request.cookie(COOKIE).ok_or_else(nobody)?;
    let refreshed = access.refresh(cookie.value()).await;
    if matches!(refreshed, Err(AccessError::TokenReused)) {
        watch.rights_changed();
    }
    Ok(answer(refreshed?, &settings))
}

/// Sign a page out: end the login at hand and forget the cookie
#[utoipa::path(
    delete, path = "/api/v1/auth/session", tag = "auth", security(("bearer" = [])),
    params(("X-Redress-Page" = String, Header, description = "1: a page of this server asks")),
    responses((status = 204, description = "Signed out"))
)]
pub async fn sign_out(
    access: web::Data<Access>,
    watch: web::Data<GrantWatchHandle>,
    _page: OwnPage,
    staff: Staff,
) -> Result<HttpResponse, Problem> {
    access.logout(&staff.0).await?;
    watch.rights_changed();
    let mut gone = cookie(String::new(), Duration::ZERO);
    gone.make_removal();
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

fn answer(tokens: Tokens, settings: &ServeSettings) -> HttpResponse {
    let life = settings.access.refresh_token_ttl.as_secs();
    let life = Duration::seconds(i64::try_from(life).unwrap_or(i64::MAX));
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .cookie(cookie(tokens.refresh_token, life))
        .json(PageTokens {
            access_token: tokens.access_token,
            token_type: tokens.token_type,
            expires_in: tokens.expires_in,
        })
}

fn cookie(value: String, life: Duration) -> Cookie<'static> {
    Cookie::build(COOKIE, value)
        .path(PATH)
        .http_only(true)
        .secure(true)
        .same_site(SameSite::Strict)
        .max_age(life)
        .finish()
}

/// That a page of this server asks, or a 403 problem.
#[derive(Debug, Clone, Copy)]
pub struct OwnPage;

impl actix_web::FromRequest for OwnPage {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut actix_web::dev::Payload) -> Self::Future {
        std::future::ready(own_page(request))
    }
}

fn own_page(request: &HttpRequest) -> Result<OwnPage, Problem> {
    let refused = || Problem::forbidden("only pages of this server may ask for this");
    auth::header(request, FROM_PAGE)?.ok_or_else(refused)?;
    let origin = auth::header(request, ORIGIN.as_str())?;
    let host = auth::header(request, HOST.as_str())?;
    let settings = request.app_data::<web::Data<ServeSettings>>();
    let public = settings.map(|settings| settings.public_url());
    // Programs send no `Origin`; browsers do with every POST and DELETE.
    let is_ours = origin.is_none_or(|origin| {
        let origin_host = origin.split_once("://").map(|(_, host)| host);
        // A proxy may say another host than the browser knows.
        (origin_host.is_some() && origin_host == host) || public.as_deref() == Some(origin)
    });
    let site = auth::header(request, "Sec-Fetch-Site")?;
    let is_same = site.is_none_or(|site| site == "same-origin");
    (is_ours && is_same).then_some(OwnPage).ok_or_else(refused)
}
