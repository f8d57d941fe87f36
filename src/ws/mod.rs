//! The live protocol `redress.v1`: the upgrade of a request, the session, and the pump of its bytes; and the
//! same feed as an event stream (`stream`).
//!
//! Decides nothing about complaints; reaches the registry by handle and everything else by the
//! functions of the floors below.

pub mod admission;
mod filter;
pub mod protocol;
mod pump;
mod session;
pub mod stream;
mod subscribe;

use std::sync::Arc;
use std::time::Duration;

use actix_http::ws::HandshakeError;
use actix_web::http::header::{HOST, HeaderMap, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use actix_web::{HttpRequest, HttpResponse, web};
use actix_web_actors::ws::handshake_with_protocols;
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::access::Access;
use crate::actors::desks::DesksHandle;
use crate::actors::registry::Followed;
use crate::actors::registry::shard::ShardHandle;
use crate::actors::registry::wire::Wire;
use crate::config::LiveSettings;
use crate::domain::account::Identity;
use crate::store::Store;
use crate::store::catalogue::CatalogueCell;
use crate::telemetry::metrics::Metrics;
use admission::{Admission, Place, Refused};
use session::WsSession;

/// The sub-protocol's name.
pub const PROTOCOL: &str = "redress.v1";

/// What sessions work with; one a HTTP worker.
#[derive(Clone)]
pub struct WsDeps {
    /// Checks tokens.
    pub access: Access,
    /// Reads what a shard does not hold.
    pub store: Store,
    /// Told when a client is ahead of its desk.
    pub desks: DesksHandle,
    /// Knows which regions exist.
    pub catalogue: CatalogueCell,
    /// Names this history of the database.
    pub epoch: Arc<str>,
    /// This node's name.
    pub node: Arc<str>,
    /// How many sockets, and how much from each.
    pub admission: Arc<Admission>,
    /// Bounds and times.
    pub live: Arc<LiveSettings>,
    /// The address of the server's own pages.
    pub public_url: Arc<str>,
    /// Reporters who wait for news of their complaints.
    pub followed: Followed,
    /// Turns to send a snapshot: each is in memory while its client reads.
    pub snapshots: Arc<Semaphore>,
    /// Counts.
    pub metrics: Metrics,
}

/// Who has signed in, and how long the token is still good.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub identity: Identity,
    /// How long.
    pub token_left: Duration,
}

/// Why a request is not upgraded.
#[derive(Debug, Error)]
pub enum UpgradeError {
    /// The page that opens the socket is not one of ours.
    #[error(
        "the origin {0} may not open a WebSocket here; the operator can add it to --allowed-origins"
    )]
    Origin(String),
    /// The client speaks other protocols only.
    #[error("this address speaks {PROTOCOL}; ask for that in Sec-WebSocket-Protocol, or for none")]
    Protocol,
    /// There is no room for it now.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The request is no WebSocket handshake.
    #[error("this address speaks WebSocket ({PROTOCOL}): {0}")]
    Handshake(#[from] HandshakeError),
}

/// Upgrades a request. `signed_in` is who its header authenticated; otherwise the first message must.
///
/// # Errors
/// [`UpgradeError`].
pub fn upgrade(
    request: &HttpRequest,
    payload: web::Payload,
    signed_in: Option<SignedIn>,
    place: Place,
    shard: &ShardHandle,
    deps: &Arc<WsDeps>,
) -> Result<HttpResponse, UpgradeError> {
    check_origin(request.headers(), deps)?;
    check_protocol(request.headers())?;
    let mut response = handshake_with_protocols(request, &[PROTOCOL])?;
    let session = WsSession::new(Arc::clone(deps), shard.clone(), signed_in, place);
    let wire = request.conn_data::<Wire>().cloned();
    Ok(response.streaming(pump::start(session, payload, wire)))
}

/// A client that names protocols must name ours; one that names none is taken at its word.
fn check_protocol(headers: &HeaderMap) -> Result<(), UpgradeError> {
    let mut named = headers
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .map(str::trim)
        .peekable();
    if named.peek().is_none() || named.any(|name| name == PROTOCOL) {
        Ok(())
    } else {
        Err(UpgradeError::Protocol)
    }
}

/// A missing `Origin` passes: native clients send none. A present one must be ours or allowed, exactly.
fn check_origin(headers: &HeaderMap, deps: &WsDeps) -> Result<(), UpgradeError> {
    let Some(origin) = headers.get(ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or("(unreadable)");
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let same = ["http", "https"]
        .iter()
        .any(|scheme| origin == format!("{scheme}://{host}"));
    let allowed = deps
        .live
        .allowed_origins
        .iter()
        .any(|allowed| allowed == origin);
    if same || allowed || origin == &*deps.public_url {
        Ok(())
    } else {
        Err(UpgradeError::Origin(origin.to_owned()))
    }
}
