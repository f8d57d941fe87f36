//! How a session joins a region: from the client's position, from a snapshot, or from now on.
//!
//! The shard gives what it holds in one step; what it does not hold is read from the table page by
//! page, never faster than the client reads, until the shard can take over without a hole.

mod pages;
mod snapshot;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use thiserror::Error;
use tokio::time::Instant;
use uuid::Uuid;

use super::WsDeps;
use super::protocol::{ErrorCode, Mode, Position, ServerMessage};
use crate::actors::region_desk::HeardBy;
use crate::actors::registry::Form;
use crate::actors::registry::queue::OutQueue;
use crate::actors::registry::shard::{
    Apart, Approach, FollowPresence, Join, Opening, Reached, ShardHandle,
};
use crate::domain::event::Filter;
use crate::domain::region::RegionId;
use crate::store::StoreError;
use crate::store::events::{self, Bounds};

/// Events of one page read from the table.
const EVENTS: i64 = 200;
/// How long a join may go without progress: a desk has to catch up, or the client has to read.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many snapshots a join begins with, if what comes behind one is erased before it goes live.
const SNAPSHOTS: usize = 3;
/// The pause before the shard is asked again.
const PAUSE: Duration = Duration::from_millis(10);

/// Why a subscription failed.
#[derive(Debug, Error)]
pub(super) enum Failure {
    /// The position cannot be resumed and no snapshot is wanted.
    #[error("the position cannot be resumed; subscribe without since to get a snapshot")]
    Unrecoverable,
    /// The desk did not catch up in time.
    #[error("the region is not ready; try again")]
    NotReady,
    /// The client does not read its snapshot: others wait for the turn.
    #[error("the snapshot was not read in time; try again")]
    NotRead,
    /// The database is away.
    #[error("the database is away; try again")]
    Store(#[from] StoreError),
    /// The region was granted when the client asked, and is not any more.
    #[error("this region is not granted to you")]
    Forbidden,
    /// The session has ended meanwhile.
    #[error("the session has ended")]
    Ended,
}

impl Failure {
    pub(super) fn code(&self) -> ErrorCode {
        match self {
            Self::Unrecoverable => ErrorCode::UnrecoverablePosition,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::NotReady | Self::NotRead | Self::Store(_) | Self::Ended => ErrorCode::Overloaded,
        }
    }
}

/// One subscription on its way.
pub(super) struct Subscription {
    pub(super) id: Option<u64>,
    pub(super) region: RegionId,
    pub(super) since: Option<Position>,
    pub(super) snapshot: bool,
    /// What is wanted of the region; `None`: everything.
    pub(super) filter: Option<Arc<Filter>>,
    /// Whether who is online and who is on the way is told too.
    pub(super) presence: bool,
    pub(super) session: Uuid,
    pub(super) shard: ShardHandle,
    pub(super) queue: Arc<OutQueue>,
    pub(super) deps: Arc<WsDeps>,
}

impl Subscription {
    /// Joins; afterwards the shard delivers.
    pub(super) async fn join(self) -> Result<(), Failure> {
        let mode = self.begin().await?;
        self.deps
            .metrics
            .push
            .joins
            .with_label_values(&[mode.as_str()])
            .inc();
        if self.presence {
            let (session, region) = (self.session, self.region);
            self.shard
                .follow_presence(FollowPresence { session, region })
                .await;
        }
        Ok(())
    }

    async fn begin(&self) -> Result<Mode, Failure> {
        match &self.since {
            Some(position) => {
                let same_history = *position.epoch == *self.deps.epoch;
                if same_history && self.resume(position.seq).await? {
                    return Ok(Mode::Resumed);
                }
                if !self.snapshot {
                    return Err(Failure::Unrecoverable);
                }
            }
            None if !self.snapshot => return self.go_from_now().await,
            None => {}
        }
        self.go_from_snapshot().await
    }

    /// Sends what comes behind `seq` and goes live; `false` when that cannot be done without a hole.
    async fn resume(&self, seq: i64) -> Result<bool, Failure> {
        let mut approach = Approach::from(seq);
        let mut announce = Some(Mode::Resumed);
        let mut begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let apart = match self.ask_shard(approach.seq(), announce).await? {
                Ok(()) => return Ok(true),
                Err(apart) => apart,
            };
            let Bounds { floor, head } = self.bounds().await?;
            if !approach.is_within(floor, head) {
                return Ok(false);
            }
            match apart {
                Apart::Unknown => return Err(Failure::Ended),
                Apart::Forbidden => return Err(Failure::Forbidden),
                Apart::Ahead => self.hurry_desk(head).await,
                Apart::Behind => match self.read_on(&mut approach, &mut announce, head).await? {
                    Reached::Further(_) => begun = Instant::now(),
                    Reached::Nothing => tokio::time::sleep(PAUSE).await,
                    Reached::Hole => return Ok(false),
                },
            }
        }
        Err(Failure::NotReady)
    }

    /// Only what happens from now on.
    async fn go_from_now(&self) -> Result<Mode, Failure> {
        let head = self.bounds().await?.head;
        if self.go_live(head, Some(Mode::Live)).await? {
            return Ok(Mode::Live);
        }
        Err(Failure::NotReady)
    }

    /// The open complaints at one moment, then everything behind that moment.
    async fn go_from_snapshot(&self) -> Result<Mode, Failure> {
        for _ in 0..SNAPSHOTS {
            let seq = self.send_snapshot().await?;
            if self.go_live(seq, None).await? {
                return Ok(Mode::Snapshot);
            }
        }
        Err(Failure::NotReady)
    }

    /// Goes live from a position that is known to be good; `false` when what comes behind it was erased meanwhile.
    async fn go_live(&self, seq: i64, mut announce: Option<Mode>) -> Result<bool, Failure> {
        let mut approach = Approach::from(seq);
        let mut begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let seq = approach.seq();
            match self.ask_shard(seq, announce).await? {
                Ok(()) => return Ok(true),
                Err(Apart::Unknown) => return Err(Failure::Ended),
                Err(Apart::Forbidden) => return Err(Failure::Forbidden),
                Err(Apart::Ahead) => self.hurry_desk(seq).await,
                Err(Apart::Behind) => {
                    match self.read_on(&mut approach, &mut announce, seq).await? {
                        Reached::Further(_) => begun = Instant::now(),
                        Reached::Nothing => tokio::time::sleep(PAUSE).await,
                        Reached::Hole => return Ok(false),
                    }
                }
            }
        }
        Err(Failure::NotReady)
    }

    /// Asks the shard to take over from `seq`, once the client has read most of what waits.
    async fn ask_shard(
        &self,
        seq: i64,
        announce: Option<Mode>,
    ) -> Result<Result<(), Apart>, Failure> {
        if !self.queue.room_for(1).await {
            return Err(Failure::Ended);
        }
        let (id, region, epoch) = (self.id, self.region.clone(), Arc::clone(&self.deps.epoch));
        let form = self.form().clone();
        let announce = Box::new(move |head| {
            let region = &region;
            let subscribed = |mode| ServerMessage::Subscribed {
                id,
                region,
                epoch: &epoch,
                mode,
                head,
            };
            let live = ServerMessage::Live { region, seq: head };
            Opening {
                before: announce.map(|mode| subscribed(mode).form(&form)),
                after: live.form(&form),
            }
        });
        let join = Join {
            session: self.session,
            region: self.region.clone(),
            since: seq,
            filter: self.filter.clone(),
            announce,
        };
        Ok(self.shard.join(join).await.map(|_head| ()))
    }

    /// The desk here has not published what another process committed: tell it, and wait a moment.
    async fn hurry_desk(&self, head: i64) {
        if let Some(desk) = self.deps.desks.of(&self.region) {
            desk.head_seen(head, HeardBy::Join);
        }
        tokio::time::sleep(PAUSE).await;
    }

    async fn bounds(&self) -> Result<Bounds, Failure> {
        let bounds = events::bounds(&self.deps.store, &self.region).await?;
        bounds.ok_or(Failure::NotReady)
    }

    fn subscribed(&self, mode: Mode, head: i64) -> Bytes {
        let (id, region, epoch) = (self.id, &self.region, &*self.deps.epoch);
        ServerMessage::Subscribed {
            id,
            region,
            epoch,
            mode,
            head,
        }
        .form(self.form())
    }

    fn form(&self) -> &Form {
        self.queue.form()
    }

    /// Puts a message into the queue, once there is room: never faster than the client reads.
    async fn send(&self, message: Bytes) -> Result<(), Failure> {
        if self.queue.room_for(message.len()).await && self.queue.push(message) {
            Ok(())
        } else {
            Err(Failure::Ended)
        }
    }
}
