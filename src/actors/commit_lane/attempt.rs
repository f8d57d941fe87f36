//! One attempt to commit commands: read and lock, decide by the state machine, write, commit.

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use crate::actors::command::{Answer, Command, CommandError, Work};
use crate::domain::account::{By, Role};
use crate::domain::complaint::{Complaint, Idempotency, Receipt, StatusChange, Submission};
use crate::domain::event::{Change, Event, EventDraft, EventKind, StatusStep};
use crate::domain::status;
use crate::store::commit::{self as store, Batch, FirstAnswer, Transaction};
use crate::store::{Session, StoreError};

/// What became of one command.
pub(super) enum Settled {
    /// It was written; this is its event.
    Written(Box<EventDraft>, Event),
    /// It was answered before, under its idempotency key.
    Replayed(Receipt),
    /// It breaks a rule.
    Refused(CommandError),
}

impl Settled {
    /// The answer to the caller, and the event to publish if there is one.
    pub(super) fn into_answer(self, work: Work) -> (Answer, Option<Event>) {
        match (self, work) {
            (Self::Written(draft, event), Work::Submit(submission, reply)) => {
                let receipt = Receipt {
                    id: submission.id,
                    region: submission.region,
                    created_at: draft.at,
                    replayed: false,
                };
                (Answer::Submitted(reply, Ok(receipt)), Some(event))
            }
            (Self::Written(draft, event), Work::ChangeStatus(_, _, reply)) => (
                Answer::Changed(reply, Ok(Box::new(draft.complaint))),
                Some(event),
            ),
            (Self::Replayed(receipt), Work::Submit(_, reply)) => {
                (Answer::Submitted(reply, Ok(receipt)), None)
            }
            (Self::Replayed(_), Work::ChangeStatus(_, _, reply)) => {
                (Answer::Changed(reply, Err(CommandError::Interrupted)), None)
            }
            (Self::Refused(error), Work::Submit(_, reply)) => {
                (Answer::Submitted(reply, Err(error)), None)
            }
            (Self::Refused(error), Work::ChangeStatus(_, _, reply)) => {
                (Answer::Changed(reply, Err(error)), None)
            }
        }
    }
}

/// A command that passed the rules, before it is written.
enum Decided {
    Event(Box<EventDraft>, String),
    Refused(CommandError),
}

/// Commits all commands that break no rule, in one transaction; an outcome for each, in their order.
///
/// # Errors
/// [`StoreError`]: nothing is committed, or ([`StoreError::Lost`]) nobody knows.
pub(super) async fn commit(
    session: &Session,
    commands: &[Command],
) -> Result<Vec<Settled>, StoreError> {
    let changes: Vec<Uuid> = commands
        .iter()
        .filter_map(|command| changes(&command.work))
        .collect();
    if changes.is_empty() {
        let decided = decide_all(commands, HashMap::new())?;
        return write(session, commands, decided, Transaction::OneStatement).await;
    }
    let outcome = in_transaction(session, commands, &changes).await;
    if outcome.is_err() {
        // Does nothing when the commit behind a refused statement has ended the transaction.
        store::roll_back(session).await?;
    }
    outcome
}

async fn in_transaction(
    session: &Session,
    commands: &[Command],
    changes: &[Uuid],
) -> Result<Vec<Settled>, StoreError> {
    let locked = store::begin_and_lock(session, changes).await?;
    let decided = decide_all(commands, locked)?;
    write(session, commands, decided, Transaction::Begun).await
}

fn changes(work: &Work) -> Option<Uuid> {
    match work {
        Work::Submit(..) => None,
        Work::ChangeStatus(change, _, _) => Some(change.complaint),
    }
}

/// Decides the commands in their order; each one sees what those before it did.
fn decide_all(
    commands: &[Command],
    mut complaints: HashMap<Uuid, Complaint>,
) -> Result<Vec<Decided>, StoreError> {
    let now = now();
    let decide = |command: &Command| {
        let draft = match &command.work {
            Work::Submit(submission, _) => submitted(submission, command.by, now),
            Work::ChangeStatus(change, role, _) => {
                match changed(
                    change,
                    *role,
                    command.by,
                    complaints.get(&change.complaint),
                    now,
                ) {
                    Ok(draft) => draft,
                    Err(refusal) => return Ok(Decided::Refused(refusal)),
                }
            }
        };
        complaints.insert(draft.complaint.id, draft.complaint.clone());
        let payload = draft
            .encode()
            .map_err(|error| StoreError::Shape(format!("an event cannot be encoded: {error}")))?;
        Ok(Decided::Event(Box::new(draft), payload))
    };
    commands.iter().map(decide).collect()
}

/// The present time in microseconds, as PostgreSQL keeps it: what is answered is what is stored.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

fn submitted(submission: &Submission, by: By, now: Timestamp) -> EventDraft {
    let complaint = Complaint::submitted(submission, now);
    let at = complaint.created_at;
    let step = StatusStep {
        from: None,
        to: complaint.status,
    };
    draft(
        EventKind::Created,
        complaint,
        by,
        Change {
            status: Some(step),
            comment: None,
        },
        at,
    )
}

fn changed(
    change: &StatusChange,
    role: Role,
    by: By,
    present: Option<&Complaint>,
    now: Timestamp,
) -> Result<EventDraft, CommandError> {
    let present = present.ok_or(CommandError::UnknownComplaint)?;
    if change
        .version
        .is_some_and(|version| version != present.version)
    {
        return Err(CommandError::Stale(Box::new(present.clone())));
    }
    let to = status::after(present.status, change.to, role)
        .map_err(|refusal| CommandError::Refused(refusal, Box::new(present.clone())))?;
    let step = StatusStep {
        from: Some(present.status),
        to,
    };
    let mut complaint = present.clone();
    complaint.enter(to, now);
    let change = Change {
        status: Some(step),
        comment: change.comment.clone(),
    };
    Ok(draft(EventKind::StatusChanged, complaint, by, change, now))
}

fn draft(
    kind: EventKind,
    complaint: Complaint,
    by: By,
    change: Change,
    at: Timestamp,
) -> EventDraft {
    EventDraft {
        event_id: Uuid::now_v7(),
        kind,
        at,
        complaint,
        by,
        change,
    }
}

/// Writes what was decided and settles every command.
async fn write(
    session: &Session,
    commands: &[Command],
    decided: Vec<Decided>,
    transaction: Transaction,
) -> Result<Vec<Settled>, StoreError> {
    let numbers = store::write(session, &batch(commands, &decided), transaction).await?;
    let replays: Vec<&Idempotency> = commands
        .iter()
        .zip(&decided)
        .filter(|(_, decided)| number(decided, &numbers).is_none())
        .filter_map(|(command, _)| idempotency(&command.work))
        .collect();
    let answers = first_answers(session, &replays).await;
    let settle = |(command, decided): (&Command, Decided)| {
        let seq = number(&decided, &numbers);
        match (decided, seq) {
            (Decided::Refused(error), _) => Settled::Refused(error),
            (Decided::Event(draft, payload), Some(seq)) => {
                let step = draft.step();
                Settled::Written(draft, Event { seq, step, payload })
            }
            (Decided::Event(..), None) => replay(idempotency(&command.work), &answers),
        }
    };
    Ok(commands.iter().zip(decided).map(settle).collect())
}

/// What was answered first. The batch is committed by now: failing here must not fail it.
async fn first_answers(
    session: &Session,
    replays: &[&Idempotency],
) -> HashMap<(String, String), FirstAnswer> {
    if replays.is_empty() {
        return HashMap::new();
    }
    let answers = store::first_answers(session, replays).await;
    answers.unwrap_or_else(|error| {
        slog_scope::warn!("first answers cannot be read: {}", error);
        HashMap::new()
    })
}

/// What is written: of several changes to one complaint in a batch the last is its new row.
fn batch<'a>(commands: &'a [Command], decided: &'a [Decided]) -> Batch<'a> {
    let mut batch = Batch::default();
    let mut changed: HashMap<Uuid, &Complaint> = HashMap::new();
    for (command, decided) in commands.iter().zip(decided) {
        let Decided::Event(draft, payload) = decided else {
            continue;
        };
        match &command.work {
            Work::Submit(submission, _) => batch.submissions.push((submission, draft.at)),
            Work::ChangeStatus(..) => {
                changed.insert(draft.complaint.id, &draft.complaint);
            }
        }
        batch.events.push((draft, payload));
    }
    batch.changed = changed.into_values().collect();
    batch
}

fn number(decided: &Decided, numbers: &HashMap<Uuid, i64>) -> Option<i64> {
    match decided {
        Decided::Event(draft, _) => numbers.get(&draft.event_id).copied(),
        Decided::Refused(_) => None,
    }
}

fn idempotency(work: &Work) -> Option<&Idempotency> {
    match work {
        Work::Submit(submission, _) => submission.idempotency.as_ref(),
        Work::ChangeStatus(..) => None,
    }
}

/// The first answer under a key: the same for the same body, a refusal for another.
fn replay(key: Option<&Idempotency>, answers: &HashMap<(String, String), FirstAnswer>) -> Settled {
    let first = key.and_then(|key| {
        let first = answers.get(&(key.scope.clone(), key.key.clone()))?;
        Some((first, first.body_hash == key.body_hash))
    });
    match first {
        Some((first, true)) => Settled::Replayed(first.receipt.clone()),
        Some((_, false)) => Settled::Refused(CommandError::KeyReused),
        // Its row expired between the two statements: the caller tries again.
        None => Settled::Refused(CommandError::Interrupted),
    }
}
