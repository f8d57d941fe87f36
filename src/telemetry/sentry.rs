//! Error reports to Sentry, when `SENTRY_DSN` is set: what failed and where, never whose complaint it was.
//!
//! Reports are handed to a thread behind a queue of thirty: a Sentry that is slow or away costs nobody a wait, and
//! what finds the queue full is lost. How many are made is bounded before that (`Bound`).

mod bound;
mod transport;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use sentry::{ClientInitGuard, ClientOptions, Level};

use super::at_work::AtWork;
use crate::config::LogSettings;
use bound::Bound;
pub use bound::counts;
use transport::Timely;

/// The bound on what is reported; nothing passes it before [`start`].
static BOUND: Mutex<Option<Bound>> = Mutex::new(None);

/// How long the end of the process waits for reports that are on their way.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Keeps reporting; dropping it sends what waits, within `LAST_WORDS`.
#[must_use = "dropping it ends reports"]
pub struct SentryGuard(Option<ClientInitGuard>);

impl Drop for SentryGuard {
    /// The client itself waits for its thread for as long as that is busy with a Sentry that does not answer.
    fn drop(&mut self) {
        let client = self.0.take();
        let (closed, closes) = mpsc::channel();
        thread::spawn(move || {
            drop(client);
            closed.send(()).ok();
        });
        closes.recv_timeout(LAST_WORDS).ok();
    }
}

/// Starts reporting; `None` without a DSN. Keep it as long as the process runs.
pub fn start(settings: &LogSettings) -> Option<SentryGuard> {
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
    let release = settings.sentry_release.clone();
    let release = release.unwrap_or_else(|| concat!("redress@", env!("CARGO_PKG_VERSION")).into());
    let mut options = ClientOptions::default();
    options.dsn = dsn;
    options.release = Some(Cow::Owned(release));
    options.environment = Some(Cow::Owned(settings.environment.clone()));
    options.attach_stacktrace = true;
    options.send_default_pii = false;
    // Breadcrumbs and server names may carry what we do not want to send.
    options.max_breadcrumbs = 0;
    options.before_send = Some(Arc::new(|mut event| {
        event.server_name = None;
        event.user = None;
        event.request = None;
        Some(event)
    }));
    // Refuses, by a panic, what the setting's parser has refused before.
    let options = options.sample_rate(settings.sentry_sample_rate);
    let options = options.transport(Timely);
    *BOUND.lock().unwrap_or_else(PoisonError::into_inner) = Some(Bound::default());
    Some(SentryGuard(Some(sentry::init(options))))
}

/// Reports a failed request: its route template, its status and its id, which is also in the log.
pub fn report_failure(route: &str, request_id: &str, status: u16) {
    let status = status.to_string();
    let tags = [
        ("route", route),
        ("request_id", request_id),
        ("status", &status),
    ];
    report("a request failed", Level::Error, route, &tags);
}

/// Reports that a task that runs by itself failed; why is in the log.
pub fn report_failed_run(run: &'static str) {
    report("a run failed", Level::Error, run, &[("run", run)]);
}

/// Reports a panic: its place, and its message without what stands in quotes there.
pub fn report_panic(message: &str, place: &str, at_work: Option<&AtWork>) {
    let message = format!("panic: {}", without_quotes(message));
    let mut tags = vec![("place", place)];
    let route;
    match at_work {
        Some(AtWork::Request {
            id,
            path,
            route: of,
        }) => {
            route = of(path);
            tags.extend([("route", route.as_str()), ("request_id", id)]);
        }
        Some(AtWork::Actor(name)) => tags.push(("actor", name)),
        None => {}
    }
    report(&message, Level::Fatal, place, &tags);
}

fn report(message: &str, level: Level, kind: &str, tags: &[(&str, &str)]) {
    let passes = {
        let mut bound = BOUND.lock().unwrap_or_else(PoisonError::into_inner);
        let bound = bound.as_mut();
        bound.is_some_and(|bound| bound.takes(kind, Instant::now()))
    };
    if passes {
        let say = |scope: &mut sentry::Scope| {
            for (name, value) in tags {
                scope.set_tag(name, value);
            }
        };
        sentry::with_scope(say, || sentry::capture_message(message, level));
    }
}

/// A message of a library may quote what it was given: `byte index 3 is inside 'é' of "…"`.
fn without_quotes(message: &str) -> String {
    let mut said = String::new();
    let mut quote = None;
    for letter in message.chars().take(300) {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => continue,
            None if ['"', '`', '\''].contains(&letter) => {
                quote = Some(letter);
                said.push('…');
            }
            None => said.push(letter),
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_quotes_is_left_out() {
        for (message, said) in [
            ("by the test", "by the test"),
            ("no 'x' in \"hush hush\" at 3", "no … in … at 3"),
            ("inside `hush", "inside …"),
        ] {
            assert_eq!(without_quotes(message), said);
        }
    }
}
