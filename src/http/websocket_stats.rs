//! What admins see of the live connections of all nodes, and how they end one.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::auth::AdminOnly;
use super::desk::Desk;
use super::problem::{Problem, ProblemBody};
use crate::actors::presence::Answers;
use crate::actors::registry::{RegistryHandle, SessionStats};
use crate::domain::account::Role;
use crate::domain::node::NodeReport;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/websocket/stats").route(web::get().to(stats)))
        .service(web::resource("/websocket/sessions/{session}").route(web::delete().to(kick)));
}

/// A node with its live connections.
#[derive(Debug, Serialize, ToSchema)]
pub struct NodeStats {
    /// Its name.
    pub name: String,
    /// Live connections.
    pub connections: usize,
    /// Whether its sessions are listed below; otherwise only their number is known, as of a moment ago.
    pub answered: bool,
}

/// Everything about the live connections of all nodes.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct WebsocketStats {
    /// In all.
    pub connections: usize,
    /// By role.
    pub by_role: BTreeMap<String, usize>,
    /// Sessions that watch each region.
    pub by_region: BTreeMap<String, usize>,
    /// By node; the one that answers is the first.
    pub nodes: Vec<NodeStats>,
    /// Every session, with its lag by region.
    #[schema(value_type = Vec<SessionStats>)]
    pub sessions: Vec<Value>,
}

impl WebsocketStats {
    /// Adds the sessions of a node.
    fn add_sessions(&mut self, name: String, sessions: Vec<Value>) {
        for session in &sessions {
            if let Some(Value::String(role)) = session.get("role") {
                *self.by_role.entry(role.clone()).or_default() += 1;
            }
            if let Some(Value::Object(lag)) = session.get("lag") {
                for region in lag.keys() {
                    *self.by_region.entry(region.clone()).or_default() += 1;
                }
            }
        }
        self.add_node(name, sessions.len(), true);
        self.sessions.extend(sessions);
    }

    /// Adds what is known of a node that did not answer.
    fn add_report(&mut self, report: NodeReport) {
        let connections = report.connections();
        for (role, count) in report.by_role {
            *self.by_role.entry(role).or_default() += count;
        }
        for (region, count) in report.by_region {
            *self.by_region.entry(region).or_default() += count;
        }
        self.add_node(report.name, connections, false);
    }

    fn add_node(&mut self, name: String, connections: usize, answered: bool) {
        self.connections += connections;
        self.nodes.push(NodeStats {
            name,
            connections,
            answered,
        });
    }
}

/// Live connections of all nodes by role, region and node, and every session with its lag.
///
/// The other nodes are asked, which takes a second or so. One that does not answer within three is counted as it was
/// known a moment ago.
#[utoipa::path(get, path = "/api/v1/websocket/stats", tag = "admin",
    security(("bearer" = [])),
    responses((status = 200, description = "The live connections of all nodes", body = WebsocketStats),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not an admin", body = ProblemBody)))]
pub async fn stats(
    _admin: AdminOnly,
    registry: web::Data<RegistryHandle>,
    desk: Desk,
) -> Result<web::Json<WebsocketStats>, Problem> {
    let reports = desk.presence.others();
    let asked = desk.presence.sessions_elsewhere().await;
    let Answers { given, .. } = asked.unwrap_or_else(|error| {
        slog_scope::warn!("the other nodes could not be asked: {}", error);
        Answers::default()
    });
    let by_role = Role::ALL.iter().map(|role| (role.as_str().to_owned(), 0));
    let mut stats = WebsocketStats {
        by_role: by_role.collect(),
        ..WebsocketStats::default()
    };
    let own = registry.describe().await;
    let own = own.iter().map(serde_json::to_value);
    let own = own.collect::<Result<_, _>>().map_err(Problem::internal)?;
    let name = desk.settings.server.node_name.clone();
    stats.add_sessions(name, own);
    for (node, report) in reports {
        let sessions = given.get(&node);
        match sessions.and_then(|json| serde_json::from_str(json).ok()) {
            Some(sessions) => stats.add_sessions(report.name, sessions),
            None => stats.add_report(report),
        }
    }
    Ok(web::Json(stats))
}

/// Ends a session, on whichever node (close code 4507): its client does not come back by itself.
///
/// For a session of another node this takes a second or so.
#[utoipa::path(delete, path = "/api/v1/websocket/sessions/{session}", tag = "admin",
    params(("session" = Uuid, Path, description = "The session, from the statistics")),
    security(("bearer" = [])),
    responses((status = 204, description = "It is told to go"),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not an admin", body = ProblemBody),
        (status = 404, description = "No such session", body = ProblemBody),
        (status = 503, description = "Not on the nodes that answered, and one did not", body = ProblemBody)))]
pub async fn kick(
    _admin: AdminOnly,
    session: web::Path<String>,
    registry: web::Data<RegistryHandle>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::not_found("session");
    let session: Uuid = session.parse().ok().ok_or_else(unknown)?;
    if registry.kick(session).await {
        return Ok(HttpResponse::NoContent().finish());
    }
    let Answers { given, silent } = desk.presence.kick_elsewhere(session).await?;
    if given.values().any(|answer| answer == "true") {
        Ok(HttpResponse::NoContent().finish())
    } else if silent.is_empty() {
        Err(unknown())
    } else {
        let told = "a node did not say whether the session is there; try again";
        Err(Problem::unavailable(told, "a node is silent"))
    }
}
