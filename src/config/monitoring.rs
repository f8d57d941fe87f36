//! Where figures can be read, and by whom.

use std::net::SocketAddr;

use clap::Args;

use super::ConfigError;

/// A token with fewer bytes could be guessed.
pub(super) const TOKEN_SHORTEST: usize = 16;

/// Where figures can be read, and by whom.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Monitoring")]
pub struct MonitoringSettings {
    /// Address and port of /metrics alone, which is nowhere else then; default: beside everything else
    #[arg(long, env = "METRICS_ADDR", value_name = "ADDRESS:PORT")]
    pub metrics_addr: Option<SocketAddr>,
    /// Bearer token without which /metrics is answered 401, at least 16 bytes
    #[arg(
        long,
        env = "METRICS_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        value_parser = super::secret::read
    )]
    pub metrics_token: Option<String>,
}

impl MonitoringSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match &self.metrics_token {
            Some(token) if token.len() < TOKEN_SHORTEST => {
                Err(ConfigError::ShortToken(token.len()))
            }
            Some(_) | None => Ok(()),
        }
    }
}
