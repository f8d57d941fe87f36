//! Who sends a request: extractors that let handlers ask for staff, an admin, or anybody.
//!
//! Decides nothing by itself: [`Access`] knows who is let in, [`Limits`] how often.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::audited;
use super::problem::Problem;
use super::trace::Account;
use crate::access::Access;
use crate::access::throttle::Limits;
use crate::domain::account::{ApiKey, Identity, Role};

/// The header in which apps send their key.
const API_KEY: &str = "X-API-Key";

/// Whoever sends a request.
#[derive(Debug, Clone)]
pub enum Caller {
    /// A member of staff, by access token.
    Staff(Identity),
    /// An app, by API key; one turn of its rate is taken.
    ApiKey(ApiKey),
    /// Anybody else.
    Anonymous,
}

/// A member of staff, or a 401 problem.
#[derive(Debug, Clone)]
pub struct Staff(pub Identity);

/// An admin, whose request is in the audit trail by then; or a 401, 403 or 503 problem.
#[derive(Debug, Clone)]
pub struct AdminOnly(pub Identity);

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { caller(&request).await })
    }
}

impl FromRequest for Staff {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { staff(&request).await.map(Self) })
    }
}

impl FromRequest for AdminOnly {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let identity = staff(&request).await?;
            match identity.role {
                Role::Admin => {
                    audited::admin(&request, &identity).await?;
                    Ok(Self(identity))
                }
                Role::Officer => Err(Problem::forbidden("only admins may do this")),
            }
        })
    }
}

async fn caller(request: &HttpRequest) -> Result<Caller, Problem> {
    match presented(request)? {
        Presented::Token(token) => Ok(Caller::Staff(signed_in(request, token).await?)),
        Presented::Key(key) => {
            let key = part::<Access>(request)?.api_key(key).await?;
            part::<Limits>(request)?.api_key(&key).await?;
            Ok(Caller::ApiKey(key))
        }
        Presented::Nothing => Ok(Caller::Anonymous),
    }
}

/// How long the access token of a request is still good; no time at all without one.
pub(super) fn token_left(request: &HttpRequest) -> Result<Duration, Problem> {
    match presented(request)? {
        Presented::Token(token) => Ok(part::<Access>(request)?.token_left(token)?),
        Presented::Key(_) | Presented::Nothing => Ok(Duration::ZERO),
    }
}

async fn staff(request: &HttpRequest) -> Result<Identity, Problem> {
    match presented(request)? {
        Presented::Token(token) => signed_in(request, token).await,
        Presented::Key(_) => Err(Problem::unauthorized(
            "this needs the access token of an account; an API key does not reach this far",
        )),
        Presented::Nothing => Err(Problem::unauthorized(
            "log in, and send the access token as Authorization: Bearer …",
        )),
    }
}

async fn signed_in(request: &HttpRequest, token: &str) -> Result<Identity, Problem> {
    let identity = part::<Access>(request)?.authenticate(token).await?;
    request.extensions_mut().insert(Account(identity.account));
    Ok(identity)
}

/// The credentials that a request carries.
#[derive(Debug, PartialEq, Eq)]
enum Presented<'a> {
    Token(&'a str),
    Key(&'a str),
    Nothing,
}

fn presented(request: &HttpRequest) -> Result<Presented<'_>, Problem> {
    let authorization = header(request, AUTHORIZATION.as_str())?;
    match (authorization, header(request, API_KEY)?) {
        (Some(_), Some(_)) => Err(Problem::malformed(
            "send Authorization or X-API-Key, not both: who is asking must be one",
        )),
        (Some(authorization), None) => bearer(authorization).map(Presented::Token),
        (None, Some(key)) => Ok(Presented::Key(key)),
        (None, None) => Ok(Presented::Nothing),
    }
}

/// The one value of a header.
pub(super) fn header<'a>(request: &'a HttpRequest, name: &str) -> Result<Option<&'a str>, Problem> {
    let mut values = request.headers().get_all(name);
    let (first, second) = (values.next(), values.next());
    match (first.map(|value| value.to_str()), second) {
        (None, _) => Ok(None),
        (Some(Ok(value)), None) => Ok(Some(value)),
        (Some(_), _) => Err(Problem::malformed(format!(
            "{name} must be one value of plain ASCII"
        ))),
    }
}

/// The token of `Bearer …`; the scheme's case does not matter (RFC 9110 § 11.1).
pub(super) fn bearer(authorization: &str) -> Result<&str, Problem> {
    let token = match authorization.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => token.trim(),
        Some(_) | None => "",
    };
    if token.is_empty() {
        return Err(Problem::unauthorized(
            "Authorization must be: Bearer and an access token",
        ));
    }
    Ok(token)
}

/// What the composition root gave to the application.
fn part<T: 'static>(request: &HttpRequest) -> Result<&web::Data<T>, Problem> {
    let missing = || {
        Problem::internal(format!(
            "no {} in the application",
            std::any::type_name::<T>()
        ))
    };
    request.app_data::<web::Data<T>>().ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn credentials_are_read_or_refused() {
        let with = |headers: &[(&'static str, &'static str)]| {
            let request = TestRequest::default();
            let add = |request: TestRequest, header: &(&'static str, &'static str)| {
                request.append_header(*header)
            };
            headers.iter().fold(request, add).to_http_request()
        };
        let good = with(&[("Authorization", "bearer  a.b.c ")]);
        assert_eq!(presented(&good).unwrap(), Presented::Token("a.b.c"));
        let good = with(&[("x-api-key", "rk_1")]);
        assert_eq!(presented(&good).unwrap(), Presented::Key("rk_1"));
        assert_eq!(presented(&with(&[])).unwrap(), Presented::Nothing);
        for (headers, status) in [
            (&[("Authorization", "Basic YTpi")][..], 401),
            (&[("Authorization", "Bearer")], 401),
            (&[("Authorization", "Bearer ")], 401),
            (&[("Authorization", "Bearer é")], 400),
            (&[("Authorization", "Bearer a"), ("X-API-Key", "rk_1")], 400),
            (&[("X-API-Key", "rk_1"), ("X-API-Key", "rk_2")], 400),
        ] {
            let problem = presented(&with(headers)).unwrap_err();
            assert_eq!(problem.status_code().as_u16(), status, "{headers:?}");
        }
    }
}
