//! The settings of privacy: how long former staff are known by name.

use std::time::Duration;

use clap::Args;

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// How long former staff are known by name.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Privacy")]
pub struct PrivacySettings {
    /// Days after its deactivation until an account loses its name and e-mail address
    #[arg(long, env = "FORMER_STAFF_DAYS", default_value_t = 365, value_name = "DAYS",
          value_parser = clap::value_parser!(u16).range(1..=36500))]
    pub former_staff_days: u16,
}

impl PrivacySettings {
    /// The same as a period.
    pub fn former_staff(&self) -> Duration {
        Duration::from_secs(DAY.saturating_mul(u64::from(self.former_staff_days)))
    }
}
