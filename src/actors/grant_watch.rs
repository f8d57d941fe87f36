//! Re-checks once a second what live sockets may do: deactivation, logout and a change of role end one within
//! two seconds, a change of regions is told to it. One query a process, only while someone is connected.

use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorFutureExt, Addr, ArbiterHandle, AsyncContext, Context, Supervised, WrapFuture,
};
use fail::fail_point;
use uuid::Uuid;

use super::registry::{CloseCode, Disconnect, EndSessions, Peer, RegistryHandle, Regrant};
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

/// Tells the sessions whose rights are not what they were. With the database away sockets stay.
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
        Ok(grants) => apply(changes(&peers, grants), &deps.registry).await,
        Err(error) => slog_scope::warn!("rights of live sockets could not be checked: {}", error),
    }
}

/// The sessions whose rights have changed.
#[derive(Default)]
struct Changes {
    /// Those that must end.
    over: Vec<Uuid>,
    /// Those that may watch other regions, with who they are now.
    regranted: Vec<(Uuid, Identity)>,
}

fn changes(peers: &[Peer], grants: Vec<Option<Identity>>) -> Changes {
    let mut changes = Changes::default();
    for (peer, grant) in peers.iter().zip(grants) {
        match grant {
            Some(grant) if grant.role == peer.identity.role => {
                if grant.regions != peer.identity.regions {
                    changes.regranted.push((peer.session, grant));
                }
            }
            Some(_) | None => changes.over.push(peer.session),
        }
    }
    changes
}

async fn apply(changes: Changes, registry: &RegistryHandle) {
    if !changes.over.is_empty() {
        registry.end(order(changes.over)).await;
    }
    if !changes.regranted.is_empty() {
        registry.regrant(Regrant(changes.regranted.into())).await;
    }
}

fn order(sessions: Vec<Uuid>) -> EndSessions {
    EndSessions {
        sessions: Some(sessions),
        order: Disconnect {
            code: CloseCode::SessionChanged,
            reason: "role or login changed: sign in again",
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
