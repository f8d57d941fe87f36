//! The settings of who is admitted to the live feed.

use clap::Args;

/// How many sockets, and how much from each. All but `--max-connections`, `--max-tracking-streams` and
/// `--unauthenticated-bytes` are off with `--rate-limits off`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Live feed: admission")]
pub struct AdmissionSettings {
    /// Most sockets of this node
    #[arg(long, env = "MAX_CONNECTIONS", default_value_t = 20_000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: u32,
    /// Most sockets of one account, on all nodes
    #[arg(long, env = "MAX_CONNECTIONS_ACCOUNT", default_value_t = 100, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections_account: u32,
    /// Most sockets from one address (IPv6: one /64), on all nodes
    #[arg(long, env = "MAX_CONNECTIONS_ADDRESS", default_value_t = 2000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections_address: u32,
    /// Most reporters of this node who follow their complaint as an event stream
    #[arg(long, env = "MAX_TRACKING_STREAMS", default_value_t = 10_000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub max_tracking_streams: u32,
    /// Most sockets of this node that have not authenticated yet
    #[arg(long, env = "MAX_UNAUTHENTICATED", default_value_t = 1000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub max_unauthenticated: u32,
    /// Most bytes that a socket may send before it has authenticated
    #[arg(long, env = "UNAUTHENTICATED_BYTES", default_value_t = 4096, value_name = "BYTES",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub unauthenticated_bytes: u32,
    /// New sockets a second on this node; a second's worth may come at once
    #[arg(long, env = "RATE_CONNECTIONS", default_value_t = 1000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub rate_connections: u32,
    /// Messages a minute and socket, pongs apart; a minute's worth may come at once
    #[arg(long, env = "RATE_COMMANDS", default_value_t = 600, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub rate_commands: u32,
}
