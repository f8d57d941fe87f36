//! `redress serve`: runs the server until it is told to stop.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use crate::app::{AppError, Application};
use crate::config::{ServeSettings, Switch};
use crate::demo;
use crate::telemetry::{log, sentry};

/// The exit code after an actor's restart budget was spent, or the database died: a process manager
/// restarts us (`EX_SOFTWARE` of sysexits.h).
const GAVE_UP: u8 = 70;

/// Why the server ends.
enum End {
    Signal,
    GaveUp,
    /// The database has another history.
    Anew,
}

/// Runs the server until a signal comes.
///
/// # Errors
/// [`AppError`] when it cannot start.
pub async fn run(settings: ServeSettings) -> Result<ExitCode, AppError> {
    // Nothing but in builds of tests: takes up the fail points that the environment names.
    let _fail_points = fail::has_failpoints().then(fail::FailScenario::setup);
    let _log = log::install(&settings.log);
    let _sentry = sentry::start(&settings.log);
    let mut signals = Signals::new().map_err(|source| AppError::Signals { source })?;
    let (give_up, mut gave_up) = mpsc::unbounded_channel();
    let demo = settings.demo;
    if settings.access.rate_limits == Switch::Off {
        slog_scope::warn!("rate limits are off: for load tests only");
    }
    let mut app = tokio::select! {
        started = Application::start(settings, Arc::new(move |actor| note(&give_up, actor))) => started?,
        () = signals.next() => return Ok(ExitCode::SUCCESS),
    };
    if demo && let Err(error) = seed_demo(&app).await {
        stop(app, signals).await;
        return Err(error);
    }
    loop {
        app.open().await;
        slog_scope::info!("ready at {}", app.url(); "version" => env!("CARGO_PKG_VERSION"));
        let code = match wait(&mut signals, &mut gave_up, &app).await {
            End::Signal => ExitCode::SUCCESS,
            End::GaveUp => ExitCode::from(GAVE_UP),
            End::Anew => {
                app = tokio::select! {
                    begun = app.begin_anew() => begun?,
                    () = signals.next() => return Ok(ExitCode::SUCCESS),
                };
                continue;
            }
        };
        stop(app, signals).await;
        return Ok(code);
    }
}

fn note(give_up: &mpsc::UnboundedSender<&'static str>, actor: &'static str) {
    if give_up.send(actor).is_err() {
        slog_scope::debug!("{} gave up while the server stops", actor);
    }
}

async fn wait(
    signals: &mut Signals,
    gave_up: &mut mpsc::UnboundedReceiver<&'static str>,
    app: &Application,
) -> End {
    tokio::select! {
        () = signals.next() => {
            slog_scope::info!("stopping; a second signal stops at once");
            End::Signal
        }
        Some(actor) = gave_up.recv() => {
            slog_scope::crit!("{} cannot go on; the server ends so that it is started anew", actor);
            End::GaveUp
        }
        () = app.history_over() => End::Anew,
        last_words = app.database_died() => {
            slog_scope::crit!("the private PostgreSQL died; the server ends: {}", last_words);
            End::GaveUp
        }
    }
}

/// Stops in order; a second signal ends the process now.
async fn stop(app: Application, mut signals: Signals) {
    tokio::select! {
        () = app.stop() => slog_scope::info!("stopped"),
        () = signals.next() => end_now(),
    }
}

#[expect(
    clippy::disallowed_methods,
    clippy::exit,
    reason = "the operator asked twice; what was acknowledged is durable"
)]
fn end_now() {
    std::process::exit(130);
}

/// Seeds a new database and shows how to use it; says where to look otherwise.
async fn seed_demo(app: &Application) -> Result<(), AppError> {
    let folder = &app.settings().data.data_dir;
    let path = folder.join(demo::FILE);
    let seeded = demo::prepare(app.store(), app.access(), &app.url(), folder).await?;
    let Some(file) = seeded else {
        slog_scope::info!(
            "this database is not new: the demo's credentials are in {}",
            path.display()
        );
        return Ok(());
    };
    app.reload_catalogue().await?;
    let program = std::env::current_exe().unwrap_or_else(|_| "redress".into());
    let welcome = demo::welcome(&file, &path, &program);
    if let Err(error) = std::io::stdout().write_all(welcome.as_bytes()) {
        slog_scope::warn!("the demo's credentials could not be printed: {}", error);
    }
    Ok(())
}

/// SIGINT and SIGTERM.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
