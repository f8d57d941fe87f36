//! The word keeper: notes, once a second, the words and places by which new complaints are found.
//!
//! They are kept apart from the writing of complaints, which would cost twice as much with them. A
//! search does the same before it searches, so that nothing that was answered is missed; this actor
//! keeps what is left for it short.

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
}

impl WordKeeper {
    /// Starts the actor on an arbiter. Keep the address: it lives as long as that.
    pub fn start(home: &ArbiterHandle, deps: WordKeeperDeps) -> Arc<Addr<Self>> {
        let supervision = deps.supervision.clone();
        supervise::start_on(home, "word_keeper", 16, || Self { deps }, &supervision)
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/word_keeper/look", self.deps.supervision.node));
        let store = self.deps.store.clone();
        let work = async move { words::catch_up(&store).await };
        ctx.spawn(work.into_actor(self).map(|outcome, _, ctx| {
            if let Err(error) = outcome {
                // The head poll tells the operator of an outage.
                slog_scope::debug!("the words of complaints cannot be noted: {}", error);
            }
            ctx.run_later(INTERVAL, Self::look);
        }));
    }
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
        };
    }
}
