//! One attempt to commit commands: read and lock, decide by the pure rules, write, commit.

mod decide;
mod settle;

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use crate::actors::command::{Command, Work};
use crate::actors::kill_point::kill_point;
use crate::domain::change::{Deed, Present};
use crate::domain::complaint::{Complaint, Idempotency};
use crate::domain::rules::Rules;
use crate::store::commit::{
    self as store, AddedPhoto, Batch, Comment, Erased, FirstAnswer, Held, Touched,
};
use crate::store::{Session, StoreError};
use decide::{Decided, decide_all, written};
pub(super) use settle::{Numbered, Settled};

/// Commits all commands that break no rule, in one transaction; an outcome for each, in their order.
///
/// # Errors
/// [`StoreError`]: nothing is committed, or ([`StoreError::Lost`]) nobody knows.
pub(super) async fn commit(
    session: &Session,
    commands: &[Command],
    rules: &Rules,
) -> Result<Vec<Settled>, StoreError> {
    let touched = touched(commands, rules);
    if touched.complaints.is_empty() {
        let decided = decide_all(commands, Present::default(), rules, now())?;
        kill_point("before_commit");
        let numbers = store::write(session, &batch(commands, &decided)).await?;
        return Ok(settle(session, commands, decided, &numbers).await);
    }
    let outcome = in_transaction(session, commands, &touched, rules).await;
    if outcome.is_err() {
        // Does nothing when the commit behind a refused statement has ended the transaction.
        store::roll_back(session).await?;
    }
    outcome
}

async fn in_transaction(
    session: &Session,
    commands: &[Command],
    touched: &Touched<'_>,
    rules: &Rules,
) -> Result<Vec<Settled>, StoreError> {
    let present = store::begin_and_lock(session, touched).await?;
    let decided = decide_all(commands, present, rules, now())?;
    kill_point("before_commit");
    let numbers = store::write_and_commit(session, &batch(commands, &decided)).await?;
    Ok(settle(session, commands, decided, &numbers).await)
}

/// What the commands read and may change.
fn touched<'a>(commands: &'a [Command], rules: &Rules) -> Touched<'a> {
    let mut touched = Touched::default();
    let mut regions = BTreeSet::new();
    for command in commands {
        let Work::Change(request, _, _) = &command.work else {
            continue;
        };
        touched.complaints.extend(request.touches());
        if request.asks_for_photos(rules.ask_for_photos()) {
            touched.photos_of.push(request.complaint);
        }
        if request.asks_for_trace() {
            touched.traces_of.push(request.complaint);
        }
        if let Deed::Support(support) = &request.deed {
            let pair = (request.complaint, support.supporter.as_slice());
            touched.supporters.push(pair);
        }
        if matches!(request.deed, Deed::Timer) {
            regions.insert(command.taker.region.as_str());
        }
    }
    if !regions.is_empty() {
        touched.officers = rules.escalation_officers().iter().copied().collect();
        touched.regions = regions.into_iter().collect();
    }
    touched
}

/// The present time in microseconds, as PostgreSQL keeps it: what is answered is what is stored.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// What is written: of several changes to one complaint in a batch the last is its new row.
fn batch<'a>(commands: &'a [Command], decided: &'a [Decided]) -> Batch<'a> {
    let mut batch = Batch::default();
    let mut changed: HashMap<Uuid, &Complaint> = HashMap::new();
    for (command, decided) in commands.iter().zip(decided) {
        let happened = match decided {
            Decided::Happened(happened) => happened,
            Decided::Rearmed(complaint) => {
                changed.insert(complaint.id, complaint);
                continue;
            }
            Decided::Unchanged(_) | Decided::Refused(_) => continue,
        };
        match &command.work {
            Work::Submit(submission, _) => {
                let submitted = happened.iter().map(|(draft, _)| (&**submission, draft));
                batch.submissions.extend(submitted);
            }
            Work::Change(request, _, _) => {
                if request.deed.writes_row() {
                    let rows = written(happened.iter().map(|(draft, _)| draft));
                    changed.extend(rows.map(|row| (row.id, row)));
                }
                add_rows(
                    &mut batch,
                    request.complaint,
                    &request.deed,
                    command,
                    happened,
                );
            }
        }
        let events = happened.iter().map(|(draft, payload)| (draft, &**payload));
        batch.events.extend(events);
    }
    batch.changed = changed.into_values().collect();
    batch
}

/// The rows that a change writes beside its complaint.
fn add_rows<'a>(
    batch: &mut Batch<'a>,
    complaint: Uuid,
    deed: &'a Deed,
    command: &'a Command,
    happened: &'a [decide::Encoded],
) {
    let Some((draft, _)) = happened.first() else {
        return;
    };
    match deed {
        Deed::Comment(comment) => batch.comments.push(Comment {
            complaint,
            comment,
            at: draft.at,
            by: command.by,
        }),
        Deed::Support(support) => {
            let row = (complaint, support.supporter.as_slice(), draft.at);
            batch.supports.push(row);
        }
        Deed::Step(_)
        | Deed::Timer
        | Deed::Edit(_)
        | Deed::Assign(_)
        | Deed::Move(_)
        | Deed::Merge(_) => {}
        Deed::AddPhotos(photos) => {
            let photo = |photo| AddedPhoto {
                complaint,
                photo,
                at: draft.at,
                by: command.by,
            };
            batch.photos.added.extend(photos.iter().map(photo));
        }
        Deed::FinishPhoto(done) => {
            let row = (done.id, &done.outcome, draft.at);
            batch.photos.finished.push(row);
        }
        Deed::RemovePhoto(removal) => batch.photos.removed.push(removal.id),
        Deed::Erase(erasure) => batch.erased.push(Erased {
            complaint: &draft.complaint,
            erasure: *erasure,
            at: draft.at,
        }),
        Deed::Hold(hold) => batch.held.push(Held {
            complaint,
            hold,
            at: draft.at,
        }),
        Deed::Release => batch.released.push(complaint),
    }
}

/// Settles every command of a batch that is committed.
async fn settle(
    session: &Session,
    commands: &[Command],
    decided: Vec<Decided>,
    numbers: &HashMap<Uuid, i64>,
) -> Vec<Settled> {
    let replays: Vec<&Idempotency> = commands
        .iter()
        .zip(&decided)
        .filter(|(_, decided)| decided.is_left_out(numbers))
        .filter_map(|(command, _)| idempotency(&command.work))
        .collect();
    let answers = first_answers(session, &replays).await;
    let settled = commands.iter().zip(decided).map(|(command, decided)| {
        let key = idempotency(&command.work);
        settle::settled(&command.work, key, decided, numbers, &answers)
    });
    settled.collect()
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

fn idempotency(work: &Work) -> Option<&Idempotency> {
    match work {
        Work::Submit(submission, _) => submission.idempotency.as_ref(),
        Work::Change(..) => None,
    }
}
