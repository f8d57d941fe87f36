//! Re-checks what live sockets may do, once a second and at once when this or another node says that something
//! changed: deactivation, logout and a change of role end one within two seconds, a change of regions is told to it. A
//! query for every 500 logins, only while someone is connected.

use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorFutureExt, Addr, ArbiterHandle, AsyncContext, Context, Handler, Message,
    Supervised, WrapFuture,
};
use fail::fail_point;
use uuid::Uuid;

use super::registry::{CloseCode, Disconnect, EndSessions, Peer, RegistryHandle, Regrant};
use super::supervise::{self, Supervision};
use crate::access::Access;
use crate::domain::account::Identity;
use crate::feed::HintSender;

/// Time between checks.
const INTERVAL: Duration = Duration::from_secs(1);
/// Messages that the mailbox holds.
const MAILBOX: usize = 16;

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

/// Check now.
#[derive(Message)]
#[rtype(result = "()")]
struct Look;

/// How the rest of the program reaches the watch. Cheap to clone; all clones share one mailbox bound.
#[derive(Clone)]
pub struct GrantWatchHandle {
    addr: Arc<Addr<GrantWatch>>,
    hints: HintSender,
}

impl GrantWatchHandle {
    /// Starts the actor on an arbiter.
    pub fn start(home: &ArbiterHandle, deps: GrantWatchDeps, hints: HintSender) -> Self {
        let supervision = deps.supervision.clone();
        let make = || GrantWatch::new(deps);
        let addr = supervise::start_on(home, "grant_watch", MAILBOX, make, &supervision);
        Self { addr, hints }
    }

    /// Rights were changed here: this node and the others look at once.
    pub fn rights_changed(&self) {
        self.hints.rights_changed();
        self.look();
    }

    /// Rights were changed somewhere: this node looks at once.
    pub fn look(&self) {
        if self.addr.try_send(Look).is_err() {
            slog_scope::debug!("the grant watch is asked to look already");
        }
    }
}

/// The actor.
pub struct GrantWatch {
    deps: GrantWatchDeps,
    is_checking: bool,
    /// Whether something changed since the present check began.
    is_stale: bool,
}

impl GrantWatch {
    fn new(deps: GrantWatchDeps) -> Self {
        Self {
            deps,
            is_checking: false,
            is_stale: false,
        }
    }

    fn round(&mut self, ctx: &mut Context<Self>) {
        fail_point!(
            &format!("{}/grant_watch/round", self.deps.supervision.node),
            |_| ()
        );
        if !self.is_checking {
            self.check(ctx);
        }
    }

    fn check(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/grant_watch/check", self.deps.supervision.node));
        self.is_checking = true;
        let work = check(self.deps.clone());
        ctx.spawn(work.into_actor(self).map(|(), watch, ctx| {
            watch.is_checking = false;
            if std::mem::take(&mut watch.is_stale) {
                watch.check(ctx);
            }
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
        ctx.run_interval(INTERVAL, Self::round);
    }
}

impl Handler<Look> for GrantWatch {
    type Result = ();

    fn handle(&mut self, _: Look, ctx: &mut Context<Self>) {
        if self.is_checking {
            self.is_stale = true;
        } else {
            self.check(ctx);
        }
    }
}

impl Supervised for GrantWatch {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(self.deps.clone());
    }
}
