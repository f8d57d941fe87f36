//! Whether the node lives, is ready, and how it is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::desk::Desk;
use super::problem::Problem;
use crate::actors::presence::PresenceHandle;
use crate::actors::registry::{Counts, RegistryHandle};
use crate::domain::account::Role;
use crate::store::{Store, installation};

/// How long the database may take to answer before it counts as away.
const DATABASE_PATIENCE: Duration = Duration::from_secs(2);
/// How long its answer holds. Anybody may ask how the node is, as often as they like: the database is not asked for each.
const FRESH: Duration = Duration::from_secs(1);

/// Adds the routes of this file, at the root. Watchers of many kinds ask by HEAD.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/health")
                .route(web::get().to(health))
                .route(web::head().to(health)),
        )
        .service(
            web::resource("/livez")
                .route(web::get().to(livez))
                .route(web::head().to(livez)),
        )
        .service(
            web::resource("/readyz")
                .route(web::get().to(readyz))
                .route(web::head().to(readyz)),
        );
}

/// Whether the node takes requests: set once everything has started, cleared when it stops.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Sets it.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    /// Reads it.
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// For what begins and stays: not on a node that has not begun or is about to stop.
    ///
    /// # Errors
    /// A 503 problem.
    pub fn require(&self) -> Result<(), Problem> {
        if self.get() {
            Ok(())
        } else {
            let told = "the node is not ready; try again";
            Err(Problem::unavailable(told, "not ready"))
        }
    }
}

/// How the database is, for all who ask about the node.
#[derive(Debug, Default)]
pub struct DatabaseProbe(Mutex<Option<(Instant, Option<Duration>)>>);

impl DatabaseProbe {
    /// The latest round trip, of at most a second ago; none when the database did not answer. Who asks while another one
    /// waits for the database gets the same answer.
    async fn round_trip(&self, store: &Store) -> Option<Duration> {
        let mut latest = self.0.lock().await;
        let fresh = latest.filter(|(at, _)| at.elapsed() < FRESH);
        if let Some((_, took)) = fresh {
            return took;
        }
        let begun = Instant::now();
        let answer = tokio::time::timeout(DATABASE_PATIENCE, installation::get(store)).await;
        let took = matches!(answer, Ok(Ok(_))).then(|| begun.elapsed());
        *latest = Some((Instant::now(), took));
        took
    }
}

/// The live connections of all nodes: of the others as of a second ago.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterView {
    /// Nodes that live, this one among them.
    pub nodes: usize,
    /// Live sockets that have authenticated.
    pub websocket_connections: usize,
    /// The same by role.
    pub websocket_by_role: BTreeMap<String, usize>,
}

impl ClusterView {
    /// This node's counts with what the others say.
    pub fn of(counts: &Counts, presence: &PresenceHandle) -> Self {
        let others = presence.others();
        let count = |role: &Role| counts.by_role.get(role).copied().unwrap_or_default();
        let by_role = Role::ALL.iter();
        let by_role = by_role.map(|role| (role.as_str().to_owned(), count(role)));
        let mut by_role: BTreeMap<String, usize> = by_role.collect();
        for report in others.values() {
            for (role, count) in &report.by_role {
                *by_role.entry(role.clone()).or_default() += count;
            }
        }
        Self {
            nodes: others.len() + 1,
            websocket_connections: by_role.values().sum(),
            websocket_by_role: by_role,
        }
    }
}

/// How the node is.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthView {
    /// `ok`, or `unavailable` while the node starts or stops or the database is away.
    pub status: &'static str,
    /// The program's version.
    pub version: &'static str,
    /// The server's clock (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
    /// Live sockets that have authenticated, on this node.
    pub websocket_connections: usize,
    /// The same by role.
    pub websocket_by_role: BTreeMap<&'static str, usize>,
    /// All nodes together.
    pub cluster: ClusterView,
    /// Time of a database round trip, of at most a second ago; null: it did not answer.
    pub database_round_trip_ms: Option<f64>,
}

/// How the node is, with a round trip to the database of at most a second ago.
#[utoipa::path(get, path = "/health", tag = "operations",
    responses((status = 200, description = "Well", body = HealthView),
        (status = 503, description = "Not ready", body = HealthView)))]
pub async fn health(
    store: web::Data<Store>,
    registry: web::Data<RegistryHandle>,
    probe: web::Data<DatabaseProbe>,
    readiness: web::Data<Readiness>,
    desk: Desk,
) -> HttpResponse {
    let round_trip = probe.round_trip(&store).await;
    let counts = registry.counts();
    let by_role = |role: &Role| {
        (
            role.as_str(),
            counts.by_role.get(role).copied().unwrap_or_default(),
        )
    };
    let well = readiness.get() && round_trip.is_some();
    let view = HealthView {
        status: if well { "ok" } else { "unavailable" },
        version: env!("CARGO_PKG_VERSION"),
        timestamp: Timestamp::now(),
        websocket_connections: counts.total(),
        websocket_by_role: Role::ALL.iter().map(by_role).collect(),
        cluster: ClusterView::of(&counts, &desk.presence),
        database_round_trip_ms: round_trip.map(|time| time.as_secs_f64() * 1000.0),
    };
    HttpResponse::build(status(well)).json(view)
}

/// Whether the process lives: always, if it answers.
#[utoipa::path(get, path = "/livez", tag = "operations",
    responses((status = 200, description = "It lives", body = str)))]
pub async fn livez() -> HttpResponse {
    HttpResponse::Ok().body("alive\n")
}

/// Whether the node may be sent requests; the database is asked once a second.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, description = "It may", body = str),
        (status = 503, description = "It starts, stops, or has no database", body = str)))]
pub async fn readyz(
    store: web::Data<Store>,
    probe: web::Data<DatabaseProbe>,
    readiness: web::Data<Readiness>,
) -> HttpResponse {
    let ready = readiness.get() && probe.round_trip(&store).await.is_some();
    let text = if ready { "ready\n" } else { "not ready\n" };
    HttpResponse::build(status(ready)).body(text)
}

fn status(well: bool) -> StatusCode {
    if well {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}
