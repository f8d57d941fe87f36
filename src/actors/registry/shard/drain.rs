//! How a shard empties before its node stops: every session hears at once when it is to come back, and ends
//! at that moment, so that the other nodes get the clients one after the other; or at once, when nothing more can be
//! told of the history that it follows.

use std::time::{Duration, Instant};

use actix::{AsyncContext, Context, Handler};
use rand::RngExt;

use super::super::{Drain, Farewell};
use super::{Entered, RegistryShard};
use crate::actors::kill_point::kill_point;

/// How exactly the moments are kept.
const TICK: Duration = Duration::from_millis(20);
/// Those who come in while the node drains come back within this time.
const LATE: Duration = Duration::from_secs(2);

impl Handler<Drain> for RegistryShard {
    type Result = ();

    fn handle(&mut self, drain: Drain, ctx: &mut Context<Self>) {
        let now = Instant::now();
        let count = u32::try_from(self.sessions.len()).unwrap_or(u32::MAX);
        for (turn, (session, entered)) in (0..count).zip(&self.sessions) {
            let after = share(drain.window, turn, count);
            let notice = entered.queue.form().reconnect(after, drain.farewell);
            entered.queue.push(notice);
            let stays = match drain.farewell {
                Farewell::Stop => after,
                Farewell::Anew => Duration::ZERO,
            };
            self.departures.push((now + stays, *session));
        }
        self.departures.reverse();
        self.end_due(drain.farewell);
        ctx.run_interval(TICK, move |shard, _| shard.end_due(drain.farewell));
    }
}

impl RegistryShard {
    /// Ends the sessions whose moment has come.
    fn end_due(&mut self, farewell: Farewell) {
        // What was published until now goes out before the end.
        self.send_waves();
        let now = Instant::now();
        while let Some((_, session)) = self.departures.pop_if(|(at, _)| *at <= now) {
            if let Some(entered) = self.sessions.get(&session) {
                Self::order(entered, &farewell.order());
                kill_point("while_draining");
            }
        }
    }

    /// Ends a session that came in while the node drains.
    pub(super) fn end_late(entered: &Entered, farewell: Farewell) {
        let after = LATE.mul_f64(rand::rng().random());
        let notice = entered.queue.form().reconnect(after, farewell);
        entered.queue.push(notice);
        Self::order(entered, &farewell.order());
    }
}

/// The moment of one of `count` turns, evenly spread from the beginning of the window.
fn share(window: Duration, turn: u32, count: u32) -> Duration {
    window.mul_f64(f64::from(turn) / f64::from(count.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_spread_evenly_and_one_alone_goes_at_once() {
        let window = Duration::from_secs(10);
        let all = |count| (0..count).map(move |turn| share(window, turn, count).as_millis());
        assert_eq!(all(1).collect::<Vec<_>>(), [0]);
        assert_eq!(all(4).collect::<Vec<_>>(), [0, 2500, 5000, 7500]);
        assert!(all(5000).zip(0..).all(|(at, turn)| at == turn * 2));
    }
}
