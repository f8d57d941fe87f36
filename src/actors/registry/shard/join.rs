//! How a session joins a region without a hole: what it misses, and its place among those who watch, in one
//! step.

use std::sync::Arc;

use actix::{Context, Handler};
use uuid::Uuid;

use super::super::queue::OutQueue;
use super::{Announce, Apart, Join, Region, RegistryShard, Wanted, Watching};
use crate::actors::kill_point::kill_point;
use crate::domain::region::RegionId;
use crate::telemetry::metrics::PushMetrics;

/// A session on its way in.
pub(super) struct Newcomer<'a> {
    pub(super) session: Uuid,
    pub(super) queue: &'a Arc<OutQueue>,
    pub(super) wanted: &'a Wanted,
    /// The client's number.
    pub(super) since: i64,
    pub(super) announce: Announce,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Admitted {
    /// How far the region is.
    pub(super) head: i64,
    /// Whether the session watches now; its queue may have ended meanwhile.
    pub(super) is_in: bool,
}

impl Region {
    /// Gives a session what it misses, and then its place among those who watch.
    ///
    /// # Errors
    /// When the region is not as far as the client, or does not hold all that the client misses.
    pub(super) fn admit(
        &mut self,
        region: &RegionId,
        newcomer: Newcomer<'_>,
        metrics: &PushMetrics,
    ) -> Result<Admitted, Apart> {
        let Newcomer {
            queue,
            wanted,
            since,
            ..
        } = newcomer;
        let head = self.recent.published();
        if since > head {
            return Err(Apart::Ahead);
        }
        // Those who watch already get the events up to here now; the new one gets them below.
        self.send_wave(region, metrics);
        // Half of the bound: the opening itself must not overrun the queue.
        let room = (queue.limit() / 2).saturating_sub(queue.waiting_bytes());
        let missed = self.recent.behind(since, wanted.filter.as_deref(), room);
        let missed = missed.ok_or(Apart::Behind)?.into_iter();
        let (missed, told) = wanted.made(region, since, missed);
        let opening = (newcomer.announce)(head);
        // Without its commit's time: what a client missed says nothing of the push's latency.
        let missed = missed.into_iter().map(|event| event.frame);
        let rest = (told < head).then(|| wanted.form.skipped_to(region, head));
        let frames = opening.before.into_iter().chain(missed).chain(rest);
        let is_in = frames.chain([opening.after]).all(|frame| queue.push(frame));
        if is_in {
            kill_point("while_joining");
            self.watch(newcomer.session, wanted, Arc::clone(queue));
        }
        Ok(Admitted { head, is_in })
    }
}

impl Handler<Join> for RegistryShard {
    type Result = Result<i64, Apart>;

    fn handle(&mut self, join: Join, ctx: &mut Context<Self>) -> Self::Result {
        let entered = self.sessions.get_mut(&join.session).ok_or(Apart::Unknown)?;
        if !entered.peer.identity.may_work_in(&join.region) {
            return Err(Apart::Forbidden);
        }
        let known = self.regions.get_mut(&join.region).ok_or(Apart::Ahead)?;
        let wanted = Wanted {
            filter: join.filter,
            form: entered.queue.form().clone(),
        };
        let newcomer = Newcomer {
            session: join.session,
            queue: &entered.queue,
            wanted: &wanted,
            since: join.since,
            announce: join.announce,
        };
        let metrics = &self.deps.supervision.metrics.push;
        let Admitted { head, is_in } = known.admit(&join.region, newcomer, metrics)?;
        if is_in {
            let watching = Watching { wanted, seen: None };
            entered.regions.insert(join.region, watching);
            self.report_counts(ctx);
        }
        Ok(head)
    }
}
