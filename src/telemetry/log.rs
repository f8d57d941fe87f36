//! The root logger: readable lines on a terminal, one JSON object a line elsewhere.
//!
//! Lines are written by a thread of their own behind a bounded queue: a slow
//! terminal never blocks a request; what is dropped is counted, and told in a line.

pub mod counts;
pub mod levels;
mod lines;
mod text;

use std::io::IsTerminal;
use std::panic;

use slog::{Drain, Level, Logger, Never, OwnedKVList, Record, o};

use super::at_work::{self, AtWork};
use crate::config::{LogFormat, LogLevel, LogSettings};
use lines::JsonLines;
use text::TextLines;

/// Lines that may wait for the writing thread.
const QUEUE: usize = 8192;

/// Keeps the logger installed; dropping it writes out what is queued.
#[must_use = "dropping it ends logging"]
pub struct LogGuard {
    _scope: slog_scope::GlobalLoggerGuard,
}

/// Installs the logger for the process, for `log` records of libraries, and for panics.
pub fn install(settings: &LogSettings) -> LogGuard {
    let terminal = std::io::stderr().is_terminal();
    let json = match settings.log_format {
        LogFormat::Auto => !terminal,
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let logger = if json {
        Logger::root(Wanted(JsonLines::to(std::io::stderr())), o!())
    } else {
        Logger::root(Wanted(TextLines::to_terminal()), o!())
    };
    let scope = slog_scope::set_global_logger(logger);
    // Fails only when a bridge is installed already, which serves as well.
    if slog_stdlog::init_with_level(log::Level::Warn).is_err() {
        slog_scope::debug!("a log bridge is installed already");
    }
    levels::set(settings.log_level.clone());
    log_panics();
    LogGuard { _scope: scope }
}

/// Passes on what is wanted at present, and counts it.
struct Wanted<D>(D);

impl<D: Drain<Ok = (), Err = Never>> Drain for Wanted<D> {
    type Ok = ();
    type Err = Never;

    fn log(&self, record: &Record<'_>, values: &OwnedKVList) -> Result<(), Never> {
        let level = level_of(record.level());
        // A record of `log` may have lost its module; its target is the tag then.
        let module = match record.tag() {
            "" => record.module(),
            target => target,
        };
        if !levels::wants(level, module) {
            return Ok(());
        }
        counts::line(level);
        self.0.log(record, values)
    }
}

fn level_of(level: Level) -> LogLevel {
    match level {
        Level::Critical | Level::Error => LogLevel::Error,
        Level::Warning => LogLevel::Warn,
        Level::Info => LogLevel::Info,
        Level::Debug => LogLevel::Debug,
        Level::Trace => LogLevel::Trace,
    }
}

/// A panic is logged once, with its place, its backtrace and what was at work; the message of a panic is the
/// program's own text.
fn log_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let message = info.payload_as_str().unwrap_or("(no message)");
        let backtrace = std::backtrace::Backtrace::force_capture().to_string();
        let at_work = at_work::now();
        match &at_work {
            Some(AtWork::Request { id, .. }) => slog_scope::error!("panic: {}", message;
                "backtrace" => backtrace, "place" => &place, "request_id" => &**id),
            Some(AtWork::Actor(name)) => slog_scope::error!("panic: {}", message;
                "backtrace" => backtrace, "place" => &place, "actor" => *name),
            None => slog_scope::error!("panic: {}", message;
                "backtrace" => backtrace, "place" => &place),
        }
        super::sentry::report_panic(message, &place, at_work.as_ref());
    }));
}
