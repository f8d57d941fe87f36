//! The command line: one file a subcommand, each given what it needs by [`run`].

pub mod account;
pub mod apikey;
pub mod audit;
mod audited;
pub mod calendar;
pub mod category;
pub mod deadline;
pub mod epoch;
mod error;
pub mod failure;
pub mod health;
mod on_store;
pub mod photos;
pub mod purge;
pub mod region;
pub mod retention;
pub mod serve;
pub mod watch;
pub mod workflow;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use utoipa::OpenApi;

use self::on_store::{Offline, OnStore, PurgeOnStore, recorded};
use crate::app::{AppError, Database};
use crate::config::{HealthSettings, ServeSettings, WatchSettings};
use crate::http::openapi::Document;
use crate::store::Store;
use crate::telemetry::log;
pub use error::CommandError;

/// A self-hosted, real-time complaint desk
///
/// Residents and their apps submit complaints over REST; the officers of the region see each one
/// live over a WebSocket. `redress serve --demo` starts a complete desk with data to try it on.
#[derive(Debug, Parser)]
#[command(name = "redress", version, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    ///
    /// Without DATABASE_URL it runs a private PostgreSQL in the data folder. Ctrl-C or SIGTERM stop
    /// it in order; a second signal stops it at once.
    Serve(Box<ServeSettings>),
    /// Bring the database's schema up to date and end
    Migrate(Offline),
    /// Create, list and change accounts of officers and admins
    Account(OnStore<account::AccountCommand>),
    /// Create, list and revoke API keys of apps that submit or read complaints
    Apikey(OnStore<apikey::ApiKeyCommand>),
    /// Import regions from GeoJSON, list them
    Region(OnStore<region::RegionCommand>),
    /// Import categories from CSV or JSON, list them
    Category(OnStore<category::CategoryCommand>),
    /// Check workflows, set them for regions and categories (docs/RULES.md)
    Workflow(OnStore<workflow::WorkflowCommand>),
    /// Set the business calendars of regions (docs/RULES.md)
    Calendar(OnStore<calendar::CalendarCommand>),
    /// Check deadlines, set them for categories (docs/RULES.md)
    Deadline(OnStore<deadline::DeadlineCommand>),
    /// Show, begin or keep the epoch, by which clients know whether their numbers are still good
    ///
    /// It changes by itself when the database was restored, is another one, or a standby was promoted:
    /// clients then begin with a snapshot, because numbers that they saw may stand for other events now.
    Epoch(OnStore<epoch::EpochCommand>),
    /// Sweep the photo store: blobs without a photo, photos without their pictures
    Photos(OnStore<photos::PhotosCommand>),
    /// Set how long complaints are kept, see what was removed
    Retention(OnStore<retention::RetentionCommand>),
    /// Have a running server remove complaints whose time is up, at once
    ///
    /// By the retention policy, or after --days-old days in their status. Active complaints, those under a legal
    /// hold and those younger than 24 hours stay. Look with --dry-run first. Ending this command does not end the
    /// run: redress retention runs tells what became of it.
    Purge(PurgeOnStore),
    /// Read the audit trail, and verify that nothing in it was changed or is missing (docs/PRIVACY.md)
    Audit(OnStore<audit::AuditCommand>),
    /// Watch regions live in the terminal
    ///
    /// Each event is a line: when, region and number, what happened, status, severity, category,
    /// the words for what changed, and the description. Of ids only the end is shown.
    Watch(WatchSettings),
    /// Ask the server on this machine whether it takes requests; the exit code says so
    ///
    /// 0 when /readyz says that it is ready, else 1: for the health checks of containers.
    Health(HealthSettings),
    /// Print the OpenAPI document of the REST interface
    Openapi,
}

/// Why a subcommand failed, for the last line that a person sees.
type Failure = Box<dyn std::error::Error>;

/// Runs the subcommand and says what went wrong, if something did.
pub fn run(arguments: Arguments) -> ExitCode {
    let outcome = actix_rt::System::new().block_on(dispatch(arguments.command));
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            // Nothing is left to do when even standard error is gone.
            writeln!(std::io::stderr(), "redress: {failure}").ok();
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve(settings) => return serve::run(*settings).await.map_err(Into::into),
        Command::Migrate(offline) => migrate(offline).await?,
        Command::Account(on) => {
            on.run(async |command, store| account::run(command, store).await)
                .await?
        }
        Command::Apikey(on) => {
            on.run(async |command, store| apikey::run(command, store).await)
                .await?
        }
        Command::Region(on) => {
            on.run(async |command, store| region::run(command, store).await)
                .await?
        }
        Command::Category(on) => {
            on.run(async |command, store| category::run(command, store).await)
                .await?
        }
        Command::Workflow(on) => on_workflow(on).await?,
        Command::Calendar(on) => {
            on.run(async |command, store| calendar::run(command, store).await)
                .await?
        }
        Command::Deadline(on) => on_deadline(on).await?,
        Command::Epoch(on) => {
            on.run(async |command, store| epoch::run(command, store).await)
                .await?
        }
        Command::Photos(on) => {
            let data = on.offline.data.clone();
            on.run(async |command, store| photos::run(command, &data, store).await)
                .await?
        }
        Command::Retention(on) => on_retention(on).await?,
        Command::Purge(on) => on_purge(on).await?,
        Command::Audit(on) => {
            on.run(async |command, store| audit::run(command, store).await)
                .await?
        }
        Command::Watch(settings) => watch::run(settings).await?,
        Command::Health(settings) => health::run(settings).await?,
        Command::Openapi => openapi()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A check needs no database.
async fn on_workflow(on: OnStore<workflow::WorkflowCommand>) -> Result<(), Failure> {
    if let workflow::WorkflowCommand::Check { file } = &on.command {
        return Ok(workflow::check(file)?);
    }
    on.run(async |command, store| workflow::run(command, store).await)
        .await
}

/// A check needs no database.
async fn on_deadline(on: OnStore<deadline::DeadlineCommand>) -> Result<(), Failure> {
    if let deadline::DeadlineCommand::Check { file } = &on.command {
        return Ok(deadline::check(file)?);
    }
    on.run(async |command, store| deadline::run(command, store).await)
        .await
}

/// A check needs no database.
async fn on_retention(on: OnStore<retention::RetentionCommand>) -> Result<(), Failure> {
    if let retention::RetentionCommand::Check { file } = &on.command {
        return Ok(retention::check(file)?);
    }
    on.run(async |command, store| retention::run(command, store).await)
        .await
}

async fn on_purge(on: PurgeOnStore) -> Result<(), Failure> {
    let PurgeOnStore {
        purge,
        reason,
        offline,
    } = on;
    let work = async |purge, store: &Store| purge::run(purge, store).await;
    offline
        .run(async |store| recorded(purge, reason, store, work).await)
        .await
}

fn openapi() -> Result<(), Failure> {
    let document = Document::openapi().to_pretty_json()?;
    writeln!(std::io::stdout(), "{document}")?;
    Ok(())
}

async fn migrate(offline: Offline) -> Result<(), AppError> {
    let _log = log::install(&offline.log);
    let mut database = Database::open_beside(&offline.data).await?;
    let outcome = database.store(&offline.data).await;
    if outcome.is_ok() {
        slog_scope::info!(
            "the schema is up to date: {}",
            database.address().described()
        );
    }
    database.close().await;
    outcome.map(drop)
}
