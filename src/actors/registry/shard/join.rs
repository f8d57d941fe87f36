//! How a session joins a region without a hole: what it misses, and its place among those who watch, in one
//! step.

use std::sync::Arc;

use actix::{Context, Handler};

use super::{Apart, Join, RegistryShard, Wanted, Watching};
use crate::actors::kill_point::kill_point;

impl Handler<Join> for RegistryShard {
    type Result = Result<i64, Apart>;

    fn handle(&mut self, join: Join, ctx: &mut Context<Self>) -> Self::Result {
        let entered = self.sessions.get_mut(&join.session).ok_or(Apart::Unknown)?;
        if !entered.peer.identity.may_work_in(&join.region) {
            return Err(Apart::Forbidden);
        }
        let known = self.regions.get_mut(&join.region).ok_or(Apart::Ahead)?;
        let head = known.recent.published();
        if join.since > head {
            return Err(Apart::Ahead);
        }
        // Those who watch already get the events up to here now; the new one gets them below.
        known.send_wave(&join.region, &self.deps.supervision.metrics.push);
        let wanted = Wanted {
            filter: join.filter,
            form: entered.queue.form().clone(),
        };
        // Half of the bound: the opening itself must not overrun the queue.
        let room = (entered.queue.limit() / 2).saturating_sub(entered.queue.waiting_bytes());
        let missed = known
            .recent
            .behind(join.since, wanted.filter.as_deref(), room);
        let missed = missed.ok_or(Apart::Behind)?.into_iter();
        let (missed, told) = wanted.made(&join.region, join.since, missed);
        let opening = (join.announce)(head);
        // Without its commit's time: what a client missed says nothing of the push's latency.
        let missed = missed.into_iter().map(|event| event.frame);
        let rest = (told < head).then(|| wanted.form.skipped_to(&join.region, head));
        let frames = opening.before.into_iter().chain(missed).chain(rest);
        let mut frames = frames.chain([opening.after]);
        if frames.all(|frame| entered.queue.push(frame)) {
            kill_point("while_joining");
            known.watch(join.session, &wanted, Arc::clone(&entered.queue));
            let watching = Watching { wanted, seen: None };
            entered.regions.insert(join.region, watching);
            self.report_counts(ctx);
        }
        Ok(head)
    }
}
