//! Problems of requests that no handler answered.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{Error, HttpResponse, ResponseError};

use super::Problem;

/// An error in the place of an answer, which carries the request's id.
#[derive(Debug)]
pub(in super::super) struct Unanswered {
    problem: Problem,
    id: String,
}

impl Unanswered {
    /// After a panic of a handler.
    pub(in super::super) fn panicked(id: &str) -> Self {
        Self {
            problem: Problem::internal("a handler panicked"),
            id: id.to_owned(),
        }
    }

    /// After an error that came past all handlers.
    pub(in super::super) fn failed(error: &Error, id: &str) -> Self {
        let status = error.as_response_error().status_code();
        Self {
            problem: Problem::of_status(status),
            id: id.to_owned(),
        }
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl ResponseError for Unanswered {
    fn status_code(&self) -> StatusCode {
        self.problem.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.problem.answer(&self.id);
        if let Ok(value) = HeaderValue::from_str(&self.id) {
            let name = HeaderName::from_static("x-request-id");
            response.headers_mut().insert(name, value);
        }
        response
    }
}
