//! Presence at one shard: who is subscribed where, and which sessions are told of it.
//!
//! A session gets the whole lists of a region once and then what changes. Each change names the version of
//! the board that it follows: whoever has another one, because a change was lost or the shard began anew,
//! gets the whole lists again.

use std::collections::HashMap;
use std::sync::Arc;

use actix::{Context, Handler, Message};
use fail::fail_point;
use uuid::Uuid;

use super::super::queue::OutQueue;
use super::{RegistryShard, ShardHandle};
use crate::actors::presence::{Board, Posted};
use crate::domain::presence::{Attendance, Attendances, add};
use crate::domain::region::RegionId;

/// Tell a session who is online in a region and who is on the way where, from now on.
#[derive(Message)]
#[rtype(result = "()")]
pub struct FollowPresence {
    /// The session.
    pub session: Uuid,
    /// The region, to which it is subscribed.
    pub region: RegionId,
}

/// Who is subscribed to which region?
#[derive(Clone, Copy, Message)]
#[rtype(result = "Attendances")]
struct ListAttendances;

/// A session that is told.
struct Told {
    queue: Arc<OutQueue>,
    /// The version of the board that its client has.
    version: u64,
}

/// The sessions that are told, by region.
#[derive(Default)]
pub(super) struct Followers(HashMap<RegionId, HashMap<Uuid, Told>>);

impl Followers {
    /// Tells a session no more.
    pub(super) fn forget(&mut self, session: Uuid, region: &RegionId) {
        if let Some(told) = self.0.get_mut(region) {
            told.remove(&session);
            if told.is_empty() {
                self.0.remove(region);
            }
        }
    }

    /// Gives a session the whole lists.
    fn begin(&mut self, session: Uuid, region: RegionId, queue: &Arc<OutQueue>, board: &Board) {
        let notice = board.notice(&region);
        for frame in notice.frames(&region) {
            queue.push(frame.clone());
        }
        let told = Told {
            queue: Arc::clone(queue),
            version: notice.version(),
        };
        self.0.entry(region).or_default().insert(session, told);
    }

    /// Tells everybody who follows a region, and is subscribed to it still, what changed.
    fn tell(&mut self, posted: &Posted, board: &Board, is_subscribed: impl Fn(&Uuid) -> bool) {
        let Some(followers) = self.0.get_mut(&posted.region) else {
            return;
        };
        followers.retain(|session, _| is_subscribed(session));
        let notice = board.notice(&posted.region);
        for told in followers.values_mut() {
            // Whoever came after the change has it in the whole lists.
            if told.version >= posted.to {
                continue;
            }
            let is_next = told.version == posted.from;
            let frames = if is_next {
                &*posted.frames
            } else {
                notice.frames(&posted.region)
            };
            for frame in frames {
                told.queue.push(frame.clone());
            }
            told.version = if is_next { posted.to } else { notice.version() };
        }
    }
}

impl ShardHandle {
    /// Tells a session who is online in a region from now on.
    pub async fn follow_presence(&self, follow: FollowPresence) {
        if self.addr.send(follow).await.is_err() {
            slog_scope::debug!("a shard was restarted while a session asked for presence");
        }
    }

    /// Who is subscribed to which region.
    pub(in super::super) async fn attendances(&self) -> Attendances {
        self.addr.send(ListAttendances).await.unwrap_or_default()
    }

    /// Passes on what was posted.
    #[expect(
        clippy::disallowed_methods,
        reason = "bounded: about twenty messages a region and second"
    )]
    pub(in super::super) fn post(&self, posted: Posted) {
        self.addr.do_send(posted);
    }
}

impl Handler<ListAttendances> for RegistryShard {
    type Result = actix::MessageResult<ListAttendances>;

    fn handle(&mut self, _: ListAttendances, _: &mut Context<Self>) -> Self::Result {
        let mut all = Attendances::new();
        for entered in self.sessions.values() {
            let attendance = Attendance {
                sockets: 1,
                since: entered.peer.connected_at,
            };
            for region in entered.regions.keys() {
                let key = (region.clone(), entered.peer.identity.account);
                add(&mut all, key, attendance);
            }
        }
        actix::MessageResult(all)
    }
}

impl Handler<FollowPresence> for RegistryShard {
    type Result = ();

    fn handle(&mut self, follow: FollowPresence, _: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/registry_shard/follow_presence",
            self.deps.supervision.node
        ));
        let FollowPresence { session, region } = follow;
        if let Some(entered) = self.sessions.get(&session)
            && entered.regions.contains_key(&region)
        {
            let board = &self.deps.board;
            self.followers.begin(session, region, &entered.queue, board);
        }
    }
}

impl Handler<Posted> for RegistryShard {
    type Result = ();

    fn handle(&mut self, posted: Posted, _: &mut Context<Self>) {
        let is_subscribed = |session: &Uuid| {
            let entered = self.sessions.get(session);
            entered.is_some_and(|entered| entered.regions.contains_key(&posted.region))
        };
        self.followers
            .tell(&posted, &self.deps.board, is_subscribed);
    }
}
