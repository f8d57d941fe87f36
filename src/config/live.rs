//! The settings of the live feed.

use std::time::Duration;

use clap::Args;

use super::seconds;

/// The live feed.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Live feed")]
pub struct LiveSettings {
    /// Origins of pages that may open a WebSocket beside the server's own, separated by commas
    #[arg(
        long,
        env = "ALLOWED_ORIGINS",
        value_delimiter = ',',
        value_name = "ORIGIN"
    )]
    pub allowed_origins: Vec<String>,
    /// Time between pings, in milliseconds; a socket silent for two of them is closed
    #[arg(long, env = "PING_INTERVAL_MS", default_value_t = 25_000, value_name = "MS",
          value_parser = clap::value_parser!(u64).range(100..=600_000))]
    pub ping_interval_ms: u64,
    /// How long a socket may take to authenticate, in milliseconds
    #[arg(long, env = "CONNECT_DEADLINE_MS", default_value_t = 10_000, value_name = "MS",
          value_parser = clap::value_parser!(u64).range(100..=60_000))]
    pub connect_deadline_ms: u64,
    /// How long a socket may stay open after its access token has expired, in seconds (then 4004)
    #[arg(long, env = "TOKEN_GRACE", default_value = "25", value_name = "SECONDS", value_parser = seconds)]
    pub token_grace: Duration,
    /// How long a claim ("on my way") outlives its holder's last socket, in seconds
    #[arg(long, env = "CLAIM_GRACE", default_value = "60", value_name = "SECONDS", value_parser = seconds)]
    pub claim_grace: Duration,
    /// Bytes that may wait for one socket; who leaves more unread for a second is cut off (4002)
    #[arg(
        long,
        env = "OUTGOING_LIMIT",
        default_value_t = 262_144,
        value_name = "BYTES"
    )]
    pub outgoing_limit: usize,
    /// Most regions that one socket may watch
    #[arg(long, env = "MAX_REGIONS", default_value_t = 64, value_name = "N")]
    pub max_regions: usize,
    /// Most bytes of recent events that each watched region keeps in memory
    #[arg(
        long,
        env = "RECENT_BYTES",
        default_value_t = 1_048_576,
        value_name = "BYTES"
    )]
    pub recent_bytes: usize,
}
