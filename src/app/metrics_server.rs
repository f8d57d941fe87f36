//! The server of `--metrics-addr`: the page of figures alone, on an address that the public does not reach.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, rt, web};

use super::AppError;
use super::actors::Actors;
use super::server;
use crate::config::{MonitoringSettings, PhotoPlace, ServeSettings};
use crate::http::metrics::{self, Scrape};
use crate::http::trace;
use crate::store::Store;
use crate::telemetry::metrics::Metrics;

/// The setting that names its address.
const METRICS_ADDR: &str = "--metrics-addr";
/// How long a page under way may take when the server stops.
const LAST_PAGE: Duration = Duration::from_secs(1);

/// A running server of figures; it answers until everything else has stopped.
pub(super) struct MetricsServer {
    handle: ServerHandle,
}

/// Takes the address, if there is one, and notes the port that the system gave.
pub(super) fn bind(settings: &mut MonitoringSettings) -> Result<Option<TcpListener>, AppError> {
    let Some(address) = settings.metrics_addr else {
        return Ok(None);
    };
    let listener = server::bind(address, METRICS_ADDR)?;
    settings.metrics_addr = listener.local_addr().ok().or(Some(address));
    Ok(Some(listener))
}

/// What a page is made of.
pub(super) fn scrape(
    settings: &ServeSettings,
    store: &Store,
    metrics: &Metrics,
    actors: &Actors,
) -> Scrape {
    let mut folders: Vec<(&'static str, PathBuf)> = Vec::new();
    if settings.data.database_url.is_none() {
        folders.push(("data", settings.data.data_dir.clone()));
    }
    if let Ok(PhotoPlace::Folder(folder)) = settings.photos.store.place(&settings.data.data_dir) {
        folders.push(("photos", folder));
    }
    let monitoring = &settings.monitoring;
    Scrape {
        metrics: metrics.clone(),
        store: store.clone(),
        blobs: actors.photos.blobs.clone(),
        folders: folders.into(),
        token: monitoring.metrics_token.as_deref().map(Into::into),
        is_elsewhere: monitoring.metrics_addr.is_some(),
    }
}

impl MetricsServer {
    /// Starts serving on the listener, which stays open for the next server; `None` without one.
    pub(super) fn start(
        listener: Option<&TcpListener>,
        scrape: Scrape,
    ) -> Result<Option<Self>, AppError> {
        let Some(listener) = listener else {
            return Ok(None);
        };
        let address = scrape_address(listener);
        let served = serve(listener, scrape);
        served
            .map(Some)
            .map_err(server::refused(address, METRICS_ADDR))
    }

    /// Ends it.
    pub(super) async fn stop(self) {
        self.handle.stop(true).await;
    }
}

/// Where it listens; for messages.
fn scrape_address(listener: &TcpListener) -> SocketAddr {
    let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
    listener.local_addr().unwrap_or(unknown)
}

fn serve(listener: &TcpListener, scrape: Scrape) -> std::io::Result<MetricsServer> {
    let scrape = web::Data::new(scrape.here());
    let app = move || {
        App::new()
            .app_data(web::Data::new(scrape.metrics.clone()))
            .app_data(scrape.clone())
            .wrap(from_fn(trace::trace))
            .configure(metrics::configure)
    };
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .shutdown_timeout(LAST_PAGE.as_secs())
        .listen(listener.try_clone()?)?
        .run();
    let handle = server.handle();
    rt::spawn(async move {
        if let Err(error) = server.await {
            slog_scope::error!("the server of figures failed: {}", error);
        }
    });
    Ok(MetricsServer { handle })
}
