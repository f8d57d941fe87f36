//! The HTTP server: one listener, a worker a core, each with its own shard of the registry.

use std::future::ready;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_http::body::MessageBody;
use actix_http::error::DispatchError;
use actix_http::{HttpService, Request};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, map_config};
use actix_web::dev::{
    AppConfig, Extensions, ServerHandle, Service, ServiceFactory, ServiceResponse, fn_service,
};
use actix_web::middleware::from_fn;
use actix_web::{App, rt, web};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::Semaphore;

use super::AppError;
use super::actors::Actors;
use super::connection::connection;
use crate::access::Access;
use crate::access::links::LinkKey;
use crate::access::shared::SharedBuckets;
use crate::access::throttle::Limits;
use crate::access::tracking::TrackingKey;
use crate::actors::registry::wire::Wire;
use crate::config::{ConfigError, ServeSettings, cores};
use crate::http::desk::{Desk, PhotoParts};
use crate::http::health::{DatabaseProbe, Readiness};
use crate::http::metrics::Scrape;
use crate::http::problem::Problem;
use crate::http::{pages, routes, trace};
use crate::store::Store;
use crate::telemetry::metrics::Metrics;
use crate::ws::WsDeps;
use crate::ws::admission::Admission;

/// The setting that names its address.
pub(super) const LISTEN: &str = "--listen";
/// Connections that may wait to be accepted.
const BACKLOG: i32 = 4096;
/// Most seconds that the HTTP server may take to stop; `Server::stop` has the real deadline.
const SHUTDOWN_MOST: u64 = 60;
/// Snapshots that are sent at once, in memory while their clients read.
const SNAPSHOTS: usize = 64;
/// How long the head of a request may take.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// How long a connection that the server closes may take to go.
const DISCONNECT_DEADLINE: Duration = Duration::from_secs(1);

/// A running HTTP server.
pub(super) struct Server {
    handle: ServerHandle,
    running: rt::task::JoinHandle<std::io::Result<()>>,
}

/// Takes the address, before anything that takes time.
pub(super) fn bind(address: SocketAddr, flag: &'static str) -> Result<TcpListener, AppError> {
    listen(address).map_err(refused(address, flag))
}

/// What is said when an address cannot be used.
pub(super) fn refused(
    address: SocketAddr,
    flag: &'static str,
) -> impl Fn(std::io::Error) -> AppError {
    move |source| {
        if source.kind() == std::io::ErrorKind::AddrInUse {
            return AppError::PortInUse(address, flag);
        }
        AppError::Listen {
            address,
            flag,
            source,
        }
    }
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

impl Server {
    /// Starts serving on the listener.
    pub(super) fn start(
        listener: TcpListener,
        settings: &ServeSettings,
        store: &Store,
        access: &Access,
        scrape: &Scrape,
        readiness: &Readiness,
        actors: &Actors,
    ) -> Result<Self, AppError> {
        if !pages::are_built() {
            slog_scope::warn!("built without the pages for people: `make pages`, then build again");
        }
        let metrics = &scrape.metrics;
        let settings = web::Data::new(settings.clone());
        let limits = limits(&settings, store, metrics, actors)?;
        let desk = desk(&settings, store, (limits, access.links().clone()), actors);
        let ws = ws_deps(&settings, store, access, metrics, actors);
        let parts = (
            store.clone(),
            access.clone(),
            metrics.clone(),
            readiness.clone(),
        );
        let scrape = web::Data::new(scrape.clone());
        let probe = web::Data::new(DatabaseProbe::default());
        let (registry, watch) = (actors.registry.clone(), actors.watch.clone());
        let (address, keep_alive) = (settings.server.listen, settings.server.keep_alive);
        let workers = match settings.server.workers {
            0 => cores(),
            workers => workers,
        };
        let app = move || {
            let (store, access, metrics, readiness) = parts.clone();
            App::new()
                .app_data(settings.clone())
                .app_data(web::Data::new(desk.limits.clone()))
                .app_data(web::Data::new(desk.catalogue.clone()))
                .app_data(web::Data::new(desk.clone()))
                .app_data(web::Data::new(ws.clone()))
                .app_data(web::Data::new(registry.clone()))
                .app_data(web::Data::new(watch.clone()))
                .app_data(web::Data::new(registry.open_shard()))
                .app_data(web::Data::new(store))
                .app_data(web::Data::new(access))
                .app_data(web::Data::new(metrics))
                .app_data(web::Data::new(readiness))
                .app_data(scrape.clone())
                .app_data(probe.clone())
                .app_data(
                    web::PathConfig::default()
                        .error_handler(|_, _| Problem::not_found("page").into()),
                )
                .wrap(from_fn(trace::trace))
                .configure(routes)
        };
        let server = serve(listener, workers, keep_alive, app).map_err(refused(address, LISTEN))?;
        Ok(Self {
            handle: server.handle(),
            running: rt::spawn(server),
        })
    }

    /// Finishes the requests under way, for at most `deadline`; then ends what is left.
    pub(super) async fn stop(self, deadline: Duration) {
        if tokio::time::timeout(deadline, self.handle.stop(true))
            .await
            .is_err()
        {
            slog_scope::warn!("some requests did not finish in time");
            self.handle.stop(false).await;
        }
        match self.running.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => slog_scope::error!("the HTTP server failed: {}", error),
            Err(error) => slog_scope::error!("the HTTP server's task failed: {}", error),
        }
    }
}

/// Rate limits: of all nodes together with Redis.
fn limits(
    settings: &ServeSettings,
    store: &Store,
    metrics: &Metrics,
    actors: &Actors,
) -> Result<Limits, ConfigError> {
    let (schema, secret) = (
        store.database().schema(),
        &actors.installation.tracking_secret,
    );
    let shared = settings.data.redis_url.as_deref();
    let shared = shared.map(|url| SharedBuckets::new(url, schema, secret, metrics));
    let shared = shared.transpose();
    let shared = shared.map_err(|error| ConfigError::Redis(error.to_string()))?;
    Ok(Limits::new(&settings.access, shared))
}

fn desk(
    settings: &web::Data<ServeSettings>,
    store: &Store,
    (limits, links): (Limits, LinkKey),
    actors: &Actors,
) -> Desk {
    let photos = PhotoParts {
        blobs: actors.photos.blobs.clone(),
        thumbnailer: actors.photos.thumbnailer.clone(),
        links,
        intake: Arc::clone(&actors.photos.intake),
    };
    Desk {
        store: store.clone(),
        desks: actors.desks.clone(),
        presence: actors.presence.clone(),
        catalogue: actors.catalogue.clone(),
        tracking: TrackingKey::new(&actors.installation.tracking_secret),
        limits,
        photos,
        retention: actors.retention.clone(),
        installation: actors.installation.clone(),
        settings: settings.clone(),
    }
}

fn ws_deps(
    settings: &ServeSettings,
    store: &Store,
    access: &Access,
    metrics: &Metrics,
    actors: &Actors,
) -> WsDeps {
    WsDeps {
        access: access.clone(),
        store: store.clone(),
        desks: actors.desks.clone(),
        catalogue: actors.catalogue.clone(),
        epoch: actors.installation.epoch.as_str().into(),
        node: settings.server.node_name.as_str().into(),
        admission: Admission::new(
            &settings.admission,
            settings.access.rate_limits,
            actors.presence.other_nodes(),
            metrics,
        ),
        live: Arc::new(settings.live.clone()),
        public_url: settings.public_url().into(),
        followed: actors.registry.followed().clone(),
        snapshots: Arc::new(Semaphore::new(SNAPSHOTS)),
        metrics: metrics.clone(),
    }
}

/// Serves as `actix_web::HttpServer` does, which keeps the connections for itself: ours are shared
/// with the queues of upgraded sockets.
fn serve<A, S, B>(
    listener: TcpListener,
    workers: usize,
    keep_alive: Duration,
    app: impl Fn() -> A + Clone + Send + 'static,
) -> std::io::Result<actix_web::dev::Server>
where
    A: IntoServiceFactory<S, Request>,
    S: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let server = actix_web::dev::Server::build()
        .workers(workers)
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_MOST);
    let stopping = server.graceful_shutdown_signal();
    let service = move || {
        let stopping = stopping.clone();
        let app = app().into_factory().map_err(|error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(keep_alive)
            .client_request_timeout(HEAD_DEADLINE)
            .client_disconnect_timeout(DISCONNECT_DEADLINE)
            .on_connect_ext(|wire: &Wire, data: &mut Extensions| {
                data.insert(wire.clone());
            })
            .h1(map_config(app, |()| AppConfig::default()));
        fn_service(|stream| ready(Ok::<_, DispatchError>(connection(stream)))).and_then(http)
    };
    Ok(server.listen("http", listener, service)?.run())
}
