//! What is logged, and where errors are reported.

use clap::{Args, ValueEnum};

/// What is logged and where errors are reported.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logs")]
pub struct LogSettings {
    /// Least level that is logged
    #[arg(
        long,
        global = true,
        env = "LOG_LEVEL",
        default_value = "info",
        value_enum
    )]
    pub log_level: LogLevel,
    /// Format of log lines; auto: text on a terminal, JSON otherwise
    #[arg(
        long,
        global = true,
        env = "LOG_FORMAT",
        default_value = "auto",
        value_enum
    )]
    pub log_format: LogFormat,
    /// Sentry project to which server errors and panics are reported (never personal data)
    #[arg(
        long,
        global = true,
        env = "SENTRY_DSN",
        value_name = "URL",
        hide_env_values = true
    )]
    pub sentry_dsn: Option<String>,
    /// Name of this installation's environment, sent to Sentry
    #[arg(
        long,
        global = true,
        env = "ENVIRONMENT",
        default_value = "development",
        value_name = "NAME"
    )]
    pub environment: String,
}

/// Levels of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Failures that need a person.
    Error,
    /// Also what may become one.
    Warn,
    /// Also one line a request.
    Info,
    /// Also what the parts do.
    Debug,
    /// Everything.
    Trace,
}

/// Formats of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// Readable lines.
    Text,
    /// One JSON object a line.
    Json,
}
