//! The root logger: readable lines on a terminal, one JSON object a line elsewhere.
//!
//! Lines are written by a thread of their own behind a bounded queue: a slow
//! terminal never blocks a request; what is dropped is counted in a line.

mod lines;

use std::io::IsTerminal;
use std::panic;

use slog::{Drain, Level, Logger, o};

use lines::JsonLines;

use crate::config::{LogFormat, LogLevel, LogSettings};

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
    let level = level(settings.log_level);
    let logger = if json {
        json_logger(level)
    } else {
        text_logger(level)
    };
    let scope = slog_scope::set_global_logger(logger);
    // Fails only when a bridge is installed already, which serves as well.
    if slog_stdlog::init_with_level(library_level(settings.log_level)).is_err() {
        slog_scope::debug!("a log bridge is installed already");
    }
    log_panics();
    LogGuard { _scope: scope }
}

fn level(level: LogLevel) -> Level {
    match level {
        LogLevel::Error => Level::Error,
        LogLevel::Warn => Level::Warning,
        LogLevel::Info => Level::Info,
        LogLevel::Debug => Level::Debug,
        LogLevel::Trace => Level::Trace,
    }
}

/// Libraries tell of their every step at info: that is our debug. Below that the database's tells the parameters of each
/// statement, which are personal: no level of ours lets it.
fn library_level(level: LogLevel) -> log::Level {
    match level {
        LogLevel::Error => log::Level::Error,
        LogLevel::Warn | LogLevel::Info => log::Level::Warn,
        LogLevel::Debug | LogLevel::Trace => log::Level::Info,
    }
}

fn json_logger(level: Level) -> Logger {
    let lines = JsonLines::to(std::io::stderr());
    Logger::root(lines.filter_level(level).ignore_res(), o!())
}

fn text_logger(level: Level) -> Logger {
    let decorator = slog_term::TermDecorator::new().stderr().build();
    let text = slog_term::FullFormat::new(decorator)
        .use_original_order()
        .build();
    let queued = slog_async::Async::new(text.ignore_res())
        .chan_size(QUEUE)
        .overflow_strategy(slog_async::OverflowStrategy::DropAndReport)
        .build();
    Logger::root(queued.filter_level(level).ignore_res(), o!())
}

fn level_word(level: Level) -> &'static str {
    match level {
        Level::Critical | Level::Error => "error",
        Level::Warning => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    }
}

/// A panic is logged once, with its place; the message of a panic is the program's own text.
fn log_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let message = info.payload_as_str().unwrap_or("(no message)");
        let backtrace = std::backtrace::Backtrace::capture().to_string();
        slog_scope::error!("panic: {}", message; "place" => place, "backtrace" => backtrace);
        super::sentry::report_panic(message);
    }));
}
