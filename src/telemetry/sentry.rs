//! Error reports to Sentry, when `SENTRY_DSN` is set: what failed and where, never whose complaint it was.

use std::borrow::Cow;
use std::sync::Arc;

use sentry::{ClientInitGuard, ClientOptions, Level};

use crate::config::LogSettings;

/// Starts reporting; `None` without a DSN. Keep it as long as the process runs.
pub fn start(settings: &LogSettings) -> Option<ClientInitGuard> {
    let dsn = settings.sentry_dsn.as_ref().filter(|dsn| !dsn.is_empty())?;
    let dsn = match dsn.parse() {
        Ok(dsn) => Some(dsn),
        Err(error) => {
            slog_scope::error!(
                "SENTRY_DSN is not usable, errors are not reported: {}",
                error
            );
            return None;
        }
    };
    let mut options = ClientOptions::default();
    options.dsn = dsn;
    options.release = Some(Cow::Borrowed(concat!(
        "redress@",
        env!("CARGO_PKG_VERSION")
    )));
    options.environment = Some(Cow::Owned(settings.environment.clone()));
    options.send_default_pii = false;
    // Breadcrumbs and server names may carry what we do not want to send.
    options.max_breadcrumbs = 0;
    options.before_send = Some(Arc::new(|mut event| {
        event.server_name = None;
        event.user = None;
        event.request = None;
        Some(event)
    }));
    Some(sentry::init(options))
}

/// Reports a failed request: its route template and its id, which is also in the log.
pub fn report_failure(message: &str, route: &str, request_id: &str) {
    sentry::with_scope(
        |scope| {
            scope.set_tag("route", route);
            scope.set_tag("request_id", request_id);
        },
        || sentry::capture_message(message, Level::Error),
    );
}

/// Reports a panic by its message, which is the program's own text.
pub fn report_panic(message: &str) {
    sentry::capture_message(message, Level::Fatal);
}
