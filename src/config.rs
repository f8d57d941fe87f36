//! Every setting once: flag, environment variable, default, check. The only reader of the environment.

mod admission;
mod data;
mod error;
mod health;
mod levels;
mod live;
mod log;
mod monitoring;
mod pages;
mod photos;
mod privacy;
mod retention;
mod secret;
mod watch;

pub use admission::AdmissionSettings;
pub use data::DataSettings;
pub use error::ConfigError;
pub use health::HealthSettings;
pub use levels::{LogLevel, LogLevels, MODULES_MOST};
pub use live::LiveSettings;
pub use log::{LogFormat, LogSettings};
pub use monitoring::MonitoringSettings;
pub use pages::{MapTiles, PageSettings};
pub use photos::{PhotoPlace, PhotoSettings, PhotoStoreSettings, S3Access};
pub use privacy::PrivacySettings;
pub use retention::{RetentionSettings, RetentionZone};
pub use watch::{Since, WatchSettings};

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use clap::{Args, ValueEnum};
use ipnet::IpNet;

/// The shortest `JWT_SECRET` that is accepted: as long as the HMAC-SHA-256 output (RFC 7518 § 3.2).
pub const SECRET_SHORTEST: usize = 32;

/// A switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// In force.
    On,
    /// Not in force.
    Off,
}

/// Where a server listens when nobody says.
const LISTEN: &str = "127.0.0.1:8080";

/// How the server is reached and how it behaves.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerSettings {
    /// Address and port of HTTP and WebSocket
    #[arg(
        long,
        env = "LISTEN",
        default_value = LISTEN,
        value_name = "ADDRESS:PORT"
    )]
    pub listen: SocketAddr,
    /// Address under which clients reach the server, for links; default: http:// and --listen
    #[arg(long, env = "PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Name of this node in answers and metrics
    #[arg(long, env = "NODE_NAME", default_value = "n1", value_name = "NAME")]
    pub node_name: String,
    /// HTTP worker threads; 0: one a core
    #[arg(long, env = "WORKERS", default_value_t = 0, value_name = "N")]
    pub workers: usize,
    /// Commit lanes (connections that write complaints); 0: one for two cores
    #[arg(long, env = "COMMIT_LANES", default_value_t = 0, value_name = "N")]
    pub commit_lanes: usize,
    /// Most commands that one commit carries; 1: a transaction each (for comparison)
    #[arg(long, env = "COMMIT_BATCH", default_value_t = 256, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub commit_batch: u16,
    /// PostgreSQL text search configuration for searches in complaints, such as german; a change makes the words of all complaints anew at the start
    #[arg(
        long,
        env = "SEARCH_LANGUAGE",
        default_value = "simple",
        value_name = "NAME"
    )]
    pub search_language: String,
    /// How long a request may take to send its body, in seconds
    #[arg(long, env = "BODY_DEADLINE", default_value = "10", value_name = "SECONDS", value_parser = seconds)]
    pub body_deadline: Duration,
    /// How long a connection is kept on which nothing is asked, in seconds, at least 1: longer than a balancer before it keeps one
    #[arg(long, env = "KEEP_ALIVE", default_value = "75", value_name = "SECONDS", value_parser = keep_alive)]
    pub keep_alive: Duration,
    /// How long a command may wait for its commit, in seconds
    #[arg(long, env = "COMMAND_DEADLINE", default_value = "10", value_name = "SECONDS", value_parser = seconds)]
    pub command_deadline: Duration,
    /// How long a server that is told to stop goes on as before, but not ready, in seconds: until a balancer sees it
    #[arg(long, env = "DRAIN_DELAY", default_value = "0", value_name = "SECONDS", value_parser = seconds_or_none)]
    pub drain_delay: Duration,
    /// Time over which live sockets are closed, one after the other, when the server stops, in seconds
    #[arg(long, env = "DRAIN_WINDOW", default_value = "5", value_name = "SECONDS", value_parser = seconds)]
    pub drain_window: Duration,
    /// How long requests under way may take after that before they are cut, in seconds
    #[arg(long, env = "SHUTDOWN_DEADLINE", default_value = "4", value_name = "SECONDS", value_parser = seconds)]
    pub shutdown_deadline: Duration,
    /// Proxies whose X-Forwarded-For is believed: addresses and networks (10.0.0.0/8), separated by commas
    #[arg(
        long,
        env = "TRUSTED_PROXIES",
        value_delimiter = ',',
        value_name = "ADDRESS",
        value_parser = network
    )]
    pub trusted_proxies: Vec<IpNet>,
}

/// Who may come in, and how often.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Access")]
pub struct AccessSettings {
    /// Secret that signs access tokens, at least 32 bytes; generated into the data folder without DATABASE_URL
    #[arg(
        long,
        env = "JWT_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        value_parser = secret::read
    )]
    pub jwt_secret: Option<String>,
    /// Life of an access token, in seconds
    #[arg(long, env = "ACCESS_TOKEN_TTL", default_value = "900", value_name = "SECONDS", value_parser = seconds)]
    pub access_token_ttl: Duration,
    /// Life of a refresh token (a login) without use, in seconds
    #[arg(long, env = "REFRESH_TOKEN_TTL", default_value = "2592000", value_name = "SECONDS", value_parser = seconds)]
    pub refresh_token_ttl: Duration,
    /// Whether complaints may be submitted without an API key
    #[arg(long, env = "ANONYMOUS_SUBMISSIONS", default_value = "on", value_enum)]
    pub anonymous_submissions: Switch,
    /// Whether the limits below are in force; off: for load tests only
    #[arg(long, env = "RATE_LIMITS", default_value = "on", value_enum)]
    pub rate_limits: Switch,
    /// Anonymous submissions a minute and address
    #[arg(long, env = "RATE_ANONYMOUS", default_value_t = 20, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub rate_anonymous: u32,
    /// Requests a minute and API key
    #[arg(long, env = "RATE_API_KEY", default_value_t = 600, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub rate_api_key: u32,
    /// Failed logins a minute and account (and five times as many an address)
    #[arg(long, env = "RATE_LOGIN", default_value_t = 10, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub rate_login: u32,
}

/// Everything that `redress serve` needs.
#[derive(Debug, Clone, Args)]
pub struct ServeSettings {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataSettings,
    /// How the server is reached.
    #[command(flatten)]
    pub server: ServerSettings,
    /// Who may come in.
    #[command(flatten)]
    pub access: AccessSettings,
    /// The live feed.
    #[command(flatten)]
    pub live: LiveSettings,
    /// Who is admitted to it.
    #[command(flatten)]
    pub admission: AdmissionSettings,
    /// Photos.
    #[command(flatten)]
    pub photos: PhotoSettings,
    /// Retention.
    #[command(flatten)]
    pub retention: RetentionSettings,
    /// Figures.
    #[command(flatten)]
    pub monitoring: MonitoringSettings,
    /// The pages for people.
    #[command(flatten)]
    pub pages: PageSettings,
    /// Logs.
    #[command(flatten)]
    pub log: LogSettings,
    /// On a new database: create demo regions, categories, rules and credentials, and print these
    #[arg(long, env = "DEMO")]
    pub demo: bool,
}

impl ServeSettings {
    /// Checks what a single flag's parser cannot.
    ///
    /// # Errors
    /// [`ConfigError`] names the flag.
    pub fn check(&self) -> Result<(), ConfigError> {
        for origin in &self.live.allowed_origins {
            let host = origin.split_once("://").map(|(_, host)| host);
            if !host.is_some_and(|host| !host.is_empty() && !host.contains('/')) {
                return Err(ConfigError::Origin(origin.clone()));
            }
        }
        self.monitoring.check()?;
        self.photos.store.place(&self.data.data_dir)?;
        match &self.access.jwt_secret {
            Some(secret) if secret.len() < SECRET_SHORTEST => {
                Err(ConfigError::ShortSecret(secret.len()))
            }
            None if self.data.database_url.is_some() => Err(ConfigError::NoSecret),
            Some(_) | None => Ok(()),
        }
    }

    /// The address under which clients reach the server, without a slash at the end.
    pub fn public_url(&self) -> String {
        let default = format!("http://{}", self.server.listen);
        let url = self.server.public_url.clone().unwrap_or(default);
        url.trim_end_matches('/').to_owned()
    }
}

/// Whether people want colours on a terminal: `NO_COLOR` (no-color.org) is not set.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the module that reads the environment"
)]
pub fn wants_colours() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The number of cores that this process may use; at least 1.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn seconds(text: &str) -> Result<Duration, String> {
    let duration = seconds_or_none(text)?;
    if duration.is_zero() {
        return Err("expected a positive number of seconds".to_owned());
    }
    Ok(duration)
}

/// A second at least. actix-http reckons when a connection's time is up from a clock that it reads twice a
/// second, and waits for ever for a moment that has passed already (`Dispatcher`, `TimerState::init` of 3.x).
fn keep_alive(text: &str) -> Result<Duration, String> {
    let duration = seconds(text)?;
    if duration < Duration::from_secs(1) {
        return Err("expected at least 1 second".to_owned());
    }
    Ok(duration)
}

/// A number of seconds, or none at all.
pub(crate) fn seconds_or_none(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|error| format!("expected a number of seconds: {error}"))?;
    let duration = Duration::try_from_secs_f64(seconds).ok();
    duration.ok_or_else(|| "expected a positive number of seconds".to_owned())
}

/// A network, or an address, which is the network of that one.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse().map(|address: IpAddr| address.to_canonical());
    let network = address.map(IpNet::from).ok().or_else(|| text.parse().ok());
    network.ok_or_else(|| "expected an address, or a network such as 10.0.0.0/8".to_owned())
}
