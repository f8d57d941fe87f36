//! Subcommands on the data: beside a server or alone, recorded in the audit trail first.

use clap::{Args, Subcommand};

use super::audited::{Audited, Recorded};
use super::{Failure, purge};
use crate::access::audit::Reason;
use crate::app::Database;
use crate::config::{DataSettings, LogSettings};
use crate::store::Store;
use crate::telemetry::{log, sentry};

/// Where the data is, and what is logged, for subcommands that end by themselves.
#[derive(Debug, Args)]
pub(super) struct Offline {
    #[command(flatten)]
    pub(super) data: DataSettings,
    #[command(flatten)]
    pub(super) log: LogSettings,
}

/// `redress purge`, on the data.
#[derive(Debug, Args)]
pub(super) struct PurgeOnStore {
    #[command(flatten)]
    pub(super) purge: purge::PurgeArguments,
    /// Why, for the audit trail: a line that names nobody
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub(super) reason: Option<Reason>,
    #[command(flatten)]
    pub(super) offline: Offline,
}

/// A subcommand on the data.
#[derive(Debug, Args)]
pub(super) struct OnStore<C: Subcommand> {
    #[command(subcommand)]
    pub(super) command: C,
    /// Why, for the audit trail: a line that names nobody
    #[arg(long, global = true, value_name = "TEXT", value_parser = reason)]
    pub(super) reason: Option<Reason>,
    #[command(flatten)]
    pub(super) offline: Offline,
}

impl<C: Subcommand + Audited> OnStore<C> {
    /// Runs `work` on the data, beside a server or alone, and records it first.
    pub(super) async fn run<E>(
        self,
        work: impl AsyncFnOnce(C, &Store) -> Result<(), E>,
    ) -> Result<(), Failure>
    where
        E: std::error::Error + 'static,
    {
        let (command, reason) = (self.command, self.reason);
        self.offline
            .run(async |store| recorded(command, reason, store, work).await)
            .await
    }
}

impl Offline {
    pub(super) async fn run(
        self,
        work: impl AsyncFnOnce(&Store) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let _log = log::install(&self.log);
        let _sentry = sentry::start(&self.log);
        let mut database = Database::open_beside(&self.data).await?;
        let outcome = match database.store(&self.data).await {
            Ok(store) => work(&store).await,
            Err(error) => Err(error.into()),
        };
        database.close().await;
        outcome
    }
}

/// Runs a command whose entry in the audit trail is durable by then.
pub(super) async fn recorded<C: Audited, E>(
    command: C,
    reason: Option<Reason>,
    store: &Store,
    work: impl AsyncFnOnce(C, &Store) -> Result<(), E>,
) -> Result<(), Failure>
where
    E: std::error::Error + 'static,
{
    let recorded = Recorded::begin(command.deed(), reason, store).await?;
    let outcome = work(command, store).await;
    if let Some(recorded) = recorded {
        recorded.end(&outcome, store).await?;
    }
    outcome.map_err(Failure::from)
}

fn reason(text: &str) -> Result<Reason, String> {
    Reason::parse(text).map_err(|(_, message)| message)
}
