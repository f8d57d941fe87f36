//! Errors as RFC 9457 problems. The only place that picks a status code for an error.
//!
//! A 5xx tells the client nothing but the request id, which is also in the log and in Sentry.

mod causes;
pub(super) mod unanswered;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::fault::{Fault, Faults};

/// An error on its way to a client.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    detail: String,
    faults: Vec<Fault>,
    /// Boxed: a `Result` that may carry a problem stays under clippy's 128 bytes.
    current: Option<Box<Value>>,
    retry_after_s: Option<u64>,
    cause: Option<String>,
}

/// The body of every error answer (RFC 9457, `application/problem+json`).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Stable name of the kind of error, `urn:redress:problem:…`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do about it, for people.
    pub detail: String,
    /// The id of the request, also in the server's log.
    pub request_id: String,
    /// Every field at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    /// The present state of what the request wanted to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Value>,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            detail: detail.into(),
            faults: Vec::new(),
            current: None,
            retry_after_s: None,
            cause: None,
        }
    }

    /// 400: the request cannot be read (not JSON, a bad cursor, a bad header).
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", detail)
    }

    /// 401: no valid credentials.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// 403: valid credentials that do not reach this far.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 403: a complaint of a region in which the caller does not work.
    pub fn not_in_your_regions() -> Self {
        Self::forbidden("this complaint is not in one of your regions")
    }

    /// 404: there is no such thing, or it is none of the caller's business.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("there is no such {what}"),
        )
    }

    /// 408: the body came too slowly.
    pub fn too_slow(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail)
    }

    /// 409: the request does not fit the present state, which `current` shows.
    pub fn conflict(kind: &'static str, detail: impl Into<String>, current: Option<Value>) -> Self {
        Self {
            current: current.map(Box::new),
            ..Self::new(StatusCode::CONFLICT, kind, detail)
        }
    }

    /// 413: the body is too large.
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("the body is larger than the {limit} bytes allowed");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// 413: a photo is too large.
    pub fn photo_too_large(limit: u64) -> Self {
        let detail =
            format!("a photo is larger than the {limit} bytes allowed; send a smaller one");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// 416: there are no such bytes.
    pub fn no_such_bytes() -> Self {
        let detail = "the picture ends before the bytes that Range asks for";
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "no_such_bytes", detail)
    }

    /// 415: the body is not of the accepted type.
    pub fn wrong_media_type(expected: &str) -> Self {
        let detail = format!("send the body as Content-Type: {expected}");
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "wrong_media_type",
            detail,
        )
    }

    /// 422: fields are at fault; all of them are listed.
    pub fn invalid(faults: Faults) -> Self {
        Self {
            faults: faults.into_inner(),
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "validation",
                "some fields need another value; see errors",
            )
        }
    }

    /// 422: one field is at fault.
    pub fn invalid_field(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        let mut faults = Faults::default();
        faults.add(field, code, message);
        Self::invalid(faults)
    }

    /// 422: the request is well-formed but cannot be done as a whole.
    pub fn unprocessable(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, kind, detail)
    }

    /// 429: too many requests.
    pub fn too_many(detail: impl Into<String>, retry_after_s: u64) -> Self {
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
        }
    }

    /// 500: a bug or a broken part; `cause` goes to the log, not to the client.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self {
            cause: Some(cause.to_string()),
            ..Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "the server failed; the operator finds the reason under request_id",
            )
        }
    }

    /// 503: not now; trying again later is right.
    pub fn unavailable(detail: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self {
            cause: Some(cause.to_string()),
            retry_after_s: Some(1),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
        }
    }

    /// 503: there is no room now; nothing failed.
    pub fn no_room(detail: impl Into<String>) -> Self {
        Self {
            retry_after_s: Some(1),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
        }
    }

    /// A plain problem for a status that a library below us chose (404 of the router, 405, …).
    pub(super) fn of_status(status: StatusCode) -> Self {
        let (kind, detail) = match status.as_u16() {
            404 => (
                "not_found",
                "there is no such page; /docs lists what there is",
            ),
            405 => (
                "method_not_allowed",
                "this page does not know that method; /docs lists what there is",
            ),
            400 => ("malformed", "the request could not be read"),
            408 => ("too_slow", "the request came too slowly"),
            code if code >= 500 => (
                "internal",
                "the server failed; the operator finds the reason under request_id",
            ),
            _ => ("refused", "the request was refused"),
        };
        Self::new(status, kind, detail)
    }

    /// The kind of error, without what all kinds begin with.
    pub(super) fn kind(&self) -> &'static str {
        self.kind
    }

    /// The fields at fault.
    pub(super) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// An answer for people with this problem's status, to be filled with a page that says what to do.
    pub(super) fn page(&self) -> HttpResponseBuilder {
        if let Some(cause) = &self.cause {
            slog_scope::error!("a page failed: {}", cause);
        }
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after_s {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response
    }

    /// The same for somebody who may not see all of what they wanted to change.
    #[must_use]
    pub fn without_current(self) -> Self {
        Self {
            current: None,
            ..self
        }
    }

    /// What the log says of it, when the client is not told.
    pub(super) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The answer, with the id of its request.
    pub(super) fn answer(&self, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header(("WWW-Authenticate", "Bearer"));
        }
        let body = self.body(request_id);
        response.body(serde_json::to_string(&body).unwrap_or_default())
    }

    /// The problem as JSON says it.
    pub(super) fn body(&self, request_id: &str) -> ProblemBody {
        ProblemBody {
            kind: format!("urn:redress:problem:{}", self.kind),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            request_id: request_id.to_owned(),
            errors: self.faults.clone(),
            current: self.current.as_deref().cloned(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    /// `trace` replaces this by an answer that carries the request's id.
    fn error_response(&self) -> HttpResponse {
        self.answer("")
    }
}
