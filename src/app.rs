//! The composition root: database → actors → HTTP, started and stopped in order.
//! Used by `redress serve` and by the tests.

mod actors;
mod database;
mod server;

use std::sync::Arc;

use thiserror::Error;

use crate::access::Access;
use crate::access::secret::{self, SecretError};
use crate::actors::registry::{CloseCode, Disconnect};
use crate::config::{ConfigError, ServeSettings};
use crate::demo;
use crate::embedded::EmbeddedError;
use crate::http::health::Readiness;
use crate::store::connect::AddressError;
use crate::store::migrate::MigrateError;
use crate::store::{Store, StoreError};
use crate::telemetry::metrics::Metrics;
use actors::Actors;
pub use database::Database;
use server::Server;

/// Why the server could not start or stop.
#[derive(Debug, Error)]
pub enum AppError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The private PostgreSQL could not be run.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The address of the database cannot be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The database gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The signing secret cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The address to listen on is taken.
    #[error("{0} is in use by another program: stop that, or choose another port with --listen")]
    PortInUse(std::net::SocketAddr),
    /// The address to listen on cannot be used.
    #[error("cannot listen on {address} (--listen): {source}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system would not tell us of signals.
    #[error("cannot listen for signals: {source}")]
    Signals {
        /// What the system said.
        source: std::io::Error,
    },
    /// The metrics could not be declared.
    #[error("the metrics could not be declared: {0}")]
    Metrics(#[from] prometheus::Error),
    /// The demo's data could not be created.
    #[error(transparent)]
    Demo(#[from] demo::DemoError),
}

/// Called when an actor's restart budget is spent, with the actor's name.
pub type GiveUp = Arc<dyn Fn(&'static str) + Send + Sync>;

/// A running server.
pub struct Application {
    parts: Parts,
    database: Database,
}

/// What runs on the database.
struct Parts {
    settings: ServeSettings,
    store: Store,
    access: Access,
    metrics: Metrics,
    readiness: Readiness,
    actors: Actors,
    server: Server,
}

impl Application {
    /// Starts everything, in order. The server answers, but is not ready before [`Application::open`].
    ///
    /// # Errors
    /// [`AppError`]; what had started is stopped again.
    pub async fn start(settings: ServeSettings, give_up: GiveUp) -> Result<Self, AppError> {
        settings.check()?;
        let listener = server::bind(settings.server.listen)?;
        let mut database = Database::open(&settings.data).await?;
        match Self::on(settings, &database, listener, give_up).await {
            Ok(parts) => Ok(Self { parts, database }),
            Err(error) => {
                database.close().await;
                Err(error)
            }
        }
    }

    async fn on(
        mut settings: ServeSettings,
        database: &Database,
        listener: std::net::TcpListener,
        give_up: GiveUp,
    ) -> Result<Parts, AppError> {
        // Port 0 asks the system for one: links and logs must name that.
        if let Ok(address) = listener.local_addr() {
            settings.server.listen = address;
        }
        let metrics = Metrics::new()?;
        let store = database.store(&settings.data).await?;
        let secret = secret::from_settings(&settings.access, &settings.data.data_dir)?;
        let access = Access::new(store.clone(), &secret, &settings.access);
        let actors = Actors::start(&settings, &store, &access, &metrics, give_up).await?;
        let readiness = Readiness::default();
        let server = Server::start(
            listener, &settings, &store, &access, &metrics, &readiness, &actors,
        )?;
        Ok(Parts {
            settings,
            store,
            access,
            metrics,
            readiness,
            actors,
            server,
        })
    }

    /// Says that the server is ready, once its desks have counted.
    pub async fn open(&self) {
        self.parts.actors.desks.loaded().await;
        self.parts.readiness.set(true);
        self.parts.metrics.ready.set(1);
    }

    /// Where clients reach the server, without a slash at the end.
    pub fn url(&self) -> String {
        self.parts.settings.public_url()
    }

    /// The settings, with the port that is really used.
    pub fn settings(&self) -> &ServeSettings {
        &self.parts.settings
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Who may come in.
    pub fn access(&self) -> &Access {
        &self.parts.access
    }

    /// The figures.
    pub fn metrics(&self) -> &Metrics {
        &self.parts.metrics
    }

    /// Reloads regions and categories after they were written behind the server's back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reload_catalogue(&self) -> Result<(), StoreError> {
        self.parts.actors.reload_catalogue(&self.parts.store).await
    }

    /// Resolves when the private PostgreSQL has died, with what it said; never with another database.
    pub fn database_died(&self) -> impl Future<Output = String> + Send + 'static {
        self.database.died()
    }

    /// Stops everything, in order: not ready, sockets told to come back, requests finished, database closed.
    pub async fn stop(mut self) {
        self.parts.readiness.set(false);
        self.parts.metrics.ready.set(0);
        self.parts
            .actors
            .registry
            .drain(drained(), self.parts.settings.server.drain_window)
            .await;
        self.parts
            .server
            .stop(self.parts.settings.server.shutdown_deadline)
            .await;
        self.parts.actors.presence.leave().await;
        self.parts.actors.stop();
        drop(self.parts.store);
        self.database.close().await;
    }
}

/// The order to live sockets when the server stops.
fn drained() -> Disconnect {
    Disconnect {
        code: CloseCode::Drain,
        reason: "the server stops",
    }
}
