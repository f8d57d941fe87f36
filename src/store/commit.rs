//! The statements that write complaints and their events. Called by `actors::commit_lane` alone.

mod change;
mod erase;
mod photos;
mod submit;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::complaints::complaint_of;
use super::connect::Database;
use super::session::Call;
use super::{Session, StoreError, column};
use crate::domain::account::By;
use crate::domain::change::{NewComment, Present};
use crate::domain::complaint::{Complaint, Idempotency, Receipt, Submission};
use crate::domain::event::EventDraft;
use crate::domain::region::RegionId;
pub use erase::{Erased, Held};
pub use photos::{AddedPhoto, Photos};

const OPEN_LANE: &str = include_str!("../../sql/queries/commit/open_lane.sql");
const BEGIN: &str = include_str!("../../sql/queries/commit/begin.sql");
const COMMIT: &str = include_str!("../../sql/queries/commit/commit.sql");
const ROLL_BACK: &str = include_str!("../../sql/queries/commit/roll_back.sql");
const LOCK_COMPLAINTS: &str = include_str!("../../sql/queries/commit/lock_complaints.sql");
const FIND_SUPPORTS: &str = include_str!("../../sql/queries/commit/find_supports.sql");
const ABLE_OFFICERS: &str = include_str!("../../sql/queries/commit/able_officers.sql");
const FIRST_ANSWERS: &str = include_str!("../../sql/queries/commit/first_answers.sql");

/// What the commands of a batch read before they are decided.
#[derive(Debug, Default)]
pub struct Touched<'a> {
    /// Complaints, to be locked.
    pub complaints: Vec<Uuid>,
    /// Complaints with somebody who says "me too".
    pub supporters: Vec<(Uuid, &'a [u8])>,
    /// Accounts that may be given a complaint when a deadline passes.
    pub officers: Vec<Uuid>,
    /// The regions of those complaints.
    pub regions: Vec<&'a str>,
    /// Complaints whose photos are asked for.
    pub photos_of: Vec<Uuid>,
    /// Complaints of which is asked what lies beside them.
    pub traces_of: Vec<Uuid>,
}

/// What one batch writes: new complaints, changed complaints, what goes with them, and the events of
/// all in their order.
#[derive(Default)]
pub struct Batch<'a> {
    /// New complaints with the event of their submission.
    pub submissions: Vec<(&'a Submission, &'a EventDraft)>,
    /// Changed complaints as they are after the change, each at most once.
    pub changed: Vec<&'a Complaint>,
    /// New comments.
    pub comments: Vec<Comment<'a>>,
    /// New supporters of complaints, with the time.
    pub supports: Vec<(Uuid, &'a [u8], Timestamp)>,
    /// What becomes of photos.
    pub photos: Photos<'a>,
    /// What is erased of complaints, each at most once.
    pub erased: Vec<Erased<'a>>,
    /// Complaints that come under a legal hold, each at most once and not among those released.
    pub held: Vec<Held<'a>>,
    /// Complaints whose legal hold ends.
    pub released: Vec<Uuid>,
    /// An event for every new complaint and every change, with its encoded payload.
    pub events: Vec<(&'a EventDraft, &'a str)>,
}

/// A comment as it is stored.
pub struct Comment<'a> {
    /// The complaint.
    pub complaint: Uuid,
    /// What was written.
    pub comment: &'a NewComment,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: By,
}

impl<'a> Batch<'a> {
    /// Whether it holds nothing but new complaints without idempotency key and reporter.
    fn is_plain(&self) -> bool {
        let plain = |(submission, _): &(&Submission, &EventDraft)| {
            submission.idempotency.is_none() && submission.reporter.is_none()
        };
        !self.submissions.is_empty()
            && self.changed.is_empty()
            && self.submissions.iter().all(plain)
    }

    /// Each region with the number of its new complaints, and the place of each among them.
    fn places(&self) -> (BTreeMap<&'a str, i64>, Vec<i64>) {
        let mut regions: BTreeMap<&'a str, i64> = BTreeMap::new();
        let place = |(submission, _): &(&'a Submission, &'a EventDraft)| {
            let counted = regions.entry(submission.region.as_str()).or_default();
            *counted += 1;
            *counted
        };
        let places = self.submissions.iter().map(place).collect();
        (regions, places)
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

/// Begins a transaction, and reads in it, locked, what the commands of a batch touch.
///
/// # Errors
/// [`StoreError`]; the transaction is to be rolled back.
pub async fn begin_and_lock(
    session: &Session,
    touched: &Touched<'_>,
) -> Result<Present, StoreError> {
    let (supported, supporters): (Vec<Uuid>, Vec<&[u8]>) =
        touched.supporters.iter().copied().unzip();
    let mut calls = vec![
        Call::Run(BEGIN),
        Call::Query(LOCK_COMPLAINTS, vec![&touched.complaints]),
    ];
    let asks_supporters = !supported.is_empty();
    if asks_supporters {
        calls.push(Call::Query(FIND_SUPPORTS, vec![&supported, &supporters]));
    }
    let (officers, regions) = (&touched.officers, &touched.regions);
    let asks_officers = !officers.is_empty();
    if asks_officers {
        calls.push(Call::Query(ABLE_OFFICERS, vec![officers, regions]));
    }
    let asks_photos = !touched.photos_of.is_empty();
    if asks_photos {
        calls.push(Call::Query(photos::OF, vec![&touched.photos_of]));
    }
    let asks_traces = !touched.traces_of.is_empty();
    if asks_traces {
        calls.push(Call::Query(erase::TRACES, vec![&touched.traces_of]));
    }
    let mut answers = session.pipeline(&calls).await?.into_iter().skip(1);
    let mut next = |is_asked: bool| {
        is_asked
            .then(|| answers.next())
            .flatten()
            .unwrap_or_default()
    };
    let (complaints, supporters) = (next(true), next(asks_supporters));
    let (officers, photos) = (next(asks_officers), next(asks_photos));
    let traces = next(asks_traces);
    Ok(Present {
        photos: photos::states(&photos)?,
        traces: erase::traces(&traces)?,
        complaints: complaints
            .iter()
            .map(|row| complaint_of(row).map(|complaint| (complaint.id, complaint)))
            .collect::<Result<_, _>>()?,
        supporters: supporters
            .iter()
            .map(|row| Ok((column(row, "complaint_id")?, column(row, "supporter")?)))
            .collect::<Result<HashSet<_>, StoreError>>()?,
        officers: officers
            .iter()
            .map(|row| {
                let region: &str = column(row, "region_id")?;
                Ok((column(row, "account_id")?, RegionId::from_stored(region)))
            })
            .collect::<Result<HashSet<_>, StoreError>>()?,
    })
}

/// Writes a batch of submissions as a transaction of its own, and returns the number of each event
/// by event id. A submission whose idempotency key exists already is not written and has no number.
///
/// # Errors
/// [`StoreError`]; nothing of the batch is written then, or ([`StoreError::Lost`]) nobody knows.
pub async fn write(session: &Session, batch: &Batch<'_>) -> Result<HashMap<Uuid, i64>, StoreError> {
    let rows = if batch.is_plain() {
        submit::plain(session, batch).await?
    } else {
        let values = submit::Values::of(batch);
        session.query(submit::WRITE, &values.parameters()).await?
    };
    numbers(&rows)
}

/// Writes any batch in the transaction that [`begin_and_lock`] began, and commits it, in one round trip.
///
/// # Errors
/// As [`write()`].
pub async fn write_and_commit(
    session: &Session,
    batch: &Batch<'_>,
) -> Result<HashMap<Uuid, i64>, StoreError> {
    let changed = change::Values::of(&batch.changed);
    let comments = change::CommentValues::of(&batch.comments);
    let supports = change::SupportValues::of(&batch.supports);
    let photos = photos::Values::of(&batch.photos);
    let erased = erase::Values::of(batch);
    let events = submit::Values::of(batch);
    let mut calls = Vec::new();
    if !batch.changed.is_empty() {
        calls.push(Call::Query(change::CHANGE, changed.parameters()));
    }
    if !batch.comments.is_empty() {
        calls.push(Call::Query(change::COMMENT, comments.parameters()));
    }
    if !batch.supports.is_empty() {
        calls.push(Call::Query(change::SUPPORT, supports.parameters()));
    }
    photos.call(&mut calls);
    // What is written for a complaint goes with it; the events of the batch come after those that go.
    erased.call(&mut calls);
    let numbering = calls.len();
    if !batch.events.is_empty() {
        calls.push(Call::Query(submit::WRITE, events.parameters()));
    }
    // The events of the batch have locked the regions.
    erased.call_floors(&mut calls);
    calls.push(Call::Run(COMMIT));
    let answers = session.pipeline(&calls).await?;
    let rows = answers.into_iter().nth(numbering).unwrap_or_default();
    numbers(&rows)
}

fn numbers(rows: &[Row]) -> Result<HashMap<Uuid, i64>, StoreError> {
    rows.iter()
        .map(|row| Ok((column(row, "event_id")?, column(row, "seq")?)))
        .collect()
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
