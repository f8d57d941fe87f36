//! Restarts an actor that panics, keeping its mailbox and its addresses.
//!
//! `actix::Supervisor` restarts on `ctx.stop()` only; after a panic its address is dead for good.
//! Here the actor's future is polled behind `catch_unwind`: a panic costs the message that caused
//! it (its caller gets "closed"), then the actor starts anew with back-off. An actor that panics
//! more often than its budget allows ends the process: a process manager restarts us.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::dev::ContextFut;
use actix::dev::channel::{self, AddressReceiver};
use actix::{Actor, Addr, ArbiterHandle, Context, Supervised};
use futures_util::FutureExt;

use crate::telemetry::at_work::{self, AtWork};
use crate::telemetry::metrics::Metrics;

/// Restarts that an actor may need within [`WINDOW`] before the process ends.
const BUDGET: usize = 10;
/// The time over which restarts are counted.
const WINDOW: Duration = Duration::from_secs(60);
/// The pause before the first restart; each further one within the window doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// What supervision needs from the process. Cheap to clone.
#[derive(Clone)]
pub struct Supervision {
    /// This node's name: part of the names of its fail points.
    pub node: Arc<str>,
    /// Counts restarts.
    pub metrics: Metrics,
    /// Called when an actor's budget is spent, with the actor's name.
    pub give_up: Arc<dyn Fn(&'static str) + Send + Sync>,
}

/// Starts a supervised actor on the present thread's arbiter.
///
/// `capacity` bounds its mailbox for as long as callers share the returned address: a clone of an
/// `Addr` is a new sender with room of its own.
pub fn start<A>(
    name: &'static str,
    capacity: usize,
    actor: A,
    supervision: &Supervision,
) -> Arc<Addr<A>>
where
    A: Actor<Context = Context<A>> + Supervised,
{
    let (sender, receiver) = channel::channel(capacity);
    run(name, receiver, actor, supervision.clone());
    Arc::new(Addr::new(sender))
}

/// Starts a supervised actor on the arbiter `home`; `make` runs there.
pub fn start_on<A>(
    home: &ArbiterHandle,
    name: &'static str,
    capacity: usize,
    make: impl FnOnce() -> A + Send + 'static,
    supervision: &Supervision,
) -> Arc<Addr<A>>
where
    A: Actor<Context = Context<A>> + Supervised,
{
    let (sender, receiver) = channel::channel(capacity);
    let supervision = supervision.clone();
    let sent = home.spawn_fn(move || run(name, receiver, make(), supervision));
    if !sent {
        slog_scope::error!("{} was not started: its arbiter has ended", name);
    }
    Arc::new(Addr::new(sender))
}

fn run<A>(name: &'static str, receiver: AddressReceiver<A>, actor: A, supervision: Supervision)
where
    A: Actor<Context = Context<A>> + Supervised,
{
    let life = Context::with_receiver(receiver).into_future(actor);
    // The first restart is an increase from 0 then.
    supervision
        .metrics
        .actor_restarts
        .with_label_values(&[name]);
    actix::spawn(at_work::on(
        AtWork::Actor(name),
        supervise(name, life, supervision),
    ));
}

async fn supervise<A>(
    name: &'static str,
    mut life: ContextFut<A, Context<A>>,
    supervision: Supervision,
) where
    A: Actor<Context = Context<A>> + Supervised,
{
    let mut restarts = Restarts::default();
    while AssertUnwindSafe(&mut life).catch_unwind().await.is_err() {
        if !restart(name, &mut life, &mut restarts, &supervision).await {
            return;
        }
    }
}

/// Starts the actor anew; `false` when nobody can reach it any more or its budget is spent.
async fn restart<A>(
    name: &'static str,
    life: &mut ContextFut<A, Context<A>>,
    restarts: &mut Restarts,
    supervision: &Supervision,
) -> bool
where
    A: Actor<Context = Context<A>> + Supervised,
{
    loop {
        supervision
            .metrics
            .actor_restarts
            .with_label_values(&[name])
            .inc();
        let Some(pause) = restarts.pause(Instant::now()) else {
            slog_scope::crit!(
                "{} panicked {} times within {} s; giving up",
                name,
                BUDGET,
                WINDOW.as_secs()
            );
            (supervision.give_up)(name);
            return false;
        };
        slog_scope::error!("{} panicked; starting it anew", name; "after_ms" => pause.as_millis());
        tokio::time::sleep(pause).await;
        if let Ok(restarted) = std::panic::catch_unwind(AssertUnwindSafe(|| life.restart())) {
            return restarted;
        }
    }
}

/// The recent restarts of one actor.
#[derive(Default)]
struct Restarts(VecDeque<Instant>);

impl Restarts {
    /// How long to wait before one more restart at `now`; `None` when the budget is spent.
    fn pause(&mut self, now: Instant) -> Option<Duration> {
        while self
            .0
            .front()
            .is_some_and(|&at| now.duration_since(at) > WINDOW)
        {
            self.0.pop_front();
        }
        let recent = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        if self.0.len() >= BUDGET {
            return None;
        }
        self.0.push_back(now);
        Some(FIRST_PAUSE.saturating_mul(2u32.saturating_pow(recent)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix::{AsyncContext, Handler, Message, ResponseActFuture, WrapFuture};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Panics where it is told to; counts its starts.
    struct Brittle {
        starts: Arc<AtomicUsize>,
        failing_starts: Arc<AtomicUsize>,
    }

    #[derive(Message)]
    #[rtype(result = "usize")]
    enum Ask {
        Starts,
        PanicInHandler,
        PanicInFuture,
        PanicInTimer,
    }

    impl Actor for Brittle {
        type Context = Context<Self>;
        fn started(&mut self, _: &mut Context<Self>) {
            self.starts.fetch_add(1, Ordering::SeqCst);
            let left = self.failing_starts.load(Ordering::SeqCst);
            if left > 0 {
                self.failing_starts.store(left - 1, Ordering::SeqCst);
                panic!("provoked while starting");
            }
        }
    }

    impl Supervised for Brittle {
        fn restarting(&mut self, _: &mut Context<Self>) {}
    }

    impl Handler<Ask> for Brittle {
        type Result = ResponseActFuture<Self, usize>;
        fn handle(&mut self, ask: Ask, ctx: &mut Context<Self>) -> Self::Result {
            let starts = self.starts.load(Ordering::SeqCst);
            match ask {
                Ask::PanicInHandler => panic!("provoked in a handler"),
                Ask::PanicInFuture => {
                    Box::pin(async { panic!("provoked in a future") }.into_actor(self))
                }
                Ask::PanicInTimer => {
                    ctx.run_later(Duration::from_millis(1), |_, _| {
                        panic!("provoked in a timer")
                    });
                    Box::pin(async move { starts }.into_actor(self))
                }
                Ask::Starts => Box::pin(async move { starts }.into_actor(self)),
            }
        }
    }

    fn brittle(failing_starts: usize, gave_up: &Arc<AtomicUsize>) -> Arc<Addr<Brittle>> {
        let gave_up = Arc::clone(gave_up);
        let supervision = Supervision {
            node: "test".into(),
            metrics: Metrics::new().unwrap(),
            give_up: Arc::new(move |_| {
                gave_up.fetch_add(1, Ordering::SeqCst);
            }),
        };
        let actor = Brittle {
            starts: Arc::default(),
            failing_starts: Arc::new(AtomicUsize::new(failing_starts)),
        };
        start("brittle", 16, actor, &supervision)
    }

    #[actix::test]
    async fn the_next_message_is_answered_after_a_panic_anywhere() {
        let gave_up = Arc::default();
        let addr = brittle(1, &gave_up);
        assert_eq!(
            addr.send(Ask::Starts).await.unwrap(),
            2,
            "started again after a failed start"
        );
        assert!(addr.send(Ask::PanicInHandler).await.is_err());
        assert_eq!(addr.send(Ask::Starts).await.unwrap(), 3);
        assert!(addr.send(Ask::PanicInFuture).await.is_err());
        assert_eq!(addr.send(Ask::Starts).await.unwrap(), 4);
        assert_eq!(addr.send(Ask::PanicInTimer).await.unwrap(), 4);
        // An answer that is on its way when the timer panics is lost with it.
        while addr.send(Ask::Starts).await.unwrap_or_default() < 5 {
            tokio::task::yield_now().await;
        }
        assert_eq!(gave_up.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_spent_budget_gives_up_and_an_old_restart_no_longer_counts() {
        let mut restarts = Restarts::default();
        let begin = Instant::now();
        let pauses: Vec<_> = (0..BUDGET)
            .map(|_| restarts.pause(begin).unwrap())
            .collect();
        assert!(pauses.windows(2).all(|pair| pair[1] == pair[0] * 2));
        assert_eq!(restarts.pause(begin), None);
        let later = begin + WINDOW + Duration::from_secs(1);
        assert_eq!(restarts.pause(later), Some(FIRST_PAUSE));
    }

    #[actix::test]
    async fn an_actor_that_never_starts_gives_up() {
        let gave_up: Arc<AtomicUsize> = Arc::default();
        let addr = brittle(usize::MAX, &gave_up);
        assert!(addr.send(Ask::Starts).await.is_err());
        assert_eq!(gave_up.load(Ordering::SeqCst), 1);
    }

    #[actix::test]
    async fn a_shared_address_keeps_its_bound() {
        let gave_up = Arc::default();
        let addr = brittle(0, &gave_up);
        let accepted = (0..1000)
            .filter(|_| addr.try_send(Ask::Starts).is_ok())
            .count();
        assert!(
            accepted <= 17,
            "{accepted} messages were accepted by a mailbox of 16"
        );
    }
}
