//! The settings of retention: when runs begin, and how much they do at a time. How long what is kept is no setting but a
//! policy, which is in the database.

use std::time::Duration;

use clap::Args;
use jiff::tz::TimeZone;

use super::{PrivacySettings, Switch, seconds_or_none};
use crate::domain::retention::Schedule;

/// On whose calendar days are counted, for every command that counts them.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Retention")]
pub struct RetentionZone {
    /// Time zone of the IANA database in which the days of periods and the schedule are counted, such as Europe/Berlin
    #[arg(long, env = "RETENTION_TIME_ZONE", default_value = "UTC", value_name = "ZONE", value_parser = zone)]
    pub retention_time_zone: TimeZone,
}

/// When runs begin, and how much they do at a time.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Retention")]
pub struct RetentionSettings {
    /// Whether this node begins the runs of the schedule; those that an admin asks for it does in any case
    #[arg(long, env = "RETENTION", default_value = "on", value_enum)]
    pub retention: Switch,
    /// When runs begin: minute, hour, day of the month, month, day of the week, as in cron
    #[arg(
        long,
        env = "RETENTION_SCHEDULE",
        default_value = "0 3 * * *",
        value_name = "CRON"
    )]
    pub retention_schedule: Schedule,
    /// On whose calendar.
    #[command(flatten)]
    pub zone: RetentionZone,
    /// Most time that a run of the schedule begins later, drawn anew each time, in seconds
    #[arg(long, env = "RETENTION_JITTER", default_value = "600", value_name = "SECONDS", value_parser = seconds_or_none)]
    pub retention_jitter: Duration,
    /// Complaints that a run reads at a time, and most that it erases at a time, before it lets others go first
    #[arg(long, env = "RETENTION_BATCH", default_value_t = 2000, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..=2000))]
    pub retention_batch: u16,
    /// How long former staff are known by name.
    #[command(flatten)]
    pub privacy: PrivacySettings,
}

fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_unknown| {
        "expected a time zone of the IANA database, such as Europe/Berlin".to_owned()
    })
}
