//! A commit lane: one write connection with one batch in flight, and under load the next behind it.
//!
//! What arrives from any of its regions while a batch is being committed is the next batch: alone
//! a command commits at once, under load hundreds share one fsync. A batch of submissions that has
//! grown as large as the one in flight is sent along behind it, so that the database goes from one
//! to the other without waiting for us. The lane decides each command by the state machine under
//! the complaints' row locks; it publishes nothing, and it never keeps a connection whose last
//! batch is half-known.

mod alone;
mod attempt;
mod batch;
mod tally;

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorFutureExt, Addr, ArbiterHandle, AsyncContext, Context, Handler, Message,
    Supervised, WrapFuture,
};
use fail::fail_point;

use super::command::{Command, CommandError, Work};
use super::supervise::{self, Supervision};
use crate::store::catalogue::CatalogueCell;
use crate::store::connect::Database;
use crate::store::{Session, commit};
use alone::Alone;

/// Messages that a lane's mailbox holds before it refuses.
const MAILBOX: usize = 4096;
/// Commands that a lane holds beside its mailbox before it refuses.
const QUEUE: usize = 16_384;
/// The pause after a batch that found no database.
const RECONNECT_PAUSE: Duration = Duration::from_millis(100);

/// What a lane works with.
pub struct LaneDeps {
    /// Its number, as a metric's label.
    pub name: String,
    /// Where its connection leads.
    pub database: Database,
    /// The rules by which it decides.
    pub catalogue: CatalogueCell,
    /// Most commands of one commit.
    pub batch: usize,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// How desks reach their lane. Cheap to clone; all clones share one mailbox bound.
#[derive(Clone)]
pub struct LaneHandle(Arc<Addr<CommitLane>>);

impl LaneHandle {
    /// Starts a lane on an arbiter.
    pub fn start(home: &ArbiterHandle, deps: LaneDeps) -> Self {
        let supervision = deps.supervision.clone();
        Self(supervise::start_on(
            home,
            "commit_lane",
            MAILBOX,
            || CommitLane::new(Rc::new(deps)),
            &supervision,
        ))
    }

    /// Hands over a command; a full lane refuses it to its caller.
    pub fn hand_over(&self, command: Command) {
        if let Err(error) = self.0.try_send(Commit(command)) {
            error.into_inner().0.work.refuse(CommandError::Overloaded);
        }
    }

    /// Hands over commands that are to share a batch; a full lane refuses them to their callers.
    pub fn hand_over_together(&self, commands: Vec<Command>) {
        if let Err(error) = self.0.try_send(CommitTogether(commands)) {
            for command in error.into_inner().0 {
                command.work.refuse(CommandError::Overloaded);
            }
        }
    }
}

/// Commit this, with whatever else waits.
#[derive(Message)]
#[rtype(result = "()")]
struct Commit(Command);

/// Commit these in one batch, as far as they fit, with whatever else waits.
#[derive(Message)]
#[rtype(result = "()")]
struct CommitTogether(Vec<Command>);

/// The actor.
pub struct CommitLane {
    deps: Rc<LaneDeps>,
    waiting: VecDeque<Command>,
    connection: Option<Rc<Session>>,
    in_flight: InFlight,
}

/// The batches that the database has and has not answered.
#[derive(Default)]
struct InFlight {
    batches: usize,
    /// Commands of the last one.
    last: usize,
    /// It holds changes: its transaction takes several statements, so nothing may come between.
    alone: bool,
}

impl CommitLane {
    fn new(deps: Rc<LaneDeps>) -> Self {
        Self {
            deps,
            waiting: VecDeque::new(),
            connection: None,
            in_flight: InFlight::default(),
        }
    }

    fn take(&mut self, command: Command) {
        if self.waiting.len() >= QUEUE {
            command.work.refuse(CommandError::Overloaded);
        } else {
            self.waiting.push_back(command);
        }
    }

    /// Takes the next batch. Two requests with one idempotency key never share a batch: the second
    /// must see what the first one stored. Nor does what is asked of a complaint with its erasure, which takes the
    /// events that are there before the batch and none of those that it writes; nor two holds of one.
    fn next_batch(&mut self) -> Vec<Command> {
        let mut keys = BTreeSet::new();
        let mut alone = Alone::default();
        let mut batch = Vec::new();
        while batch.len() < self.deps.batch {
            let Some(command) = self.waiting.pop_front() else {
                break;
            };
            if command.work.is_abandoned() {
                continue;
            }
            if let Work::Submit(submission, _) = &command.work
                && let Some(key) = &submission.idempotency
                && !keys.insert(key.clone())
            {
                self.waiting.push_front(command);
                break;
            }
            if let Work::Change(request, _, _) = &command.work
                && !alone.admits(request)
            {
                self.waiting.push_front(command);
                break;
            }
            batch.push(command);
        }
        batch
    }

    /// Whether the next batch may be sent now. Behind one in flight only when it is as large: smaller
    /// ones would each pay for an fsync that they could have shared.
    fn may_send(&self) -> bool {
        let submits = |command: &Command| matches!(command.work, Work::Submit(..));
        match self.in_flight.batches {
            0 => true,
            1 => {
                !self.in_flight.alone
                    && self.connection.is_some()
                    && self.waiting.len() >= self.in_flight.last
                    && self.waiting.iter().take(self.deps.batch).all(submits)
            }
            _ => false,
        }
    }

    fn commit_next(&mut self, ctx: &mut Context<Self>) {
        if !self.may_send() {
            return;
        }
        let batch = self.next_batch();
        self.show_queue();
        if batch.is_empty() {
            return;
        }
        self.in_flight.batches += 1;
        self.in_flight.last = batch.len();
        self.in_flight.alone = batch
            .iter()
            .any(|command| !matches!(command.work, Work::Submit(..)));
        let metrics = &self.deps.supervision.metrics;
        #[expect(
            clippy::cast_precision_loss,
            reason = "a batch has at most 1024 commands"
        )]
        metrics.desks.batch_size.observe(batch.len() as f64);
        let work = run(Rc::clone(&self.deps), self.connection.clone(), batch);
        ctx.spawn(work.into_actor(self).map(|connection, lane, ctx| {
            lane.in_flight.batches -= 1;
            lane.connection = connection;
            lane.commit_next(ctx);
        }));
    }

    fn show_queue(&self) {
        let length = i64::try_from(self.waiting.len()).unwrap_or(i64::MAX);
        let queue = &self.deps.supervision.metrics.desks.queue;
        queue.with_label_values(&[&self.deps.name]).set(length);
    }
}

/// Commits one batch on `connection`, or on a new one; returns the connection if it is still good.
async fn run(
    deps: Rc<LaneDeps>,
    connection: Option<Rc<Session>>,
    commands: Vec<Command>,
) -> Option<Rc<Session>> {
    fail_point!(&format!("{}/commit_lane/run", deps.supervision.node));
    let usable = connection.filter(|session| !session.is_closed());
    let session = match usable {
        Some(session) => session,
        None => match commit::open_lane(&deps.database).await {
            Ok(session) => Rc::new(session),
            Err(error) => {
                batch::refuse_all(commands, &error);
                tokio::time::sleep(RECONNECT_PAUSE).await;
                return None;
            }
        },
    };
    let good = batch::commit(&session, commands, &deps).await;
    good.then_some(session)
}

impl Actor for CommitLane {
    type Context = Context<Self>;

    fn started(&mut self, _: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/commit_lane/started",
            self.deps.supervision.node
        ));
        // What waited before a restart is lost, and its callers were told.
        self.show_queue();
    }
}

impl Supervised for CommitLane {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(Rc::clone(&self.deps));
    }
}

impl Handler<Commit> for CommitLane {
    type Result = ();

    fn handle(&mut self, Commit(command): Commit, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/commit_lane/handle",
            self.deps.supervision.node
        ));
        self.take(command);
        self.commit_next(ctx);
    }
}

impl Handler<CommitTogether> for CommitLane {
    type Result = ();

    fn handle(&mut self, CommitTogether(commands): CommitTogether, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/commit_lane/handle",
            self.deps.supervision.node
        ));
        commands.into_iter().for_each(|command| self.take(command));
        self.commit_next(ctx);
    }
}
