//! Presence: who is online in each region, and who is on the way to which complaint, on all nodes.
//!
//! Once a second the actor lists who is subscribed where at this node, exchanges that with the other nodes
//! through the database, reads which claims changed, and posts what is new on the [`Board`], from which
//! shards tell their clients: so a mass reconnect makes one message a region and second. Owns no truth: a
//! socket is its shard's, a claim is the table's.

mod board;
mod claims;
mod handle;
mod known;
mod messages;
mod nodes;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use actix::{
    Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, Supervised, WrapFuture,
};
use fail::fail_point;
use uuid::Uuid;

use super::registry::RegistryHandle;
use super::supervise::Supervision;
use crate::domain::region::RegionId;
use crate::store::nodes::forget_old_asks;
use crate::store::{Store, StoreError, claims as table, presence};
pub use board::{Board, Notice, Posted};
use claims::Claims;
pub use handle::PresenceHandle;
use known::Known;
pub use nodes::{Answers, OtherNodes};

/// Time between two rounds: a region has at most one message of presence in it.
const INTERVAL: Duration = Duration::from_secs(1);
/// The pause before claims are read because one changed here: those of the pause are told together.
const PAUSE: Duration = Duration::from_millis(50);
/// Rounds between two looks for what nobody needs any more.
const FORGET_EVERY: u64 = 60;

/// What the actor works with.
#[derive(Clone)]
pub struct PresenceDeps {
    /// The database.
    pub store: Store,
    /// Knows the sockets of this node, and tells them.
    pub registry: RegistryHandle,
    /// Where it is posted; outlives every restart.
    pub board: Arc<Board>,
    /// What the other nodes say of themselves; outlives every restart.
    pub others: Arc<OtherNodes>,
    /// So many connections of an account matter to the limits of other nodes, and are told to them.
    pub many_of_account: u32,
    /// So many from a network.
    pub many_of_network: u32,
    /// Names this life of this process among the nodes.
    pub node: Uuid,
    /// Whether other nodes may work on the same database.
    pub has_others: bool,
    /// How long a claim outlives its holder's last socket.
    pub claim_grace: Duration,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// A claim changed at this node.
#[derive(Message)]
#[rtype(result = "()")]
struct ClaimChanged;

/// What there is to do.
#[derive(Clone, Copy)]
enum Work {
    /// Everything.
    Round,
    /// Claims alone.
    Claims,
}

/// The actor.
pub struct Presence {
    deps: PresenceDeps,
    /// Set by whoever changes a claim; outlives every restart.
    claim_changed: Arc<AtomicBool>,
    /// Away while it is worked on.
    state: Option<State>,
    is_look_planned: bool,
}

/// What it knows between two rounds.
#[derive(Default)]
struct State {
    known: Known,
    claims: Claims,
    rounds: u64,
    /// Whether the other nodes were heard: before that, who is at them seems to be gone.
    has_heard: bool,
    /// Whether all changes of claims that are known of were read.
    has_read: bool,
    /// Whether the board may show something else.
    is_unposted: bool,
}

impl Presence {
    fn new(deps: PresenceDeps, claim_changed: Arc<AtomicBool>) -> Self {
        Self {
            deps,
            claim_changed,
            state: Some(State {
                is_unposted: true,
                ..State::default()
            }),
            is_look_planned: false,
        }
    }

    /// Does the work, or comes back when the present one is done.
    fn run(&mut self, work: Work, ctx: &mut Context<Self>) {
        match work {
            Work::Round => fail_point!(&format!("{}/presence/round", self.deps.supervision.node)),
            Work::Claims => fail_point!(&format!("{}/presence/claims", self.deps.supervision.node)),
        }
        let Some(mut state) = self.state.take() else {
            ctx.run_later(PAUSE, move |presence, ctx| presence.run(work, ctx));
            return;
        };
        if matches!(work, Work::Claims) {
            self.is_look_planned = false;
        }
        let deps = self.deps.clone();
        state.has_read &= !self.claim_changed.swap(false, Ordering::SeqCst);
        let done = async move {
            let outcome = match work {
                Work::Round => state.round(&deps).await,
                Work::Claims => state.read_claims(&deps, None).await,
            };
            // The head poll tells the operator of an outage. Meanwhile everybody is where they were.
            if let Err(error) = outcome {
                slog_scope::debug!("presence cannot be exchanged: {}", error);
            }
            state.post(&deps);
            state
        };
        ctx.spawn(done.into_actor(self).map(move |state, presence, ctx| {
            presence.state = Some(state);
            if matches!(work, Work::Round) {
                ctx.run_later(INTERVAL, |presence, ctx| presence.run(Work::Round, ctx));
            }
        }));
    }
}

impl State {
    async fn round(&mut self, deps: &PresenceDeps) -> Result<(), StoreError> {
        self.is_unposted |= self.known.list_own(deps).await;
        let mut polled = None;
        if deps.has_others {
            self.known.tell(deps).await?;
            let heard = presence::poll(&deps.store, deps.node).await?;
            polled = Some(heard.claims);
            self.is_unposted |= self.known.hear(deps, &heard.nodes).await?;
            self.has_heard = true;
            if heard.is_asked {
                nodes::answer(deps).await?;
            }
        }
        self.is_unposted |= self.known.learn_names(deps).await?;
        self.read_claims(deps, polled).await?;
        self.rounds += 1;
        if self.rounds % FORGET_EVERY == 1 {
            table::forget_ended(&deps.store).await?;
            presence::forget_gone(&deps.store).await?;
            forget_old_asks(&deps.store).await?;
        }
        Ok(())
    }

    /// Reads the claims that changed and looks after those that hold. `polled`: how far the table is.
    async fn read_claims(
        &mut self,
        deps: &PresenceDeps,
        polled: Option<i64>,
    ) -> Result<(), StoreError> {
        let known = self.claims.version();
        let polled = polled.unwrap_or(known);
        let read = if !self.has_read || polled > known {
            self.catch_up(deps, polled).await
        } else {
            Ok(())
        };
        // What is over by its time needs no database, but what was renewed is known first.
        self.is_unposted |= self.claims.expire(Instant::now());
        read?;
        if self.claims.is_empty() {
            return Ok(());
        }
        let present = self.known.own_accounts();
        if table::look_after(&deps.store, &present, deps.claim_grace).await? > 0 {
            self.catch_up(deps, polled).await?;
        }
        Ok(())
    }

    async fn catch_up(&mut self, deps: &PresenceDeps, polled: i64) -> Result<(), StoreError> {
        // Until it succeeds it is tried again.
        self.has_read = false;
        self.is_unposted |= self.claims.catch_up(&deps.store, polled).await?;
        self.has_read = true;
        Ok(())
    }

    /// Posts what is new, and has it told.
    fn post(&mut self, deps: &PresenceDeps) {
        let is_whole = self.has_read && (self.has_heard || !deps.has_others);
        if !self.is_unposted || !is_whole {
            return;
        }
        self.is_unposted = false;
        let (mut online, mut claims) = (self.known.online(), self.claims.by_region());
        let reasons = self.claims.take_reasons();
        let mut regions = deps.board.regions();
        regions.extend(online.keys().chain(claims.keys()).cloned());
        regions.sort_unstable();
        regions.dedup();
        for region in regions {
            let officers = taken(&mut online, &region);
            let claims = taken(&mut claims, &region);
            if let Some(posted) = deps.board.post(&region, officers, claims, &reasons) {
                deps.registry.post(&posted);
            }
        }
    }
}

/// What there is of a region.
fn taken<T: Default>(all: &mut HashMap<RegionId, T>, region: &RegionId) -> T {
    all.remove(region).unwrap_or_default()
}

impl Actor for Presence {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/presence/started", self.deps.supervision.node));
        self.run(Work::Round, ctx);
    }
}

impl Supervised for Presence {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(self.deps.clone(), Arc::clone(&self.claim_changed));
    }
}

impl Handler<ClaimChanged> for Presence {
    type Result = ();

    fn handle(&mut self, _: ClaimChanged, ctx: &mut Context<Self>) {
        if !std::mem::replace(&mut self.is_look_planned, true) {
            ctx.run_later(PAUSE, |presence, ctx| presence.run(Work::Claims, ctx));
        }
    }
}
