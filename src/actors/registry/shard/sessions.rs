//! What a shard says of its sessions, and how they leave.

use std::sync::Arc;

use actix::{Context, Handler};

use super::super::{Describe, EndSessions, ListPeers, Peer, SessionStats};
use super::{Entered, Exited, Leave, RegistryShard, Seen, Watching};
use crate::domain::region::RegionId;

impl Handler<Describe> for RegistryShard {
    type Result = Vec<SessionStats>;

    fn handle(&mut self, _: Describe, _: &mut Context<Self>) -> Self::Result {
        let lag = |entered: &Entered| {
            let behind = |(region, watching): (&RegionId, &Watching)| {
                let published = self
                    .regions
                    .get(region)
                    .map(|known| known.recent.published());
                let lag = published
                    .zip(watching.seen)
                    .map(|(published, seen)| published - seen);
                (region.clone(), lag)
            };
            entered.regions.iter().map(behind).collect()
        };
        let stats = |entered: &Entered| SessionStats {
            session: entered.peer.session,
            node: Arc::clone(&self.deps.supervision.node),
            account: entered.peer.identity.account,
            role: entered.peer.identity.role,
            address: entered.peer.address.clone(),
            client: entered.peer.client.clone(),
            transport: entered.queue.form().as_str(),
            connected_at: entered.peer.connected_at,
            lag: lag(entered),
            queued_bytes: entered.queue.waiting_bytes(),
        };
        self.sessions
            .values()
            .map(|entered| stats(entered))
            .collect()
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
            None => self
                .sessions
                .values()
                .for_each(|entered| Self::order(entered, &end.order)),
            Some(sessions) => sessions
                .iter()
                .filter_map(|session| self.sessions.get(session))
                .for_each(|entered| Self::order(entered, &end.order)),
        }
    }
}

impl Handler<Seen> for RegistryShard {
    type Result = ();

    fn handle(&mut self, seen: Seen, _: &mut Context<Self>) {
        let Some(entered) = self.sessions.get_mut(&seen.session) else {
            return;
        };
        let lags = &self.deps.supervision.metrics.push.seen_lag;
        for (region, number) in seen.numbers {
            let Some(watching) = entered.regions.get_mut(&region) else {
                continue;
            };
            watching.seen = Some(number);
            if let Some(known) = self.regions.get(&region) {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "a distance that a float cannot hold exactly is far above every bucket"
                )]
                lags.observe((known.recent.published() - number).max(0) as f64);
            }
        }
    }
}

impl Handler<Leave> for RegistryShard {
    type Result = ();

    fn handle(&mut self, leave: Leave, ctx: &mut Context<Self>) {
        self.leave(leave.session, &leave.region);
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
