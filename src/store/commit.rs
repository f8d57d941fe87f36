//! The statements that write complaints and their events. Called by `actors::commit_lane` alone.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::complaints::complaint_of;
use super::connect::Database;
use super::{Session, StoreError, column};
use crate::domain::complaint::{Complaint, Idempotency, Receipt, Submission};
use crate::domain::event::EventDraft;
use crate::domain::region::RegionId;

const OPEN_LANE: &str = include_str!("../../sql/queries/commit/open_lane.sql");
const BEGIN: &str = include_str!("../../sql/queries/commit/begin.sql");
const COMMIT: &str = include_str!("../../sql/queries/commit/commit.sql");
const ROLL_BACK: &str = include_str!("../../sql/queries/commit/roll_back.sql");
const LOCK_COMPLAINTS: &str = include_str!("../../sql/queries/commit/lock_complaints.sql");
const FIRST_ANSWERS: &str = include_str!("../../sql/queries/commit/first_answers.sql");
const SUBMIT: &str = include_str!("../../sql/queries/commit/submit.sql");
const WRITE: &str = include_str!("../../sql/queries/commit/write.sql");

/// What one batch writes: new complaints, changed complaints, and the events of both in their order.
#[derive(Default)]
pub struct Batch<'a> {
    /// New complaints with the time of their submission.
    pub submissions: Vec<(&'a Submission, Timestamp)>,
    /// Changed complaints as they are after the change, each at most once.
    pub changed: Vec<&'a Complaint>,
    /// An event for every new complaint and every change, with its encoded payload.
    pub events: Vec<(&'a EventDraft, &'a str)>,
}

impl<'a> Batch<'a> {
    /// Whether it holds nothing but new complaints without idempotency key and reporter.
    fn is_plain(&self) -> bool {
        let plain = |(submission, _): &(&Submission, Timestamp)| {
            submission.idempotency.is_none() && submission.reporter.is_none()
        };
        !self.submissions.is_empty()
            && self.changed.is_empty()
            && self.submissions.iter().all(plain)
    }

    /// Each region with the number of its new complaints, and the place of each among them.
    fn places(&self) -> (BTreeMap<&'a str, i64>, Vec<i64>) {
        let mut regions: BTreeMap<&'a str, i64> = BTreeMap::new();
        let place = |(submission, _): &(&'a Submission, Timestamp)| {
            let counted = regions.entry(submission.region.as_str()).or_default();
            *counted += 1;
            *counted
        };
        let places = self.submissions.iter().map(place).collect();
        (regions, places)
    }
}

/// Whether a batch's statement is its whole transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transaction {
    /// It commits by itself.
    OneStatement,
    /// [`begin_and_lock`] began it: it is committed in the same round trip.
    Begun,
}

impl Transaction {
    async fn end_with(
        self,
        session: &Session,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::OneStatement => session.query(sql, parameters).await,
            Self::Begun => session.query_then_run(sql, parameters, COMMIT).await,
        }
    }
}

/// The first answer that was given under an idempotency key.
pub struct FirstAnswer {
    /// SHA-256 of the first request's body.
    pub body_hash: Vec<u8>,
    /// What was answered.
    pub receipt: Receipt,
}

/// Opens a connection for one commit lane.
///
/// # Errors
/// [`StoreError::Unavailable`] or what the settings ran into.
pub async fn open_lane(database: &Database) -> Result<Session, StoreError> {
    let session = Session::open(database).await?;
    session.run(OPEN_LANE).await?;
    Ok(session)
}

/// Undoes the batch.
///
/// # Errors
/// [`StoreError`].
pub async fn roll_back(session: &Session) -> Result<(), StoreError> {
    session.run(ROLL_BACK).await
}

/// Begins a transaction, and reads and locks in it the complaints that it changes.
///
/// # Errors
/// [`StoreError`]; the transaction is to be rolled back.
pub async fn begin_and_lock(
    session: &Session,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Complaint>, StoreError> {
    let rows = session
        .run_then_query(BEGIN, LOCK_COMPLAINTS, &[&ids])
        .await?;
    rows.iter()
        .map(|row| complaint_of(row).map(|complaint| (complaint.id, complaint)))
        .collect()
}

/// Writes a batch, commits, and returns the number of each event by event id. A submission whose
/// idempotency key exists already is not written and has no number.
///
/// # Errors
/// [`StoreError`]; nothing of the batch is written then, or ([`StoreError::Lost`]) nobody knows.
pub async fn write(
    session: &Session,
    batch: &Batch<'_>,
    transaction: Transaction,
) -> Result<HashMap<Uuid, i64>, StoreError> {
    let rows = if batch.is_plain() {
        submit(session, batch, transaction).await?
    } else {
        write_any(session, batch, transaction).await?
    };
    rows.iter()
        .map(|row| Ok((column(row, "event_id")?, column(row, "seq")?)))
        .collect()
}

/// New complaints without idempotency key and reporter; every one of them has an event, in its order.
async fn submit(
    session: &Session,
    batch: &Batch<'_>,
    transaction: Transaction,
) -> Result<Vec<Row>, StoreError> {
    let new = &batch.submissions;
    let (regions, places) = batch.places();
    let addresses = list(new, |(submission, _)| submission.place.address.as_deref());
    let point = |(submission, _): &(&Submission, Timestamp)| submission.place.point;
    transaction
        .end_with(
            session,
            SUBMIT,
            &[
                &list(new, |(submission, _)| submission.id),
                &list(new, |(submission, _)| submission.region.as_str()),
                &list(new, |(submission, _)| submission.category.as_str()),
                &list(new, |(submission, _)| submission.severity.as_str()),
                &list(new, |(submission, _)| submission.description.as_str()),
                &addresses,
                &list(new, |row| point(row).map(|point| point.latitude)),
                &list(new, |row| point(row).map(|point| point.longitude)),
                &list(new, |(submission, _)| submission.api_key),
                &list(new, |(_, at)| *at),
                &list(&batch.events, |(event, _)| event.event_id),
                &places,
                &list(&batch.events, |(_, payload)| *payload),
                &regions.keys().copied().collect::<Vec<_>>(),
                &regions.values().copied().collect::<Vec<_>>(),
            ],
        )
        .await
}

/// Whatever a batch may hold.
async fn write_any(
    session: &Session,
    batch: &Batch<'_>,
    transaction: Transaction,
) -> Result<Vec<Row>, StoreError> {
    let new = &batch.submissions;
    let submission = |pick: fn(&Submission) -> Option<&str>| -> Vec<Option<&str>> {
        new.iter().map(|(submission, _)| pick(submission)).collect()
    };
    let idempotency: Vec<Option<&Idempotency>> = new
        .iter()
        .map(|(submission, _)| submission.idempotency.as_ref())
        .collect();
    let changed = &batch.changed;
    let events = &batch.events;
    transaction
        .end_with(
            session,
            WRITE,
            &[
                &list(new, |(submission, _)| submission.id),
                &list(new, |(submission, _)| submission.region.as_str()),
                &list(new, |(submission, _)| submission.category.as_str()),
                &list(new, |(submission, _)| submission.severity.as_str()),
                &list(new, |(submission, _)| submission.description.as_str()),
                &submission(|it| it.place.address.as_deref()),
                &list(new, |(submission, _)| {
                    submission.place.point.map(|point| point.latitude)
                }),
                &list(new, |(submission, _)| {
                    submission.place.point.map(|point| point.longitude)
                }),
                &list(new, |(submission, _)| submission.api_key),
                &list(new, |(_, at)| *at),
                &list(&idempotency, |key| key.map(|key| key.scope.as_str())),
                &list(&idempotency, |key| key.map(|key| key.key.as_str())),
                &list(&idempotency, |key| key.map(|key| key.body_hash.as_slice())),
                &submission(|it| it.reporter.as_ref()?.name.as_deref()),
                &submission(|it| it.reporter.as_ref()?.email.as_deref()),
                &submission(|it| it.reporter.as_ref()?.phone.as_deref()),
                &list(changed, |complaint| complaint.id),
                &list(changed, |complaint| complaint.status.as_str()),
                &list(changed, |complaint| complaint.version),
                &list(changed, |complaint| complaint.updated_at),
                &list(events, |(event, _)| event.complaint.region.as_str()),
                &list(events, |(event, _)| event.event_id),
                &list(events, |(event, _)| event.complaint.id),
                &list(events, |(event, _)| event.kind.as_str()),
                &list(events, |(event, _)| event.at),
                &list(events, |(event, _)| {
                    event.step().and_then(|step| step.from).map(|s| s.as_str())
                }),
                &list(events, |(event, _)| {
                    event.step().map(|step| step.to.as_str())
                }),
                &list(events, |(_, payload)| *payload),
            ],
        )
        .await
}

fn list<'a, T, U>(rows: &'a [T], pick: impl Fn(&'a T) -> U) -> Vec<U> {
    rows.iter().map(pick).collect()
}

/// What was answered first under idempotency keys, by scope and key.
///
/// # Errors
/// [`StoreError`].
pub async fn first_answers(
    session: &Session,
    asked: &[&Idempotency],
) -> Result<HashMap<(String, String), FirstAnswer>, StoreError> {
    let scopes = list(asked, |key| key.scope.as_str());
    let keys = list(asked, |key| key.key.as_str());
    let rows = session.query(FIRST_ANSWERS, &[&scopes, &keys]).await?;
    rows.iter()
        .map(|row| {
            let answer = FirstAnswer {
                body_hash: column(row, "body_hash")?,
                receipt: Receipt {
                    id: column(row, "complaint_id")?,
                    region: RegionId::from_stored(column(row, "region_id")?),
                    created_at: column(row, "created_at")?,
                    replayed: true,
                },
            };
            Ok(((column(row, "scope")?, column(row, "key")?), answer))
        })
        .collect()
}
