//! The composition root: database → actors → HTTP, started and stopped in order.
//! Used by `redress serve` and by the tests.

mod actors;
mod connection;
mod database;
mod hints;
mod metrics_server;
mod photos;
mod retention;
mod server;

use std::net::TcpListener;
use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;

use crate::access::Access;
use crate::access::secret::{self, SecretError};
use crate::actors::desks::DesksHandle;
use crate::actors::registry::{Drain, Farewell};
use crate::config::{ConfigError, ServeSettings};
use crate::demo;
use crate::embedded::EmbeddedError;
use crate::http::health::Readiness;
use crate::media::blobs::BlobError;
use crate::store::connect::AddressError;
use crate::store::migrate::MigrateError;
use crate::store::{Store, StoreError};
use crate::telemetry::metrics::Metrics;
use actors::Actors;
pub use database::Database;
use database::RETRY_PAUSE;
use metrics_server::MetricsServer;
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
    #[error("{0} is in use by another program: stop that, or choose another port with {1}")]
    PortInUse(std::net::SocketAddr, &'static str),
    /// The address to listen on cannot be used.
    #[error("cannot listen on {address} ({flag}): {source}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Which setting names it.
        flag: &'static str,
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
    /// The store of photos cannot be used as it is set.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The system gave no threads for pictures.
    #[error("cannot start the threads that make pictures (--photo-threads): {0}")]
    Threads(String),
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

/// What a server begins with, also when it begins anew on another history of the database.
struct Ground {
    settings: ServeSettings,
    metrics: Metrics,
    /// Kept open: connections wait for the next server meanwhile.
    listener: TcpListener,
    /// That of figures, when they have an address of their own.
    metrics_listener: Option<TcpListener>,
    give_up: GiveUp,
    /// Names this life of this process among the nodes: one that begins anew takes over what it wrote before.
    life: Uuid,
}

/// What runs on the database.
struct Parts {
    ground: Arc<Ground>,
    store: Store,
    access: Access,
    readiness: Readiness,
    actors: Actors,
    server: Server,
    metrics_server: Option<MetricsServer>,
}

impl Application {
    /// Starts everything, in order. The server answers, but is not ready before [`Application::open`].
    ///
    /// # Errors
    /// [`AppError`]; what had started is stopped again.
    pub async fn start(mut settings: ServeSettings, give_up: GiveUp) -> Result<Self, AppError> {
        settings.check()?;
        let listener = server::bind(settings.server.listen, server::LISTEN)?;
        let metrics_listener = metrics_server::bind(&mut settings.monitoring)?;
        // Port 0 asks the system for one: links and logs must name that.
        if let Ok(address) = listener.local_addr() {
            settings.server.listen = address;
        }
        let mut database = Database::open(&settings.data).await?;
        let ground = Metrics::new().map(|metrics| Ground {
            settings,
            metrics,
            listener,
            metrics_listener,
            give_up,
            life: Uuid::now_v7(),
        });
        let parts = match ground {
            Ok(ground) => Parts::start(Arc::new(ground), &database).await,
            Err(error) => Err(error.into()),
        };
        match parts {
            Ok(parts) => Ok(Self { parts, database }),
            Err(error) => {
                database.close().await;
                Err(error)
            }
        }
    }

    /// Says that the server is ready, once its desks have counted.
    pub async fn open(&self) {
        self.parts.actors.desks.loaded().await;
        self.parts.readiness.set(true);
        self.parts.ground.metrics.ready.set(1);
    }

    /// Where clients reach the server, without a slash at the end.
    pub fn url(&self) -> String {
        self.parts.ground.settings.public_url()
    }

    /// The settings, with the port that is really used.
    pub fn settings(&self) -> &ServeSettings {
        &self.parts.ground.settings
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Who may come in.
    pub fn access(&self) -> &Access {
        &self.parts.access
    }

    /// The desks, for whoever asks them for what has no route.
    pub fn desks(&self) -> &DesksHandle {
        &self.parts.actors.desks
    }

    /// The figures.
    pub fn metrics(&self) -> &Metrics {
        &self.parts.ground.metrics
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

    /// Resolves when the database has another history than the one that was read at the start.
    pub fn history_over(&self) -> impl Future<Output = ()> + Send + 'static {
        let lineage = Arc::clone(self.parts.store.lineage());
        async move { lineage.over().await }
    }

    /// Ends what was read of a history that is over and starts everything on the database again, on the same
    /// listener: new connections wait meanwhile. Clients are told to come back, spread over the window of a drain.
    /// Not ready before [`Application::open`].
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn begin_anew(self) -> Result<Self, AppError> {
        let Self {
            parts,
            mut database,
        } = self;
        let ground = Arc::clone(&parts.ground);
        parts.end(Farewell::Anew).await;
        ground.metrics.begun_anew.inc();
        loop {
            database.reached().await;
            match Parts::start(Arc::clone(&ground), &database).await {
                Ok(parts) => return Ok(Self { parts, database }),
                // In the midst of a failover it comes and goes.
                Err(error @ (AppError::Store(_) | AppError::Migrate(_))) => {
                    slog_scope::warn!("the node cannot begin anew yet: {}", error);
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
                Err(error) => {
                    database.close().await;
                    return Err(error);
                }
            }
        }
    }

    /// Stops everything, in order: not ready, sockets told to come back, requests finished, database closed.
    pub async fn stop(mut self) {
        self.parts.end(Farewell::Stop).await;
        self.database.close().await;
    }
}

impl Parts {
    async fn start(ground: Arc<Ground>, database: &Database) -> Result<Self, AppError> {
        let (settings, metrics) = (&ground.settings, &ground.metrics);
        let store = database.store(&settings.data).await?;
        let secret = secret::from_settings(&settings.access, &settings.data.data_dir)?;
        let access = Access::new(store.clone(), &secret, &settings.access);
        let give_up = Arc::clone(&ground.give_up);
        let life = ground.life;
        let actors = Actors::start(settings, &store, &access, metrics, give_up, life).await?;
        let readiness = Readiness::default();
        let listener = ground.listener.try_clone();
        let listener = listener.map_err(server::refused(settings.server.listen, server::LISTEN))?;
        let scrape = metrics_server::scrape(settings, &store, metrics, &actors);
        let server = Server::start(
            listener, settings, &store, &access, &scrape, &readiness, &actors,
        )?;
        let metrics_server = MetricsServer::start(ground.metrics_listener.as_ref(), scrape)?;
        Ok(Self {
            ground,
            store,
            access,
            readiness,
            actors,
            server,
            metrics_server,
        })
    }

    /// Ends everything, in order, and gives the connections to the database back.
    async fn end(self, farewell: Farewell) {
        let settings = &self.ground.settings.server;
        self.readiness.set(false);
        self.ground.metrics.ready.set(0);
        if farewell == Farewell::Stop {
            // Until balancers have seen it, requests and sockets are served as before.
            tokio::time::sleep(settings.drain_delay).await;
        }
        let window = settings.drain_window;
        self.actors.registry.drain(Drain { farewell, window }).await;
        self.server.stop(settings.shutdown_deadline).await;
        self.actors.presence.leave().await;
        self.actors.stop();
        if let Some(server) = self.metrics_server {
            server.stop().await;
        }
    }
}
