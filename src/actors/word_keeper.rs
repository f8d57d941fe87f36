//! The word keeper: notes, once a second, the words and places by which new complaints are found.
//!
//! They are kept apart from the writing of complaints, which would cost twice as much with them. A
//! search does the same before it searches, so that nothing that was answered is missed; this actor
//! keeps what is left for it short. In a storm it leaves the machine to those who submit, as long as
//! a search would take up what is left within about three seconds.

use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorFutureExt, Addr, ArbiterHandle, AsyncContext, Context, Supervised, WrapFuture,
};
use fail::fail_point;

use super::supervise::{self, Supervision};
use crate::store::{Store, words};

/// Time between two looks.
const INTERVAL: Duration = Duration::from_secs(1);

/// Events in that time that are a storm: noting the words of so many takes more than a tenth of a core.
const STORM: i64 = 3000;
/// Most events that wait for the end of a storm.
const LEFT_MOST: i64 = 50_000;

/// What the keeper works with.
#[derive(Clone)]
pub struct WordKeeperDeps {
    /// The database.
    pub store: Store,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// The actor.
pub struct WordKeeper {
    deps: WordKeeperDeps,
    /// Events that the last look left for later.
    left: i64,
}

impl WordKeeper {
    /// Starts the actor on an arbiter. Keep the address: it lives as long as that.
    pub fn start(home: &ArbiterHandle, deps: WordKeeperDeps) -> Arc<Addr<Self>> {
        let supervision = deps.supervision.clone();
        supervise::start_on(
            home,
            "word_keeper",
            16,
            || Self { deps, left: 0 },
            &supervision,
        )
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/word_keeper/look", self.deps.supervision.node));
        let (store, left) = (self.deps.store.clone(), self.left);
        let work = async move {
            let behind = words::behind(&store).await?;
            if may_wait(behind, left) {
                return Ok(behind);
            }
            words::catch_up(&store).await.map(|()| 0)
        };
        ctx.spawn(work.into_actor(self).map(|outcome, keeper, ctx| {
            match outcome {
                Ok(left) => keeper.left = left,
                // The head poll tells the operator of an outage.
                Err(error) => {
                    slog_scope::debug!("the words of complaints cannot be noted: {}", error);
                }
            }
            ctx.run_later(INTERVAL, Self::look);
        }));
    }
}

/// Whether what is `behind` may wait, of which the last look had `left` so much.
fn may_wait(behind: i64, left: i64) -> bool {
    behind - left > STORM && behind < LEFT_MOST
}

impl Actor for WordKeeper {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/word_keeper/started",
            self.deps.supervision.node
        ));
        self.look(ctx);
    }
}

impl Supervised for WordKeeper {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self {
            deps: self.deps.clone(),
            left: 0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wait_in_a_storm_and_no_longer() {
        assert!(!may_wait(0, 0));
        assert!(!may_wait(STORM, 0), "usual load");
        assert!(may_wait(STORM + 1, 0), "a storm begins");
        assert!(may_wait(3 * STORM, STORM), "it goes on");
        assert!(!may_wait(3 * STORM, 2 * STORM), "it is over");
        assert!(!may_wait(10, 5000), "a search took them up");
        assert!(!may_wait(LEFT_MOST, 40_000), "too many");
    }
}
