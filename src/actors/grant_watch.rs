//! Re-checks once a second who may still be connected: deactivation, logout, and changes of role or
//! regions end a live socket within two seconds. One query a process, only while someone is connected.

use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorFutureExt, Addr, ArbiterHandle, AsyncContext, Context, Supervised, WrapFuture,
};
use fail::fail_point;
use uuid::Uuid;

use super::registry::{CloseCode, Disconnect, EndSessions, Peer, RegistryHandle};
use super::supervise::{self, Supervision};
use crate::access::Access;
use crate::domain::account::Identity;

/// Time between checks.
const INTERVAL: Duration = Duration::from_secs(1);

/// What the watch works with.
#[derive(Clone)]
pub struct GrantWatchDeps {
    /// Knows who may do what.
    pub access: Access,
    /// Knows who is connected.
    pub registry: RegistryHandle,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// The actor.
pub struct GrantWatch {
    deps: GrantWatchDeps,
}

impl GrantWatch {
    /// Starts the actor on an arbiter. Keep the address: it lives as long as that.
    pub fn start(home: &ArbiterHandle, deps: GrantWatchDeps) -> Arc<Addr<Self>> {
        let supervision = deps.supervision.clone();
        supervise::start_on(home, "grant_watch", 16, || Self { deps }, &supervision)
    }

    fn check(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/grant_watch/check", self.deps.supervision.node));
        let work = check(self.deps.clone());
        ctx.spawn(work.into_actor(self).map(|(), _, ctx| {
            ctx.run_later(INTERVAL, Self::check);
        }));
    }
}

/// Ends the sessions whose rights are not what they were. With the database away sockets stay.
async fn check(deps: GrantWatchDeps) {
    let peers = deps.registry.peers().await;
    if peers.is_empty() {
        return;
    }
    let asked: Vec<(Uuid, Uuid)> = peers
        .iter()
        .map(|peer| (peer.identity.account, peer.identity.login))
        .collect();
    match deps.access.grants(&asked).await {
        Ok(grants) => {
            let sessions = changed(&peers, &grants);
            if !sessions.is_empty() {
                deps.registry.end(order(sessions)).await;
            }
        }
        Err(error) => slog_scope::warn!("rights of live sockets could not be checked: {}", error),
    }
}

fn changed(peers: &[Peer], grants: &[Option<Identity>]) -> Vec<Uuid> {
    let differs =
        |(peer, grant): &(&Peer, &Option<Identity>)| grant.as_ref() != Some(&peer.identity);
    peers
        .iter()
        .zip(grants)
        .filter(differs)
        .map(|(peer, _)| peer.session)
        .collect()
}

fn order(sessions: Vec<Uuid>) -> EndSessions {
    EndSessions {
        sessions: Some(sessions),
        order: Disconnect {
            code: CloseCode::SessionChanged,
            reason: "role, regions or login changed: sign in again",
        },
    }
}

impl Actor for GrantWatch {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/grant_watch/started",
            self.deps.supervision.node
        ));
        self.check(ctx);
    }
}

impl Supervised for GrantWatch {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self {
            deps: self.deps.clone(),
        };
    }
}
