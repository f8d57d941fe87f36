//! What is logged, and where errors are reported.

use clap::{Args, ValueEnum};

use super::LogLevels;

/// What is logged and where errors are reported.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logs")]
pub struct LogSettings {
    /// Least level that is logged; others for modules behind it: info,redress::feed=debug
    #[arg(
        long,
        global = true,
        env = "LOG_LEVEL",
        default_value = "info",
        value_name = "LEVELS",
        value_parser = LogLevels::parse
    )]
    pub log_level: LogLevels,
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
        hide_env_values = true,
        value_parser = super::secret::read
    )]
    pub sentry_dsn: Option<String>,
    /// What Sentry is told that runs here, such as a commit's hash; default: redress@ and the version
    #[arg(long, global = true, env = "SENTRY_RELEASE", value_name = "NAME")]
    pub sentry_release: Option<String>,
    /// Share of failures that are reported to Sentry, 0 to 1
    #[arg(
        long,
        global = true,
        env = "SENTRY_SAMPLE_RATE",
        default_value = "1",
        value_name = "SHARE",
        value_parser = share
    )]
    pub sentry_sample_rate: f32,
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

/// A share of all, 0 to 1.
fn share(text: &str) -> Result<f32, String> {
    let share: f32 = text
        .parse()
        .map_err(|error| format!("expected a number: {error}"))?;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err("expected a share of all, 0 to 1".to_owned())
    }
}
