//! What a desk works with, and how the rest of the program reaches it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use actix::{ArbiterHandle, Recipient};
use futures_util::future::join_all;
use prometheus::IntCounterVec;
use tokio::sync::oneshot;

use super::super::command::{Changed, Command, CommandError, Publisher, Reply, Work};
use super::super::commit_lane::LaneHandle;
use super::super::desks::Counted;
use super::super::registry::RegistryHandle;
use super::super::supervise::{self, Supervision};
use super::HeardBy;
use super::OpenCell;
use super::RegionDesk;
use super::messages::{HeadSeen, Recount, Take, TakeTogether};
use crate::domain::account::By;
use crate::domain::action::Party;
use crate::domain::change::Request;
use crate::domain::complaint::{Complaint, Receipt, Submission};
use crate::domain::region::RegionId;
use crate::domain::status::Status;
use crate::feed::HintSender;
use crate::store::Store;

/// Commands and facts that a desk's mailbox holds before it refuses.
const MAILBOX: usize = 2048;

/// The head of a desk that has not counted yet.
pub const NOT_LOADED: i64 = -1;

/// What a desk works with.
#[derive(Clone)]
pub struct DeskDeps {
    /// Its region.
    pub region: RegionId,
    /// The lane that commits its commands.
    pub lane: LaneHandle,
    /// The lane that commits what retention erases.
    pub erasing: LaneHandle,
    /// For reading what others committed.
    pub store: Store,
    /// Where it publishes.
    pub registry: RegistryHandle,
    /// Tells the other nodes.
    pub hints: HintSender,
    /// Where it reports its counts.
    pub totals: Arc<Recipient<Counted>>,
    /// Where it tells of its open complaints.
    pub open: OpenCell,
    /// Where it shows its counts to readers in other threads.
    pub counts: Arc<LiveCounts>,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// A desk's status counts, for readers in other threads.
#[derive(Debug, Default)]
pub struct LiveCounts([AtomicI64; Status::ALL.len()]);

impl LiveCounts {
    /// Shows these.
    pub(super) fn show(&self, complaints: &[i64; Status::ALL.len()]) {
        for (shown, &count) in self.0.iter().zip(complaints) {
            shown.store(count, Ordering::Relaxed);
        }
    }

    fn read(&self) -> [i64; Status::ALL.len()] {
        std::array::from_fn(|index| {
            let count = self.0.get(index);
            count.map_or(0, |count| count.load(Ordering::Relaxed))
        })
    }
}

/// How the rest of the program reaches a desk. Cheap to clone; all clones share one mailbox bound.
#[derive(Clone)]
pub struct DeskHandle {
    publisher: Publisher,
    head: Arc<AtomicI64>,
    counts: Arc<LiveCounts>,
    /// Counts commands by outcome.
    commands: IntCounterVec,
}

impl DeskHandle {
    /// Starts a desk on an arbiter.
    pub fn start(home: &ArbiterHandle, deps: DeskDeps) -> Self {
        let head = Arc::new(AtomicI64::new(NOT_LOADED));
        let (supervision, region) = (deps.supervision.clone(), deps.region.clone());
        let counts = Arc::clone(&deps.counts);
        supervision.metrics.complaints.open_region(region.as_str());
        let make = {
            let head = Arc::clone(&head);
            move || RegionDesk::new(deps, head)
        };
        let desk = supervise::start_on(home, "region_desk", MAILBOX, make, &supervision);
        Self {
            publisher: Publisher { region, desk },
            head,
            counts,
            commands: supervision.metrics.desks.commands.clone(),
        }
    }

    /// Submits a complaint; answered after it is durable.
    ///
    /// # Errors
    /// [`CommandError`].
    pub async fn submit(
        &self,
        submission: Submission,
        by: By,
        deadline: Duration,
    ) -> Result<Receipt, CommandError> {
        let work = |reply| Work::Submit(Box::new(submission), reply);
        let answer = self.command(by, None, deadline, work).await;
        let replayed = matches!(&answer, Ok(receipt) if receipt.replayed);
        self.count(&answer, if replayed { "replayed" } else { "committed" });
        answer
    }

    /// Changes a complaint; answered after it is durable. `other` is the desk of the second region
    /// in which the change has an event.
    ///
    /// # Errors
    /// [`CommandError`].
    pub async fn change(
        &self,
        request: Request,
        (by, party): (By, Party),
        other: Option<&Self>,
        deadline: Duration,
    ) -> Result<Complaint, CommandError> {
        let answer = self.changed(request, (by, party), other, deadline).await;
        answer.map(|changed| *changed.complaint)
    }

    /// As [`DeskHandle::change`], with whether anything happened.
    pub(super) async fn changed(
        &self,
        request: Request,
        (by, party): (By, Party),
        other: Option<&Self>,
        deadline: Duration,
    ) -> Result<Changed, CommandError> {
        let work = |reply| Work::Change(Box::new(request), party, reply);
        let answer = self.command(by, other, deadline, work).await;
        self.count(&answer, "committed");
        answer
    }

    fn count<T>(&self, answer: &Result<T, CommandError>, done: &'static str) {
        let outcome = answer.as_ref().map_or_else(CommandError::outcome, |_| done);
        self.commands.with_label_values(&[outcome]).inc();
    }

    async fn command<T>(
        &self,
        by: By,
        other: Option<&Self>,
        deadline: Duration,
        work: impl FnOnce(Reply<T>) -> Work,
    ) -> Result<T, CommandError> {
        let (reply, answer) = oneshot::channel();
        let command = Take(Command {
            work: work(reply),
            by,
            taker: self.publisher.clone(),
            other: other.map(|desk| desk.publisher.clone()),
        });
        if self.publisher.desk.try_send(command).is_err() {
            return Err(CommandError::Overloaded);
        }
        answered(answer, deadline).await
    }

    /// Changes complaints of this region alone, in one batch if they fit; an answer for each, in their order.
    pub(super) async fn changed_together(
        &self,
        requests: impl Iterator<Item = Request>,
        (by, party): (By, Party),
        deadline: Duration,
    ) -> Vec<Result<Changed, CommandError>> {
        let command = |request| {
            let (reply, answer) = oneshot::channel();
            let command = Command {
                work: Work::Change(Box::new(request), party, reply),
                by,
                taker: self.publisher.clone(),
                other: None,
            };
            (command, answer)
        };
        let (commands, answers): (Vec<_>, Vec<_>) = requests.map(command).unzip();
        let desk = &self.publisher.desk;
        let is_full = desk.try_send(TakeTogether(commands)).is_err();
        let each = answers.into_iter().map(|answer| async {
            let answer = match is_full {
                true => Err(CommandError::Overloaded),
                false => answered(answer, deadline).await,
            };
            self.count(&answer, "committed");
            answer
        });
        join_all(each).await
    }

    /// The number of the last event that the desk published, or [`NOT_LOADED`].
    pub fn head(&self) -> i64 {
        self.head.load(Ordering::Relaxed)
    }

    /// How many of the region's complaints are in each status, by [`Status::index`]; `None` before
    /// they are counted. True as of the last command that was answered.
    pub fn complaints(&self) -> Option<[i64; Status::ALL.len()]> {
        (self.head() != NOT_LOADED).then(|| self.counts.read())
    }

    /// Asks the desk to report its counts again.
    #[expect(
        clippy::disallowed_methods,
        reason = "bounded: one message a restart of Desks"
    )]
    pub fn recount(&self) {
        self.publisher.desk.do_send(Recount);
    }

    /// Tells the desk that an event of this number is committed; a lost hint does no harm.
    pub fn head_seen(&self, head: i64, by: HeardBy) {
        if self.publisher.desk.try_send(HeadSeen(head, by)).is_err() {
            slog_scope::debug!("a desk is busy; it hears of the next head");
        }
    }
}

/// The answer to a command, when it comes in time.
async fn answered<T>(
    answer: oneshot::Receiver<Result<T, CommandError>>,
    deadline: Duration,
) -> Result<T, CommandError> {
    match tokio::time::timeout(deadline, answer).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_dropped)) => Err(CommandError::Interrupted),
        Err(_elapsed) => Err(CommandError::DeadlinePassed),
    }
}
