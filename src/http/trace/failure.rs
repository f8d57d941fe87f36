//! Requests that failed: told once, by a route that holds nothing of theirs.

use utoipa::OpenApi;

use crate::http::openapi::Document;
use crate::telemetry::sentry;

/// The label of requests that no route takes.
pub(super) const UNMATCHED: &str = "unmatched";

/// Tells the log why, and Sentry that, a request failed.
pub(super) fn tell(route: &str, id: &str, status: u16, cause: &str) {
    slog_scope::error!("{} failed: {}", route, cause; "request_id" => id);
    sentry::report_failure(route, id, status);
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
