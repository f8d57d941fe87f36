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
pub mod photos;
pub mod region;
pub mod serve;
pub mod watch;
pub mod workflow;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use utoipa::OpenApi;

use self::audited::{Audited, Recorded};
use crate::access::audit::Reason;
use crate::app::{AppError, Database};
use crate::config::{DataSettings, HealthSettings, LogSettings, ServeSettings, WatchSettings};
use crate::http::openapi::Document;
use crate::store::Store;
use crate::telemetry::{log, sentry};
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

/// Where the data is, and what is logged, for subcommands that end by themselves.
#[derive(Debug, Args)]
struct Offline {
    #[command(flatten)]
    data: DataSettings,
    #[command(flatten)]
    log: LogSettings,
}

/// A subcommand on the data.
#[derive(Debug, Args)]
struct OnStore<C: Subcommand> {
    #[command(subcommand)]
    command: C,
    /// Why, for the audit trail: a line that names nobody
    #[arg(long, global = true, value_name = "TEXT", value_parser = reason)]
    reason: Option<Reason>,
    #[command(flatten)]
    offline: Offline,
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
        Command::Workflow(OnStore {
            command: workflow::WorkflowCommand::Check { file },
            ..
        }) => workflow::check(&file)?,
        Command::Workflow(on) => {
            on.run(async |command, store| workflow::run(command, store).await)
                .await?
        }
        Command::Calendar(on) => {
            on.run(async |command, store| calendar::run(command, store).await)
                .await?
        }
        Command::Deadline(OnStore {
            command: deadline::DeadlineCommand::Check { file },
            ..
        }) => deadline::check(&file)?,
        Command::Deadline(on) => {
            on.run(async |command, store| deadline::run(command, store).await)
                .await?
        }
        Command::Epoch(on) => {
            on.run(async |command, store| epoch::run(command, store).await)
                .await?
        }
        Command::Photos(on) => {
            let data = on.offline.data.clone();
            on.run(async |command, store| photos::run(command, &data, store).await)
                .await?
        }
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

impl<C: Subcommand + Audited> OnStore<C> {
    /// Runs `work` on the data, beside a server or alone, and records it first.
    async fn run<E>(self, work: impl AsyncFnOnce(C, &Store) -> Result<(), E>) -> Result<(), Failure>
    where
        E: std::error::Error + 'static,
    {
        let _log = log::install(&self.offline.log);
        let _sentry = sentry::start(&self.offline.log);
        let mut database = Database::open_beside(&self.offline.data).await?;
        let outcome = match database.store(&self.offline.data).await {
            Ok(store) => recorded(self.command, self.reason, &store, work).await,
            Err(error) => Err(error.into()),
        };
        database.close().await;
        outcome
    }
}

/// Runs a command whose entry in the audit trail is durable by then.
async fn recorded<C: Audited, E>(
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
