//! Heartbeats: a ping with the regions' heads for every session, and the end of those that stay silent.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use actix::{AsyncContext, Context};
use serde::Serialize;
use uuid::Uuid;

use super::super::{Form, Peer, frame};
use super::{Entered, RegistryShard, Watching, no_pong};
use crate::domain::region::RegionId;

/// Marks of a busy region in a ping interval, for those whose filter nothing suits.
const MARKS: u64 = 5;

/// `ping` of `redress.v1`.
#[derive(Serialize)]
struct Ping<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    t: u64,
    heads: BTreeMap<&'a RegionId, i64>,
}

impl Entered {
    /// Whether a client that is to answer pings has not been heard of for so long. That of an event stream
    /// cannot speak: its connection ends when what is written to it is not acknowledged.
    fn is_silent(&self, most_ms: u64) -> bool {
        *self.queue.form() == Form::WebSocket && self.heard.silent_ms() > most_ms
    }
}

impl RegistryShard {
    /// Looks after the sessions several times a ping interval.
    pub(super) fn start_heartbeat(&self, ctx: &mut Context<Self>) {
        let beat = Duration::from_millis((self.deps.ping_ms / 8).clamp(20, 1000));
        ctx.run_interval(beat, |shard, _| shard.beat());
    }

    /// Spreads first pings over the interval, so that a mass reconnect does not ping in step.
    pub(super) fn first_ping(&self, peer: &Peer) -> Instant {
        let share = peer.session.as_u128() % u128::from(self.deps.ping_ms.max(1));
        Instant::now() + Duration::from_millis(u64::try_from(share).unwrap_or_default())
    }

    fn beat(&mut self) {
        // A ping names the regions' heads: what they stand for goes out before it.
        self.send_waves();
        let pause = Duration::from_millis(self.deps.ping_ms / MARKS);
        for (id, region) in &mut self.regions {
            region.send_marks(id, pause);
        }
        let now = Instant::now();
        self.look_after_tokens(now);
        let interval = Duration::from_millis(self.deps.ping_ms);
        let mut silent: Vec<Uuid> = Vec::new();
        let mut due: Vec<Uuid> = Vec::new();
        for (session, entered) in &mut self.sessions {
            if entered.is_silent(self.deps.ping_ms.saturating_mul(2)) {
                silent.push(*session);
            } else if entered.next_ping <= now {
                entered.next_ping = now + interval;
                entered.pings += 1;
                due.push(*session);
            }
        }
        for entered in due.iter().filter_map(|session| self.sessions.get(session)) {
            self.ping(entered);
        }
        for entered in silent
            .iter()
            .filter_map(|session| self.sessions.get(session))
        {
            Self::order(entered, &no_pong());
        }
    }

    /// The protocol's ping for programs, and a WebSocket ping for their libraries; a comment on an event
    /// stream, whose client cannot answer.
    fn ping(&self, entered: &Entered) {
        let form = entered.queue.form();
        if *form != Form::WebSocket {
            entered.queue.push(form.heartbeat());
            return;
        }
        // Behind a filter: as far as the session was told, or it would think that something was lost.
        let head = |(region, watching): (_, &Watching)| {
            let known = self.regions.get(region)?;
            Some((region, known.told(&watching.wanted)))
        };
        let ping = Ping {
            kind: "ping",
            t: entered.pings,
            heads: entered.regions.iter().filter_map(head).collect(),
        };
        match serde_json::to_string(&ping) {
            Ok(message) => {
                entered.queue.push(frame::text(&message));
                entered.queue.push(form.heartbeat());
            }
            Err(error) => slog_scope::error!("a ping cannot be encoded: {}", error),
        }
    }
}
