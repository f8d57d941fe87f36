//! The event log: pages behind a number, heads of all regions, a region's tally.

mod told;

use std::collections::HashMap;

use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::complaints::status_of;
use super::{Store, StoreError, column};
use crate::domain::event::{CountStep, Event};
use crate::domain::region::RegionId;
use crate::domain::status::{Entered, Status};

const AFTER: &str = include_str!("../../sql/queries/events/after.sql");
const BOUNDS: &str = include_str!("../../sql/queries/events/bounds.sql");
const HEADS: &str = include_str!("../../sql/queries/events/heads.sql");
const HISTORY: &str = include_str!("../../sql/queries/events/history.sql");
const STATUSES: &str = include_str!("../../sql/queries/events/statuses.sql");
const TALLY: &str = include_str!("../../sql/queries/events/tally.sql");

/// How many complaints of a region are in each status, as of its event `head`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// The number of the last event that is counted in.
    pub head: i64,
    /// Up to which number events may be gone.
    pub floor: i64,
    /// Complaints by [`Status::index`].
    pub complaints: [i64; Status::ALL.len()],
}

impl Tally {
    /// Counts the next event in.
    pub fn count(&mut self, event: &Event) {
        self.head = event.seq;
        let Some(step) = event.step else { return };
        if let Some(before) = step
            .from
            .and_then(|from| self.complaints.get_mut(from.index()))
        {
            *before -= 1;
        }
        if let Some(after) = step.to.and_then(|to| self.complaints.get_mut(to.index())) {
            *after += 1;
        }
    }
}

/// Events of a region behind a number, as they are at one moment.
#[derive(Debug, Default)]
pub struct Page {
    /// Up to which number events may be gone: behind a lower one the page is not whole.
    pub floor: i64,
    /// The events, in order.
    pub events: Vec<Event>,
}

/// At most `limit` events of `region` behind number `after`; none of a region that is not there.
///
/// # Errors
/// [`StoreError`].
pub async fn after(
    store: &Store,
    region: &RegionId,
    after: i64,
    limit: i64,
) -> Result<Page, StoreError> {
    let session = store.session().await?;
    let rows = session
        .query(AFTER, &[&region.as_str(), &after, &limit])
        .await?;
    let floor = rows.first().map(|row| column(row, "floor")).transpose()?;
    let mut events = Vec::with_capacity(rows.len());
    for row in &rows {
        if column::<Option<i64>>(row, "seq")?.is_some() {
            events.push(event_of(region, row)?);
        }
    }
    Ok(Page {
        floor: floor.unwrap_or_default(),
        events,
    })
}

/// An event of one complaint's past.
pub struct Past {
    /// The region in whose sequence it stands.
    pub region: RegionId,
    /// Its number there.
    pub seq: i64,
    /// UUIDv7.
    pub event_id: Uuid,
    /// When it was decided.
    pub at: Timestamp,
    /// What was sent to officers.
    pub payload: String,
}

/// At most `limit` events of a complaint, newest first, behind the event with the id `before`.
///
/// # Errors
/// [`StoreError`].
pub async fn history(
    store: &Store,
    complaint: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Past>, StoreError> {
    let session = store.session().await?;
    let parameters: [&(dyn ToSql + Sync); 3] = [&complaint, &before, &limit];
    let rows = session.query(HISTORY, &parameters).await?;
    let past = |row: &Row| {
        Ok(Past {
            region: RegionId::from_stored(column(row, "region_id")?),
            seq: column(row, "seq")?,
            event_id: column(row, "event_id")?,
            at: column(row, "at")?,
            payload: column(row, "payload")?,
        })
    };
    rows.iter().map(past).collect()
}

/// The statuses that a complaint entered, oldest first; at most the latest 200.
///
/// # Errors
/// [`StoreError`].
pub async fn statuses(store: &Store, complaint: Uuid) -> Result<Vec<Entered>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(STATUSES, &[&complaint]).await?;
    let entered = |row: &Row| {
        Ok(Entered {
            status: status_of(column(row, "status_after")?)?,
            at: column(row, "at")?,
        })
    };
    rows.iter().rev().map(entered).collect()
}

/// The number of the last event of every region.
///
/// # Errors
/// [`StoreError`].
pub async fn heads(store: &Store) -> Result<HashMap<RegionId, i64>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(HEADS, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok((
                RegionId::from_stored(column(row, "region_id")?),
                column(row, "head")?,
            ))
        })
        .collect()
}

/// The numbers between which the events of a region are whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Up to which number events may be gone.
    pub floor: i64,
    /// The number of the last event.
    pub head: i64,
}

/// The bounds of a region's events; `None` when there is no such region.
///
/// # Errors
/// [`StoreError`].
pub async fn bounds(store: &Store, region: &RegionId) -> Result<Option<Bounds>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(BOUNDS, &[&region.as_str()]).await?;
    let bounds = |row: &Row| {
        Ok(Bounds {
            floor: column(row, "floor")?,
            head: column(row, "head")?,
        })
    };
    rows.first().map(bounds).transpose()
}

/// A region's head and counts from one snapshot.
///
/// # Errors
/// [`StoreError`]; [`StoreError::Shape`] when there is no such region.
pub async fn tally(store: &Store, region: &RegionId) -> Result<Tally, StoreError> {
    let session = store.session().await?;
    let rows = session.query(TALLY, &[&region.as_str()]).await?;
    let first = rows
        .first()
        .ok_or_else(|| StoreError::Shape(format!("there is no region {region}")))?;
    let mut tally = Tally {
        head: column(first, "head")?,
        floor: column(first, "floor")?,
        ..Tally::default()
    };
    for row in &rows {
        let Some(word) = column::<Option<&str>>(row, "status")? else {
            continue;
        };
        if let Some(complaints) = tally.complaints.get_mut(status_of(word)?.index()) {
            *complaints = column(row, "complaints")?;
        }
    }
    Ok(tally)
}

fn event_of(region: &RegionId, row: &Row) -> Result<Event, StoreError> {
    let from = column::<Option<&str>>(row, "status_before")?
        .map(status_of)
        .transpose()?;
    let to = column::<Option<&str>>(row, "status_after")?
        .map(status_of)
        .transpose()?;
    Ok(Event {
        seq: column(row, "seq")?,
        step: (from.is_some() || to.is_some()).then_some(CountStep { from, to }),
        sighting: told::sighting(column(row, "payload")?, region),
        payload: column(row, "payload")?,
    })
}
