//! The door to the live protocol, and what admins see of it.

use std::collections::BTreeMap;

use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::auth::{self, AdminOnly, Caller};
use super::client_address::ClientAddress;
use super::health::Readiness;
use super::problem::{Problem, ProblemBody};
use crate::actors::registry::shard::ShardHandle;
use crate::actors::registry::{CloseCode, Disconnect, EndSessions, RegistryHandle, SessionStats};
use crate::domain::account::Role;
use crate::domain::region::RegionId;
use crate::ws::{self, SignedIn, UpgradeError, WsDeps};

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/ws").route(web::get().to(upgrade)))
        .service(web::resource("/websocket/health").route(web::get().to(health)))
        .service(web::resource("/websocket/stats").route(web::get().to(stats)))
        .service(web::resource("/websocket/sessions/{session}").route(web::delete().to(kick)));
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
}

/// How the live feed of this node is, for everybody: numbers only.
#[utoipa::path(get, path = "/api/v1/websocket/health", tag = "live",
    responses((status = 200, description = "Well", body = WebsocketHealth),
        (status = 503, description = "Not ready", body = WebsocketHealth)))]
pub async fn health(
    registry: web::Data<RegistryHandle>,
    readiness: web::Data<Readiness>,
) -> HttpResponse {
    let counts = registry.counts();
    let ready = readiness.get();
    let view = WebsocketHealth {
        status: if ready { "ok" } else { "unavailable" },
        connections: counts.total(),
        regions_watched: counts.by_region.len(),
    };
    if ready {
        HttpResponse::Ok().json(view)
    } else {
        HttpResponse::ServiceUnavailable().json(view)
    }
}

/// Everything about the live sockets of this node.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebsocketStats {
    /// In all.
    pub connections: usize,
    /// By role.
    pub by_role: BTreeMap<&'static str, usize>,
    /// Sessions that watch each region.
    #[schema(value_type = BTreeMap<String, usize>)]
    pub by_region: BTreeMap<RegionId, usize>,
    /// Every session, with its lag by region.
    pub sessions: Vec<SessionStats>,
}

/// Connections by role and region, and every session with its lag.
#[utoipa::path(get, path = "/api/v1/websocket/stats", tag = "admin",
    security(("bearer" = [])),
    responses((status = 200, description = "The sockets of this node", body = WebsocketStats),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not an admin", body = ProblemBody)))]
pub async fn stats(
    _admin: AdminOnly,
    registry: web::Data<RegistryHandle>,
) -> web::Json<WebsocketStats> {
    let sessions = registry.describe().await;
    let mut by_role: BTreeMap<_, _> = Role::ALL.iter().map(|role| (role.as_str(), 0)).collect();
    let mut by_region: BTreeMap<RegionId, usize> = BTreeMap::new();
    for session in &sessions {
        *by_role.entry(session.role.as_str()).or_default() += 1;
        for region in session.lag.keys() {
            *by_region.entry(region.clone()).or_default() += 1;
        }
    }
    web::Json(WebsocketStats {
        connections: sessions.len(),
        by_role,
        by_region,
        sessions,
    })
}

/// Ends a session (close code 4507): its client does not come back by itself.
#[utoipa::path(delete, path = "/api/v1/websocket/sessions/{session}", tag = "admin",
    params(("session" = Uuid, Path, description = "The session, from the statistics")),
    security(("bearer" = [])),
    responses((status = 204, description = "It is told to go"),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not an admin", body = ProblemBody),
        (status = 404, description = "No such session on this node", body = ProblemBody)))]
pub async fn kick(
    _admin: AdminOnly,
    session: web::Path<String>,
    registry: web::Data<RegistryHandle>,
) -> Result<HttpResponse, Problem> {
    let session: Uuid = session
        .parse()
        .ok()
        .ok_or_else(|| Problem::not_found("session"))?;
    if !registry
        .peers()
        .await
        .iter()
        .any(|peer| peer.session == session)
    {
        return Err(Problem::not_found("session"));
    }
    let order = Disconnect {
        code: CloseCode::Kicked,
        reason: "an admin ended this session",
    };
    registry
        .end(EndSessions {
            sessions: Some(vec![session]),
            order,
        })
        .await;
    Ok(HttpResponse::NoContent().finish())
}
