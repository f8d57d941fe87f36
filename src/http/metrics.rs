//! The page that Prometheus scrapes: beside everything else, or on an address of its own; with a token, if one is set.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest, Sha256};

use super::auth::{bearer, header};
use super::problem::{Problem, ProblemBody};
use crate::media::blobs::Blobs;
use crate::store::Store;
use crate::telemetry::metrics::Metrics;

/// How long the file systems may take to say how full they are; a folder of another machine may be away.
const FOLDERS_WAIT: Duration = Duration::from_millis(500);

/// What a page is made of.
#[derive(Clone)]
pub struct Scrape {
    /// The series.
    pub metrics: Metrics,
    /// Asked how its pool is, and how often it failed.
    pub store: Store,
    /// Asked how often it failed.
    pub blobs: Blobs,
    /// Folders whose file systems are told, by their names in the page.
    pub folders: Arc<[(&'static str, PathBuf)]>,
    /// Without it nothing is told.
    pub token: Option<Arc<str>>,
    /// The page has an address of its own, and is not here.
    pub is_elsewhere: bool,
}

/// Adds the routes of this file, at the root.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/metrics").route(web::get().to(metrics)));
}

/// Every series of this node, for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    security((), ("metrics_token" = [])),
    responses((status = 200, description = "Prometheus text format 0.0.4", body = str),
        (status = 401, description = "A token is set (METRICS_TOKEN), and was not sent", body = ProblemBody),
        (status = 404, description = "It has an address of its own (METRICS_ADDR)", body = ProblemBody)))]
pub async fn metrics(
    request: HttpRequest,
    scrape: web::Data<Scrape>,
) -> Result<HttpResponse, Problem> {
    if scrape.is_elsewhere {
        return Err(Problem::not_found("page"));
    }
    scrape.admit(&request)?;
    scrape.look().await;
    let page = scrape.metrics.page().map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(page))
}

impl Scrape {
    /// The same for the address where the page is.
    #[must_use]
    pub fn here(self) -> Self {
        Self {
            is_elsewhere: false,
            ..self
        }
    }

    fn admit(&self, request: &HttpRequest) -> Result<(), Problem> {
        let Some(token) = &self.token else {
            return Ok(());
        };
        let presented = header(request, AUTHORIZATION.as_str())?.map(bearer);
        // Of hashes, so that how long it takes says nothing of the token.
        let is_it = |given: &str| Sha256::digest(given) == Sha256::digest(token.as_bytes());
        if presented.transpose()?.is_some_and(is_it) {
            Ok(())
        } else {
            Err(Problem::unauthorized(
                "send the token of METRICS_TOKEN as Authorization: Bearer …",
            ))
        }
    }

    /// Brings up to date what is only looked at for a page.
    async fn look(&self) {
        let database = &self.metrics.database;
        database.show_pool(self.store.pool_figures());
        database.show_failures(self.store.database().failures().counts());
        database.show_storage_failures(self.blobs.failures());
        let folders = Arc::clone(&self.folders);
        let sizes = web::block(move || sizes(&folders));
        if let Ok(Ok(sizes)) = tokio::time::timeout(FOLDERS_WAIT, sizes).await {
            for (name, available, size) in sizes {
                database.show_folder(name, available, size);
            }
        }
    }
}

/// Bytes that are free to us, and all bytes, of the folders that are there.
fn sizes(folders: &[(&'static str, PathBuf)]) -> Vec<(&'static str, u64, u64)> {
    let size = |(name, path): &(&'static str, PathBuf)| {
        let found = rustix::fs::statvfs(path).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
        Some((*name, bytes(found.f_bavail), bytes(found.f_blocks)))
    };
    folders.iter().filter_map(size).collect()
}
