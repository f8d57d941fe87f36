//! Requests that failed: told once, and answered even when no handler did.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{Error, HttpResponse, ResponseError};
use utoipa::OpenApi;

use super::id::REQUEST_ID;
use crate::http::openapi::Document;
use crate::http::problem::Problem;
use crate::telemetry::sentry;

/// The label of requests that no route takes.
pub(super) const UNMATCHED: &str = "unmatched";

/// Tells the log why, and Sentry that, a request failed.
pub(super) fn tell(route: &str, id: &str, status: u16, cause: &str) {
    slog_scope::error!("{} failed: {}", route, cause; "request_id" => id);
    sentry::report_failure(route, id, status);
}

/// An error in the place of an answer, which carries the request's id.
#[derive(Debug)]
pub(super) struct Unanswered {
    problem: Problem,
    id: String,
}

impl Unanswered {
    /// After a panic of a handler.
    pub(super) fn panicked(id: &str) -> Self {
        Self {
            problem: Problem::internal("a handler panicked"),
            id: id.to_owned(),
        }
    }

    /// After an error that came past all handlers.
    pub(super) fn failed(error: &Error, id: &str) -> Self {
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
        if let Ok(value) = self.id.parse() {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
}

/// The route template of a path, for requests whose own is lost with them: as the OpenAPI document says.
pub(super) fn template(path: &str) -> String {
    let paths = Document::openapi().paths.paths;
    let fitting = paths.into_keys().filter(|template| fits(template, path));
    // `/complaints/export` fits two templates: the one with fewer parameters is meant.
    let best = fitting.min_by_key(|template| template.matches('{').count());
    best.unwrap_or_else(|| UNMATCHED.to_owned())
}

fn fits(template: &str, path: &str) -> bool {
    let (parts, words) = (template.split('/'), path.split('/'));
    parts.clone().count() == words.clone().count()
        && parts
            .zip(words)
            .all(|(part, word)| part == word || (part.starts_with('{') && !word.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_the_template_that_a_route_has() {
        for (path, route) in [
            ("/api/v1/complaints", "/api/v1/complaints"),
            ("/api/v1/complaints/x", "/api/v1/complaints/{id}"),
            ("/api/v1/tracking/secret", "/api/v1/tracking/{token}"),
            ("/metrics", "/metrics"),
            ("/api/v1/nothing/secret", UNMATCHED),
            ("/secret", UNMATCHED),
        ] {
            assert_eq!(template(path), route, "{path}");
        }
    }
}
