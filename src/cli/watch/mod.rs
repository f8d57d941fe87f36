//! `redress watch`: the live feed of regions in a terminal, by the protocol that any client uses.
//!
//! `follower` holds the protocol's rules, `reconnect` when to come back, `link` the socket,
//! `access` the tokens, `screen`, `detail` and `presence` what is shown; this file starts them and `session` runs them.

mod access;
mod detail;
mod ending;
mod follower;
mod link;
mod message;
mod presence;
mod reconnect;
mod screen;
mod session;
mod subscription;

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use access::{Access, Credentials};
use follower::{Follower, Wanted};
use message::Filter;
use screen::Screen;
use session::Watcher;

use crate::config::WatchSettings;
use crate::demo::{DemoFile, DemoFileError};
use crate::domain::region::RegionId;

/// The server when nothing names one.
const DEFAULT_URL: &str = "http://127.0.0.1:8080";

/// Why watching ended.
#[derive(Debug, Error)]
pub enum WatchError {
    /// A flag cannot be used.
    #[error("{flag}: {reason}")]
    Flag {
        /// The flag.
        flag: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing says whom to sign in as.
    #[error(
        "no way to sign in: give --email and --password (or REDRESS_EMAIL and REDRESS_PASSWORD), \
         --token, or --demo-file; {} does not exist", .0.display()
    )]
    NoCredentials(PathBuf),
    /// The demo file cannot be used.
    #[error(transparent)]
    DemoFile(#[from] DemoFileError),
    /// The server does not want us to come back, or refuses us for good.
    #[error("{0}")]
    Stopped(String),
    /// The terminal or pipe cannot be written to, or signals cannot be heard.
    #[error("cannot go on: {0}")]
    System(#[from] io::Error),
}

/// Watches until Ctrl-C, the wanted number of events, or an end that the server decided.
///
/// # Errors
/// [`WatchError`] when it ended otherwise than wanted.
pub async fn run(settings: WatchSettings) -> Result<(), WatchError> {
    let mut watcher = watcher(&settings)?;
    let ended = tokio::select! {
        ended = watcher.watch() => ended,
        signal = tokio::signal::ctrl_c() => signal.map_err(WatchError::from),
    };
    watcher.tell_positions();
    ended
}

fn watcher(settings: &WatchSettings) -> Result<Watcher, WatchError> {
    for region in &settings.regions {
        RegionId::parse(region).map_err(|(_, message)| WatchError::Flag {
            flag: "--region",
            reason: format!("{region:?} {message}"),
        })?;
    }
    if settings.since.is_some() && settings.regions.len() > 1 {
        let reason = "a position belongs to one region; watch one region, or leave it out".into();
        return Err(WatchError::Flag {
            flag: "--since",
            reason,
        });
    }
    let (credentials, demo_url) = credentials(settings)?;
    let url = settings
        .url
        .clone()
        .or(demo_url)
        .unwrap_or_else(|| DEFAULT_URL.to_owned());
    let base = url.trim_end_matches('/');
    let address = link::address(base).map_err(|reason| WatchError::Flag {
        flag: "--url",
        reason,
    })?;
    let access =
        Access::new(base, credentials).map_err(|error| WatchError::Stopped(error.to_string()))?;
    let follower = Follower::new(&settings.regions, settings.since.as_ref(), wanted(settings));
    Ok(Watcher::new(
        address,
        access,
        follower,
        Screen::new(settings.json),
        settings.count,
    ))
}

fn wanted(settings: &WatchSettings) -> Wanted {
    Wanted {
        snapshot: !settings.no_snapshot,
        filter: Filter {
            categories: settings.categories.clone(),
            min_severity: settings.min_severity.clone(),
            assigned_to_me: settings.assigned_to_me,
        },
        presence: settings.presence,
    }
}

/// How to sign in, and the server's address when the demo file told it.
fn credentials(settings: &WatchSettings) -> Result<(Credentials, Option<String>), WatchError> {
    if let Some(token) = settings.token.clone().filter(|token| !token.is_empty()) {
        return Ok((Credentials::Token(token), None));
    }
    if let (Some(email), Some(password)) = (settings.email.clone(), settings.password.clone()) {
        return Ok((Credentials::Account { email, password }, None));
    }
    let default = settings.data_dir.join("demo.json");
    let path = match &settings.demo_file {
        Some(path) => path,
        None if default.exists() => &default,
        None => return Err(WatchError::NoCredentials(default)),
    };
    let demo = DemoFile::read(path)?;
    let (email, password) = demo.account_for(&settings.regions);
    let (email, password) = (email.to_owned(), password.to_owned());
    Ok((
        Credentials::Account { email, password },
        Some(demo.base_url),
    ))
}
