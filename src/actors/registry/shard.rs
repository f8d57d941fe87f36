//! A shard of the registry: the sessions of one HTTP worker, and the events that it hands to them.
//!
//! Joining without a hole: [`Join`] compares the client's number with what the shard holds, delivers
//! what is missing and enters the session in the live list in one step; nothing comes between. What
//! the shard does not hold, the session reads from the table until it is close enough, and asks again.
//! A shard that panics starts empty: its sessions are told to come back, and they resume.

mod approach;
mod census;
mod drain;
mod grants;
mod group;
mod handle;
mod heartbeat;
mod join;
mod messages;
#[cfg(test)]
mod model;
mod presence;
mod region;
mod sessions;
mod token;
mod waves;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Actor, Addr, AsyncContext, Context, Handler, Recipient, Supervised};
use fail::fail_point;
use litemap::LiteMap;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::front::{SessionRegistry, ShardCounted, ShardOpened};
use super::queue::OutQueue;
use super::{
    CloseCode, Closing, Counts, Disconnect, HeadsPolled, LastHeard, Order, Peer, RegistryDeps,
};
use crate::domain::region::RegionId;
pub use approach::{Approach, Reached};
use census::Census;
use group::Wanted;
pub use handle::ShardHandle;
use messages::ReportCounts;
pub use messages::{Announce, Apart, Enter, Exited, Join, Leave, Opening, Renew, Seen};
pub use presence::FollowPresence;
use region::Region;
pub use token::TokenLife;

/// Counts are sent to the front at once, and then at most once in this time.
const COUNT_PAUSE: Duration = Duration::from_millis(20);

/// An entered session.
struct Entered {
    peer: Peer,
    queue: Arc<OutQueue>,
    orders: Recipient<Order>,
    heard: LastHeard,
    token: TokenLife,
    next_ping: Instant,
    pings: u64,
    /// The regions that it watches: mostly one, of which a hash table would take four times the room.
    regions: LiteMap<RegionId, Watching>,
    _entered: oneshot::Sender<()>,
}

/// A region that a session watches.
struct Watching {
    wanted: Wanted,
    /// The number that the client said to have seen.
    seen: Option<i64>,
}

/// The actor.
pub struct RegistryShard {
    id: Uuid,
    front: Arc<Addr<SessionRegistry>>,
    deps: RegistryDeps,
    /// Boxed: a table that grows by doubling has up to half of its places empty.
    sessions: HashMap<Uuid, Box<Entered>>,
    census: Census,
    regions: HashMap<RegionId, Region>,
    /// Who is told of presence.
    followers: presence::Followers,
    /// Set once all sessions must go: whoever still enters is told to.
    closing: Closing,
    counts_sent: bool,
    counts_changed: bool,
    is_wave_planned: bool,
    /// Once the node drains: which session ends when, the next one last.
    departures: Vec<(Instant, Uuid)>,
}

impl RegistryShard {
    fn new(
        id: Uuid,
        front: Arc<Addr<SessionRegistry>>,
        closing: Closing,
        deps: RegistryDeps,
    ) -> Self {
        Self {
            id,
            front,
            deps,
            sessions: HashMap::new(),
            census: Census::default(),
            regions: HashMap::new(),
            followers: presence::Followers::default(),
            closing,
            counts_sent: false,
            counts_changed: false,
            is_wave_planned: false,
            departures: Vec::new(),
        }
    }

    /// Forgets a session everywhere.
    fn forget(&mut self, session: Uuid) {
        let Some(entered) = self.sessions.remove(&session) else {
            return;
        };
        let role = entered.peer.identity.role;
        self.census.went(role, entered.queue.form());
        for (region, watching) in entered.regions.iter() {
            self.unwatch(session, region, watching);
        }
    }

    /// Delivers a region to a session no more.
    fn leave(&mut self, session: Uuid, region: &RegionId) {
        let entered = self.sessions.get_mut(&session);
        if let Some(watching) = entered.and_then(|entered| entered.regions.remove(region)) {
            self.unwatch(session, region, &watching);
        }
    }

    /// Sends nothing of a region to a session any more, neither events nor presence.
    fn unwatch(&mut self, session: Uuid, region: &RegionId, watching: &Watching) {
        if let Some(known) = self.regions.get_mut(region) {
            known.unwatch(session, &watching.wanted);
        }
        self.followers.forget(session, region);
    }

    fn counts(&self) -> Counts {
        let mut counts = self.census.counts();
        for (region, known) in &self.regions {
            if known.watchers() > 0 {
                counts.by_region.insert(region.clone(), known.watchers());
            }
        }
        counts
    }

    /// Sends the counts to the front: at once, and then at most once in [`COUNT_PAUSE`].
    #[expect(
        clippy::disallowed_methods,
        reason = "bounded: one message in COUNT_PAUSE"
    )]
    fn report_counts(&mut self, ctx: &mut Context<Self>) {
        self.deps.board.note_move();
        self.counts_changed = true;
        if self.counts_sent {
            return;
        }
        self.counts_sent = true;
        self.counts_changed = false;
        self.front.do_send(ShardCounted {
            shard: self.id,
            counts: self.counts(),
        });
        ctx.run_later(COUNT_PAUSE, |shard, ctx| {
            shard.counts_sent = false;
            if shard.counts_changed {
                shard.report_counts(ctx);
            }
        });
    }

    fn order(entered: &Entered, order: &Disconnect) {
        Self::tell(entered, Order::End(order.clone()));
    }

    fn tell(entered: &Entered, order: Order) {
        if entered.orders.try_send(order).is_err() {
            // Its mailbox is full or it is gone: freeing its queue ends its socket either way.
            entered.queue.finish(super::queue::End::Gone);
        }
    }
}

impl Actor for RegistryShard {
    type Context = Context<Self>;

    #[expect(clippy::disallowed_methods, reason = "bounded: one message a start")]
    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/registry_shard/started",
            self.deps.supervision.node
        ));
        let myself = ShardHandle::of(self.id, ctx.address(), self.closing.clone());
        self.front.do_send(ShardOpened(myself));
        self.start_heartbeat(ctx);
        self.report_counts(ctx);
    }
}

impl Supervised for RegistryShard {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(
            self.id,
            Arc::clone(&self.front),
            self.closing.clone(),
            self.deps.clone(),
        );
    }
}

impl Handler<HeadsPolled> for RegistryShard {
    type Result = ();

    fn handle(&mut self, HeadsPolled(heads): HeadsPolled, _: &mut Context<Self>) {
        for (region, &head) in heads.iter() {
            self.regions
                .entry(region.clone())
                .or_insert_with(|| Region::at(head))
                .head_polled(head);
        }
    }
}

impl Handler<Enter> for RegistryShard {
    type Result = ();

    fn handle(&mut self, enter: Enter, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/registry_shard/enter",
            self.deps.supervision.node
        ));
        let entered = Box::new(Entered {
            next_ping: self.first_ping(&enter.peer),
            peer: enter.peer,
            queue: enter.queue,
            orders: enter.orders,
            heard: enter.heard,
            token: enter.token,
            pings: 0,
            regions: LiteMap::with_capacity(1),
            _entered: enter.entered,
        });
        if let Some(farewell) = *self.closing.borrow() {
            Self::end_late(&entered, farewell);
        }
        let (session, role) = (entered.peer.session, entered.peer.identity.role);
        self.census.came(role, entered.queue.form());
        if let Some(before) = self.sessions.insert(session, entered) {
            let role = before.peer.identity.role;
            self.census.went(role, before.queue.form());
        }
        self.report_counts(ctx);
    }
}

impl Handler<ReportCounts> for RegistryShard {
    type Result = ();

    fn handle(&mut self, _: ReportCounts, ctx: &mut Context<Self>) {
        self.report_counts(ctx);
    }
}

/// The order to a silent session.
fn no_pong() -> Disconnect {
    Disconnect {
        code: CloseCode::NoPong,
        reason: "nothing was heard for a ping interval and its grace",
    }
}
