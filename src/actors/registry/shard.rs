//! A shard of the registry: the sessions of one HTTP worker, and the events that it hands to them.
//!
//! Joining without a hole: [`Join`] compares the client's number with what the shard holds, delivers
//! what is missing and enters the session in the live list in one step; nothing comes between. What
//! the shard does not hold, the session reads from the table until it is close enough, and asks again.
//! A shard that panics starts empty: its sessions are told to come back, and they resume.

mod handle;
mod heartbeat;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Actor, Addr, AsyncContext, Context, Handler, Message, Recipient, Supervised};
use bytes::Bytes;
use fail::fail_point;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::front::{SessionRegistry, ShardCounted, ShardOpened};
use super::queue::OutQueue;
use super::recent::Recent;
use super::{
    CloseCode, Counts, Describe, Disconnect, EndSessions, HeadsPolled, LastHeard, ListPeers, Peer,
    Publish, RegistryDeps, SessionStats,
};
use crate::actors::region_desk::Republish;
use crate::domain::region::RegionId;
pub use handle::ShardHandle;

/// Counts are sent to the front at once, and then at most once in this time.
const COUNT_PAUSE: Duration = Duration::from_millis(20);
/// How long a region's recent events are kept after its last watcher left: a mass reconnect needs them.
const KEEP_UNWATCHED: Duration = Duration::from_secs(120);

/// A session that has signed in.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Enter {
    /// Who it is.
    pub peer: Peer,
    /// Its outgoing bytes.
    pub queue: Arc<OutQueue>,
    /// Where orders to it go.
    pub orders: Recipient<Disconnect>,
    /// When it was last heard of.
    pub heard: LastHeard,
    /// Dropped when the shard forgets the session; the session then ends.
    pub entered: oneshot::Sender<()>,
}

/// What a session's client gets around the events that it missed.
pub struct Opening {
    /// Before them.
    pub before: Option<Bytes>,
    /// After them.
    pub after: Bytes,
}

/// Makes the opening from the region's number at the moment of joining.
pub type Announce = Box<dyn FnOnce(i64) -> Opening + Send>;

/// Why a session cannot join yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// The shard does not hold all events behind the client's number: read them from the table.
    Behind,
    /// The client knows a number that was not published here yet; the desk is about to catch up.
    Ahead,
    /// The session is not entered (any more).
    Unknown,
}

/// Deliver what the client misses and keep it live, in one step.
#[derive(Message)]
#[rtype(result = "Result<i64, Apart>")]
pub struct Join {
    /// The session.
    pub session: Uuid,
    /// The region.
    pub region: RegionId,
    /// The client's number.
    pub since: i64,
    /// What it gets around the missed events.
    pub announce: Announce,
}

/// Stop delivering a region to a session.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Leave {
    /// The session.
    pub session: Uuid,
    /// The region.
    pub region: RegionId,
}

/// A session has ended.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Exited(pub Uuid);

/// A client said which numbers it has seen.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Seen {
    /// The session.
    pub session: Uuid,
    /// By region.
    pub numbers: BTreeMap<RegionId, i64>,
}

/// Say what you have.
#[derive(Clone, Copy, Message)]
#[rtype(result = "()")]
struct ReportCounts;

/// An entered session.
struct Entered {
    peer: Peer,
    queue: Arc<OutQueue>,
    orders: Recipient<Disconnect>,
    heard: LastHeard,
    next_ping: Instant,
    pings: u64,
    /// The regions that it watches, with the number that it said to have seen.
    regions: BTreeMap<RegionId, Option<i64>>,
    _entered: oneshot::Sender<()>,
}

/// What a shard knows of one region.
struct Region {
    recent: Recent,
    watchers: HashMap<Uuid, Arc<OutQueue>>,
    unwatched_since: Instant,
    /// Whom to ask for what was missed, and whether it was asked and has not answered.
    desk: Option<Arc<Recipient<Republish>>>,
    behind_at_last_poll: bool,
}

impl Region {
    fn at(published: i64) -> Self {
        Self {
            recent: Recent::at(published),
            watchers: HashMap::new(),
            unwatched_since: Instant::now(),
            desk: None,
            behind_at_last_poll: false,
        }
    }

    /// Whether its events are worth keeping.
    fn is_watched(&self) -> bool {
        !self.watchers.is_empty() || self.unwatched_since.elapsed() < KEEP_UNWATCHED
    }

    /// Asks the desk for everything behind what was published here.
    fn ask_again(&self) {
        let Some(desk) = &self.desk else { return };
        let after = self.recent.published();
        if desk.try_send(Republish { after }).is_err() {
            slog_scope::debug!("a desk is busy; it is asked again after the next poll");
        }
    }
}

/// The actor.
pub struct RegistryShard {
    id: Uuid,
    front: Arc<Addr<SessionRegistry>>,
    deps: RegistryDeps,
    sessions: HashMap<Uuid, Entered>,
    regions: HashMap<RegionId, Region>,
    /// Set once the node drains: whoever still enters is told to go.
    closing: Option<Disconnect>,
    counts_sent: bool,
    counts_changed: bool,
}

impl RegistryShard {
    fn new(id: Uuid, front: Arc<Addr<SessionRegistry>>, deps: RegistryDeps) -> Self {
        Self {
            id,
            front,
            deps,
            sessions: HashMap::new(),
            regions: HashMap::new(),
            closing: None,
            counts_sent: false,
            counts_changed: false,
        }
    }

    /// Hands the events to every watcher; asks the desk again when some were missed.
    fn deliver(&mut self, publish: Publish) {
        let Publish {
            region,
            head,
            events,
            desk,
        } = publish;
        let first = events.first().map_or(head, |event| event.seq - 1);
        let known = self
            .regions
            .entry(region)
            .or_insert_with(|| Region::at(first));
        known.desk = Some(desk);
        let most = if known.is_watched() {
            self.deps.recent_bytes
        } else {
            0
        };
        let mut delivered = 0;
        for event in events.iter() {
            if !known.recent.push(event, most) {
                continue;
            }
            for queue in known.watchers.values() {
                delivered += u64::from(queue.push_event(event.frame.clone(), event.committed_at));
            }
        }
        self.deps
            .supervision
            .metrics
            .push
            .events_delivered
            .inc_by(delivered);
        if known.recent.published() < head {
            known.ask_again();
        }
    }

    /// Forgets a session everywhere.
    fn forget(&mut self, session: Uuid) {
        let Some(entered) = self.sessions.remove(&session) else {
            return;
        };
        for region in entered.regions.keys() {
            self.unwatch(session, region);
        }
    }

    fn unwatch(&mut self, session: Uuid, region: &RegionId) {
        if let Some(known) = self.regions.get_mut(region)
            && known.watchers.remove(&session).is_some()
            && known.watchers.is_empty()
        {
            known.unwatched_since = Instant::now();
        }
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for entered in self.sessions.values() {
            *counts
                .by_role
                .entry(entered.peer.identity.role)
                .or_default() += 1;
        }
        for (region, known) in &self.regions {
            if !known.watchers.is_empty() {
                counts
                    .by_region
                    .insert(region.clone(), known.watchers.len());
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
        if entered.orders.try_send(order.clone()).is_err() {
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
        self.front
            .do_send(ShardOpened(ShardHandle::of(self.id, ctx.address())));
        self.start_heartbeat(ctx);
        self.report_counts(ctx);
    }
}

impl Supervised for RegistryShard {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(self.id, Arc::clone(&self.front), self.deps.clone());
    }
}

impl Handler<Publish> for RegistryShard {
    type Result = ();

    fn handle(&mut self, publish: Publish, _: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/registry_shard/publish",
            self.deps.supervision.node
        ));
        self.deliver(publish);
    }
}

impl Handler<HeadsPolled> for RegistryShard {
    type Result = ();

    /// What is behind the database at two polls in a row was missed, not merely on its way.
    fn handle(&mut self, HeadsPolled(heads): HeadsPolled, _: &mut Context<Self>) {
        for (region, &head) in heads.iter() {
            let known = self
                .regions
                .entry(region.clone())
                .or_insert_with(|| Region::at(head));
            let behind = known.recent.published() < head;
            if behind && known.behind_at_last_poll {
                known.ask_again();
            }
            known.behind_at_last_poll = behind;
            if !known.is_watched() {
                known.recent.forget();
            }
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
        let entered = Entered {
            next_ping: self.first_ping(&enter.peer),
            peer: enter.peer,
            queue: enter.queue,
            orders: enter.orders,
            heard: enter.heard,
            pings: 0,
            regions: BTreeMap::new(),
            _entered: enter.entered,
        };
        if let Some(order) = &self.closing {
            Self::order(&entered, order);
        }
        self.sessions.insert(entered.peer.session, entered);
        self.report_counts(ctx);
    }
}

impl Handler<Join> for RegistryShard {
    type Result = Result<i64, Apart>;

    fn handle(&mut self, join: Join, ctx: &mut Context<Self>) -> Self::Result {
        let entered = self.sessions.get_mut(&join.session).ok_or(Apart::Unknown)?;
        let known = self.regions.get_mut(&join.region).ok_or(Apart::Ahead)?;
        let head = known.recent.published();
        if join.since > head {
            return Err(Apart::Ahead);
        }
        // Half of the bound: the opening itself must not overrun the queue.
        let room = (entered.queue.limit() / 2).saturating_sub(entered.queue.waiting_bytes());
        let missed = known.recent.behind(join.since, room).ok_or(Apart::Behind)?;
        let opening = (join.announce)(head);
        let mut sent = opening
            .before
            .is_none_or(|before| entered.queue.push(before));
        for event in missed {
            sent &= entered.queue.push_event(event.frame, event.committed_at);
        }
        sent &= entered.queue.push(opening.after);
        if sent {
            known
                .watchers
                .insert(join.session, Arc::clone(&entered.queue));
            entered.regions.insert(join.region, None);
            self.report_counts(ctx);
        }
        Ok(head)
    }
}

impl Handler<Leave> for RegistryShard {
    type Result = ();

    fn handle(&mut self, leave: Leave, ctx: &mut Context<Self>) {
        self.unwatch(leave.session, &leave.region);
        if let Some(entered) = self.sessions.get_mut(&leave.session) {
            entered.regions.remove(&leave.region);
        }
        self.report_counts(ctx);
    }
}

impl Handler<Exited> for RegistryShard {
    type Result = ();

    fn handle(&mut self, Exited(session): Exited, ctx: &mut Context<Self>) {
        self.forget(session);
        self.report_counts(ctx);
    }
}

impl Handler<Seen> for RegistryShard {
    type Result = ();

    fn handle(&mut self, seen: Seen, _: &mut Context<Self>) {
        let Some(entered) = self.sessions.get_mut(&seen.session) else {
            return;
        };
        for (region, number) in seen.numbers {
            if let Some(known) = entered.regions.get_mut(&region) {
                *known = Some(number);
            }
        }
    }
}

impl Handler<ReportCounts> for RegistryShard {
    type Result = ();

    fn handle(&mut self, _: ReportCounts, ctx: &mut Context<Self>) {
        self.report_counts(ctx);
    }
}

impl Handler<Describe> for RegistryShard {
    type Result = Vec<SessionStats>;

    fn handle(&mut self, _: Describe, _: &mut Context<Self>) -> Self::Result {
        let lag = |entered: &Entered| {
            let behind = |(region, seen): (&RegionId, &Option<i64>)| {
                let published = self
                    .regions
                    .get(region)
                    .map(|known| known.recent.published());
                let lag = published
                    .zip(*seen)
                    .map(|(published, seen)| published - seen);
                (region.clone(), lag)
            };
            entered.regions.iter().map(behind).collect()
        };
        let stats = |entered: &Entered| SessionStats {
            session: entered.peer.session,
            account: entered.peer.identity.account,
            role: entered.peer.identity.role,
            address: entered.peer.address.clone(),
            client: entered.peer.client.clone(),
            connected_at: entered.peer.connected_at,
            lag: lag(entered),
            queued_bytes: entered.queue.waiting_bytes(),
        };
        self.sessions.values().map(stats).collect()
    }
}

impl Handler<ListPeers> for RegistryShard {
    type Result = Vec<Peer>;

    fn handle(&mut self, _: ListPeers, _: &mut Context<Self>) -> Self::Result {
        self.sessions
            .values()
            .map(|entered| entered.peer.clone())
            .collect()
    }
}

impl Handler<EndSessions> for RegistryShard {
    type Result = ();

    fn handle(&mut self, end: EndSessions, _: &mut Context<Self>) {
        match &end.sessions {
            None => {
                self.sessions
                    .values()
                    .for_each(|entered| Self::order(entered, &end.order));
                self.closing = Some(end.order);
            }
            Some(sessions) => sessions
                .iter()
                .filter_map(|session| self.sessions.get(session))
                .for_each(|entered| Self::order(entered, &end.order)),
        }
    }
}

/// The order to a silent session.
fn no_pong() -> Disconnect {
    Disconnect {
        code: CloseCode::NoPong,
        reason: "nothing was heard for a ping interval and its grace",
    }
}
