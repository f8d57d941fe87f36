//! Signing in and out: `/auth/…`.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::asked::Asked;
use super::auth::Staff;
use super::body::{self, BODY_LIMIT, JsonBody};
use super::client_address::ClientAddress;
use super::problem::{Problem, ProblemBody};
use crate::access::throttle::Limits;
use crate::access::{Access, AccessError, Tokens};
use crate::actors::grant_watch::GrantWatchHandle;
use crate::domain::administration::Account;
use crate::domain::credential::Password;
use crate::domain::fault::Faults;

const FORM: &str = "application/x-www-form-urlencoded";

/// Adds the pages of this file.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/auth/login").route(web::post().to(login)))
        .service(web::resource("/auth/refresh").route(web::post().to(refresh)))
        .service(web::resource("/auth/logout").route(web::post().to(logout)))
        .service(web::resource("/auth/me").route(web::get().to(me)))
        .service(web::resource("/auth/password").route(web::post().to(change_password)));
}

/// E-mail address and password. Not `Debug`: it holds a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// E-mail address; case does not matter.
    pub email: String,
    /// Password.
    #[schema(format = Password)]
    pub password: String,
}

/// The same as an OAuth2 password grant (RFC 6749 § 4.3), for tools that know it. Not `Debug`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginForm {
    /// `password`, or absent.
    pub grant_type: Option<String>,
    /// E-mail address.
    pub username: String,
    /// Password.
    #[schema(format = Password)]
    pub password: String,
    /// Accepted and not used: an account's role says what it may do.
    pub scope: Option<String>,
    /// Accepted and not used.
    pub client_id: Option<String>,
    /// Accepted and not used.
    pub client_secret: Option<String>,
}

/// A refresh token to exchange. Not `Debug`: it holds a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The refresh token of the last login or refresh.
    pub refresh_token: String,
}

/// A new password for oneself. Not `Debug`: it holds secrets.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordRequest {
    /// The present password.
    #[schema(format = Password)]
    pub old_password: String,
    /// The new one: at least 10 characters, at most 200 bytes.
    #[schema(format = Password)]
    pub new_password: String,
}

impl FromRequest for LoginRequest {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let is_form = request.content_type().eq_ignore_ascii_case(FORM);
            if !is_form {
                body::expect_type(&request, "application/json")?;
            }
            let bytes = body::read(&request, payload, BODY_LIMIT).await?;
            if is_form {
                form(&bytes)
            } else {
                body::parse(&bytes)
            }
        })
    }
}

fn form(bytes: &[u8]) -> Result<LoginRequest, Problem> {
    let malformed = |error: String| Problem::malformed(format!("the form: {error}"));
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
    // A query string has the same syntax as a form.
    let form = web::Query::<LoginForm>::from_query(text);
    let form = form
        .map_err(|error| malformed(error.to_string()))?
        .into_inner();
    match form.grant_type.as_deref() {
        None | Some("password") => Ok(LoginRequest {
            email: form.username,
            password: form.password,
        }),
        Some(_) => Err(Problem::invalid_field(
            "grant_type",
            "invalid",
            "must be password",
        )),
    }
}

/// Log in
///
/// Failed attempts are limited for each account and address.
#[utoipa::path(
    post, path = "/api/v1/auth/login", tag = "auth",
    request_body(content((LoginRequest = "application/json"), (LoginForm = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Logged in", body = Tokens),
        (status = 401, description = "Wrong e-mail address or password", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed attempts", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn login(
    access: web::Data<Access>,
    limits: web::Data<Limits>,
    client: ClientAddress,
    asked: LoginRequest,
) -> Result<HttpResponse, Problem> {
    let turn = limits.login(client.0, &asked.email).await?;
    let tokens = access.login(&asked.email, &asked.password).await?;
    turn.give_back().await;
    Ok(secret(&tokens))
}

/// Exchange a refresh token for new tokens
///
/// Each refresh token is good once. Using one a second time ends its login.
#[utoipa::path(
    post, path = "/api/v1/auth/refresh", tag = "auth",
    request_body = RefreshRequest,
    responses(
        (status = 200, description = "New tokens", body = Tokens),
        (status = 401, description = "The token is unknown or used, or its login is over", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn refresh(
    access: web::Data<Access>,
    watch: web::Data<GrantWatchHandle>,
    asked: JsonBody<RefreshRequest>,
) -> Result<HttpResponse, Problem> {
    let refreshed = access.refresh(&asked.value.refresh_token).await;
    if matches!(refreshed, Err(AccessError::TokenReused)) {
        watch.rights_changed();
    }
    Ok(secret(&refreshed?))
}

/// Log out: end the login at hand
#[utoipa::path(
    post, path = "/api/v1/auth/logout", tag = "auth", security(("bearer" = [])),
    responses((status = 204, description = "Logged out"))
)]
pub async fn logout(
    access: web::Data<Access>,
    watch: web::Data<GrantWatchHandle>,
    staff: Staff,
) -> Result<HttpResponse, Problem> {
    access.logout(&staff.0).await?;
    watch.rights_changed();
    Ok(HttpResponse::NoContent().finish())
}

/// One's own account
#[utoipa::path(
    get, path = "/api/v1/auth/me", tag = "auth", security(("bearer" = [])),
    responses((status = 200, description = "The account", body = Account))
)]
pub async fn me(access: web::Data<Access>, staff: Staff) -> Result<web::Json<Account>, Problem> {
    Ok(web::Json(access.accounts().find(staff.0.account).await?))
}

/// Change one's own password
///
/// Ends all other logins of the account.
#[utoipa::path(
    post, path = "/api/v1/auth/password", tag = "auth", security(("bearer" = [])),
    request_body = PasswordRequest,
    responses(
        (status = 204, description = "Changed"),
        (status = 422, description = "The old password is wrong or the new one too weak", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed attempts", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn change_password(
    access: web::Data<Access>,
    limits: web::Data<Limits>,
    watch: web::Data<GrantWatchHandle>,
    client: ClientAddress,
    asked: Asked<Staff, PasswordRequest>,
) -> Result<HttpResponse, Problem> {
    let Asked { who: staff, body } = asked;
    let mut faults = Faults::default();
    let new = faults.keep("new_password", Password::parse(&body.value.new_password));
    let new = faults.into_result(new)?;
    let account = staff.0.account.to_string();
    let turn = limits.login(client.0, &account).await?;
    match access
        .change_password(&staff.0, &body.value.old_password, &new)
        .await
    {
        // Not a 401: the access token is good, and clients would throw it away.
        Err(AccessError::WrongPassword) => Err(Problem::invalid_field(
            "old_password",
            "wrong",
            "is not the present password",
        )),
        changed => {
            changed?;
            watch.rights_changed();
            turn.give_back().await;
            Ok(HttpResponse::NoContent().finish())
        }
    }
}

/// An answer of which nobody on the way may keep a copy.
fn secret(tokens: &Tokens) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_a_login_of_grant_type_password() {
        let asked = form(b"grant_type=password&username=ann%40example.org&password=a+b%26c&scope=")
            .ok()
            .unwrap();
        assert_eq!(
            (asked.email.as_str(), asked.password.as_str()),
            ("ann@example.org", "a b&c")
        );
        assert!(form(b"username=a&password=b").is_ok());
        for bad in [
            &b"grant_type=client_credentials&username=a&password=b"[..],
            b"username=a",
            b"username=a&password=b&admin=1",
            b"\xff",
            b"",
        ] {
            assert!(form(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }
}
