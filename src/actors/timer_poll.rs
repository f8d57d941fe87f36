//! The timer poll: asks desks to look at complaints whose time has come.
//!
//! Deadlines, wake-up dates and confirmation windows are one column, `timer_at`, so that one small
//! indexed query finds whatever is due, however long nobody looked. The desk decides under the
//! complaint's row lock what to do: with many nodes each timer fires once, and one that was missed
//! while no node ran fires at the next start.

use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorFutureExt, Addr, ArbiterHandle, AsyncContext, Context, Supervised, WrapFuture,
};
use fail::fail_point;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::command::CommandError;
use super::desks::DesksHandle;
use super::supervise::{self, Supervision};
use crate::domain::account::By;
use crate::domain::action::Party;
use crate::domain::change::{Deed, Request};
use crate::store::timers::{self, Due};
use crate::store::{Store, StoreError};

/// Time between polls: well under the second that a timer may be late.
const INTERVAL: Duration = Duration::from_millis(200);
/// Timers of one poll.
const PAGE: i64 = 1000;
/// Timers that are fired at the same time: their commands share commits.
const AT_ONCE: usize = 256;
/// How long a desk may take for one.
const DEADLINE: Duration = Duration::from_secs(10);

/// What the poll works with.
#[derive(Clone)]
pub struct TimerPollDeps {
    /// The database.
    pub store: Store,
    /// Asked to fire.
    pub desks: DesksHandle,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// The actor.
pub struct TimerPoll {
    deps: TimerPollDeps,
}

impl TimerPoll {
    /// Starts the actor on an arbiter. Keep the address: it lives as long as that.
    pub fn start(home: &ArbiterHandle, deps: TimerPollDeps) -> Arc<Addr<Self>> {
        let supervision = deps.supervision.clone();
        supervise::start_on(home, "timer_poll", 16, || Self { deps }, &supervision)
    }

    fn poll(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/timer_poll/poll", self.deps.supervision.node));
        let work = poll(self.deps.clone());
        ctx.spawn(work.into_actor(self).map(|outcome, _, ctx| {
            let pause = match outcome {
                // There may be more of them.
                Ok(true) => Duration::ZERO,
                Ok(false) => INTERVAL,
                Err(error) => {
                    // The head poll tells the operator of an outage.
                    slog_scope::debug!("timers cannot be read: {}", error);
                    INTERVAL
                }
            };
            ctx.run_later(pause, Self::poll);
        }));
    }
}

/// Fires a page of timers; whether the page was full and some of it moved on.
async fn poll(deps: TimerPollDeps) -> Result<bool, StoreError> {
    let due = timers::due(&deps.store, Timestamp::now(), PAGE).await?;
    let is_full = due.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    let deps = &deps;
    let fired = stream::iter(due).map(|due| async move { fire(deps, due).await });
    let fired: Vec<bool> = fired.buffer_unordered(AT_ONCE).collect().await;
    Ok(is_full && fired.contains(&true))
}

/// Asks the complaint's desk to look at it; `false` when that failed, and the next poll tries again.
async fn fire(deps: &TimerPollDeps, due: Due) -> bool {
    let Some(desk) = deps.desks.of(&due.region) else {
        return false;
    };
    let request = Request {
        complaint: due.complaint,
        version: None,
        deed: Deed::Timer,
    };
    let who = (By::System, Party::System);
    let timers = &deps.supervision.metrics.timers;
    match desk.change(request, who, None, DEADLINE).await {
        Ok(_) => {
            let late = Timestamp::now().duration_since(due.at).as_secs_f64();
            timers.lateness.observe(late.max(0.0));
            true
        }
        // It moved meanwhile, and the next poll asks the other desk; or it was erased.
        Err(CommandError::Elsewhere(_) | CommandError::UnknownComplaint) => true,
        Err(error) => {
            timers.failures.inc();
            slog_scope::warn!("a timer could not fire: {}", error;
                "region" => due.region.as_str(), "complaint" => due.complaint.to_string());
            false
        }
    }
}

impl Actor for TimerPoll {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/timer_poll/started",
            self.deps.supervision.node
        ));
        self.poll(ctx);
    }
}

impl Supervised for TimerPoll {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self {
            deps: self.deps.clone(),
        };
    }
}
