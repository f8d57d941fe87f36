//! `redress health`: whether a server on this machine takes requests, for container health checks.

use std::io::{self, Write};
use std::time::Duration;

use thiserror::Error;

use crate::config::HealthSettings;

/// How long the server has to answer: its own look at the database takes up to two seconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why the server does not take requests.
#[derive(Debug, Error)]
pub enum Unhealthy {
    /// It cannot be asked.
    #[error("the server does not answer: {0}")]
    Silent(#[from] reqwest::Error),
    /// It says no.
    #[error("the server at {address} is {said}")]
    NotReady {
        /// Where it was asked.
        address: String,
        /// What it said.
        said: String,
    },
    /// Standard output failed.
    #[error("cannot write standard output: {0}")]
    Terminal(#[from] io::Error),
}

/// Asks for `/readyz` and prints what it says.
///
/// # Errors
/// [`Unhealthy`].
pub async fn run(settings: HealthSettings) -> Result<(), Unhealthy> {
    let address = settings.address().to_string();
    // Whatever proxy the environment names, the server is on this machine.
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
    let answer = client.build()?.get(format!("http://{address}/readyz"));
    let answer = answer.send().await?;
    let is_ready = answer.status().is_success();
    let said = answer.text().await?.trim().to_owned();
    if is_ready {
        Ok(writeln!(io::stdout(), "{said}")?)
    } else {
        Err(Unhealthy::NotReady { address, said })
    }
}
