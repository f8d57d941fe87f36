//! The door to the live protocol, and how it is.

use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::{self, Caller};
use super::client_address::ClientAddress;
use super::desk::Desk;
use super::health::{ClusterView, Readiness};
use super::problem::{Problem, ProblemBody};
use crate::actors::registry::RegistryHandle;
use crate::actors::registry::shard::ShardHandle;
use crate::ws::{self, SignedIn, UpgradeError, WsDeps};

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/ws").route(web::get().to(upgrade)))
        .service(web::resource("/websocket/health").route(web::get().to(health)));
}

/// Opens a WebSocket that speaks `redress.v1` (docs/PROTOCOL.md). Authenticate by header or first message.
#[utoipa::path(get, path = "/api/v1/ws", tag = "live",
    security(("bearer" = []), ()),
    responses(
        (status = 101, description = "The socket is open"),
        (status = 400, description = "No WebSocket handshake", body = ProblemBody),
        (status = 401, description = "The token is not valid", body = ProblemBody),
        (status = 403, description = "The origin is not allowed", body = ProblemBody),
        (status = 429, description = "This address has too many sockets open", body = ProblemBody),
        (status = 503, description = "The node stops, or has no room now", body = ProblemBody)))]
pub async fn upgrade(
    request: HttpRequest,
    payload: web::Payload,
    address: ClientAddress,
    shard: web::Data<ShardHandle>,
    deps: web::Data<WsDeps>,
    readiness: web::Data<Readiness>,
) -> Result<HttpResponse, Problem> {
    readiness.require()?;
    // Before the credentials are checked: a flood must not reach the database.
    let is_known = request.headers().contains_key(AUTHORIZATION);
    let place = deps
        .admission
        .admit(address.0, is_known)
        .map_err(UpgradeError::Refused)?;
    let signed_in = match Caller::extract(&request).await? {
        Caller::Staff(identity) => Some(SignedIn {
            identity,
            token_left: auth::token_left(&request)?,
        }),
        Caller::Anonymous => None,
        Caller::ApiKey(_) => {
            return Err(Problem::forbidden(
                "the live feed is for staff, not for API keys",
            ));
        }
    };
    Ok(ws::upgrade(
        &request, payload, signed_in, place, &shard, &deps,
    )?)
}

/// How the live feed of this node is.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebsocketHealth {
    /// `ok`, or `unavailable` while the node starts or stops.
    pub status: &'static str,
    /// Live sockets that have authenticated.
    pub connections: usize,
    /// Regions that at least one of them watches.
    pub regions_watched: usize,
    /// All nodes together.
    pub cluster: ClusterView,
}

/// How the live feed of this node is, for everybody: numbers only.
#[utoipa::path(get, path = "/api/v1/websocket/health", tag = "live",
    responses((status = 200, description = "Well", body = WebsocketHealth),
        (status = 503, description = "Not ready", body = WebsocketHealth)))]
pub async fn health(
    registry: web::Data<RegistryHandle>,
    readiness: web::Data<Readiness>,
    desk: Desk,
) -> HttpResponse {
    let counts = registry.counts();
    let ready = readiness.get();
    let view = WebsocketHealth {
        status: if ready { "ok" } else { "unavailable" },
        connections: counts.total(),
        regions_watched: counts.by_region.len(),
        cluster: ClusterView::of(&counts, &desk.presence),
    };
    if ready {
        HttpResponse::Ok().json(view)
    } else {
        HttpResponse::ServiceUnavailable().json(view)
    }
}
