//! Lists of complaints in pages: which statement answers a list best, and its parameters.
//!
//! One statement serves any filter, and PostgreSQL plans it for the values at hand. It believes,
//! though, that what matches lies evenly along the order; open complaints do not. So what is narrowed
//! to few complaints by region and status is read by `by_status` from an index of just these.

mod by_status;
mod marks;
mod planned;

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::complaints::complaint_of;
use super::{Store, StoreError, column};
use crate::domain::area::{BoundingBox, Circle};
use crate::domain::complaint::Severity;
use crate::domain::listing::{Cursor, Direction, Key, Listed, Sort};
use crate::domain::region::RegionId;
use crate::domain::status::Status;

const NEWEST: &str = include_str!("../../sql/queries/lists/newest.sql");
const OLDEST: &str = include_str!("../../sql/queries/lists/oldest.sql");
const LATEST_UPDATED: &str = include_str!("../../sql/queries/lists/latest_updated.sql");
const EARLIEST_UPDATED: &str = include_str!("../../sql/queries/lists/earliest_updated.sql");
const DUE_FIRST: &str = include_str!("../../sql/queries/lists/due_first.sql");
const DUE_LAST: &str = include_str!("../../sql/queries/lists/due_last.sql");
const NEAREST: &str = include_str!("../../sql/queries/lists/nearest.sql");
const NEWEST_BY_STATUS: &str = include_str!("../../sql/queries/lists/newest_by_status.sql");
const OLDEST_BY_STATUS: &str = include_str!("../../sql/queries/lists/oldest_by_status.sql");
const LATEST_UPDATED_BY_STATUS: &str =
    include_str!("../../sql/queries/lists/latest_updated_by_status.sql");
const EARLIEST_UPDATED_BY_STATUS: &str =
    include_str!("../../sql/queries/lists/earliest_updated_by_status.sql");

/// The first radius in which the nearest are looked for, in metres.
const FIRST_RADIUS: f64 = 200.0;
/// How much a radius grows at most, when it held little or nothing.
const GROWTH_MOST: f64 = 4.0;

/// What a list is narrowed to; the default is everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only these regions.
    pub regions: Option<Vec<RegionId>>,
    /// Only these statuses.
    pub statuses: Option<Vec<Status>>,
    /// Only these categories.
    pub categories: Option<Vec<String>>,
    /// Only these severities.
    pub severities: Option<Vec<Severity>>,
    /// Only those of this officer.
    pub assignee: Option<Uuid>,
    /// Only those of nobody.
    pub unassigned: bool,
    /// Only those whose description or address has these words, as people search the web.
    pub text: Option<String>,
    /// Only those submitted after this time.
    pub created_after: Option<Timestamp>,
    /// Only those submitted before this time.
    pub created_before: Option<Timestamp>,
    /// Only those whose deadline is this or later.
    pub due_from: Option<Timestamp>,
    /// Only those whose deadline is earlier.
    pub due_before: Option<Timestamp>,
    /// Only those in this box.
    pub area: Option<BoundingBox>,
    /// Only those in this circle.
    pub near: Option<Circle>,
    /// Only those that this API key submitted.
    pub api_key: Option<Uuid>,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    /// Its order.
    pub sort: Sort,
    /// Which end comes first.
    pub direction: Direction,
    /// The item behind which it begins; absent: at the beginning.
    pub after: Option<Cursor>,
    /// Most items.
    pub limit: i64,
}

/// What is known of the whole, which decides how a list is read.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The text search configuration of the installation.
    pub language: String,
    /// Complaints by region and [`Status::index`].
    pub complaints: BTreeMap<RegionId, [i64; Status::ALL.len()]>,
}

/// A part of a list.
///
/// # Errors
/// [`StoreError`].
pub async fn page(
    store: &Store,
    filter: &Filter,
    known: &Known,
    slice: Slice,
) -> Result<Vec<Listed>, StoreError> {
    let is_nothing = filter.regions.as_ref().is_some_and(Vec::is_empty)
        || filter.statuses.as_ref().is_some_and(Vec::is_empty);
    if is_nothing {
        return Ok(Vec::new());
    }
    let rows = if let Some(narrow) = by_status::choose(filter, known, slice) {
        by_status::rows(store, filter, &narrow, slice).await?
    } else if let (Sort::Distance, Some(circle)) = (slice.sort, filter.near) {
        nearest(store, filter, known, slice, circle).await?
    } else {
        planned::rows(store, filter, known, slice).await?
    };
    rows.iter().map(listed_of).collect()
}

/// Looks in growing circles, so that a large one in a city is not read and sorted as a whole.
async fn nearest(
    store: &Store,
    filter: &Filter,
    known: &Known,
    slice: Slice,
    circle: Circle,
) -> Result<Vec<Row>, StoreError> {
    let seen = match slice.after.map(|cursor| cursor.key) {
        Some(Key::Metres(metres)) => metres,
        Some(Key::Time(_)) | None => 0.0,
    };
    let mut metres = FIRST_RADIUS.max(seen * 1.1).min(circle.metres);
    loop {
        let near = Some(Circle { metres, ..circle });
        let within = Filter {
            near,
            ..filter.clone()
        };
        let rows = planned::rows(store, &within, known, slice).await?;
        let found = i32::try_from(rows.len()).unwrap_or(i32::MAX);
        if i64::from(found) >= slice.limit || metres >= circle.metres {
            return Ok(rows);
        }
        metres = (metres * growth(found, slice.limit)).min(circle.metres);
    }
}

/// How much wider the next circle is: enough for all that are asked for, if they lie evenly.
fn growth(found: i32, limit: i64) -> f64 {
    let wanted = f64::from(i32::try_from(limit).unwrap_or(i32::MAX));
    let even = (wanted / f64::from(found.max(1))).sqrt() * 1.2;
    even.clamp(1.3, GROWTH_MOST)
}

/// The ids that were made between two times and lie beyond the cursor: the lowest, and the one below
/// which they are. Ids begin with their time in milliseconds.
fn ids(filter: &Filter, slice: Slice) -> (Option<Uuid>, Option<Uuid>) {
    let after = slice
        .after
        .filter(|_| slice.sort == Sort::CreatedAt)
        .map(|cursor| cursor.id);
    let (cursor_low, cursor_below) = match slice.direction {
        Direction::Ascending => (
            after.map(|id| Uuid::from_u128(id.as_u128().saturating_add(1))),
            None,
        ),
        Direction::Descending => (None, after),
    };
    let first = |at: Timestamp| {
        u128::try_from(at.as_millisecond()).map_or(Uuid::nil(), |ms| Uuid::from_u128(ms << 80))
    };
    let millisecond = jiff::SignedDuration::from_millis(1);
    let next = |at: Timestamp| first(at.saturating_add(millisecond).unwrap_or(Timestamp::MAX));
    let is_whole = |at: Timestamp| at.subsec_nanosecond() % 1_000_000 == 0;
    let low = filter.created_after.map(next);
    let below = filter
        .created_before
        .map(|at| if is_whole(at) { first(at) } else { next(at) });
    (
        low.max(cursor_low),
        [below, cursor_below].into_iter().flatten().min(),
    )
}

/// The time in a cursor, and its id.
fn time_of(slice: Slice) -> (Option<Timestamp>, Option<Uuid>) {
    match slice.after {
        Some(Cursor {
            key: Key::Time(at),
            id,
        }) => (Some(at), Some(id)),
        Some(Cursor {
            key: Key::Metres(_),
            ..
        })
        | None => (None, None),
    }
}

/// Region ids as a parameter.
fn slugs(regions: &[RegionId]) -> Vec<&str> {
    regions.iter().map(RegionId::as_str).collect()
}

/// Statuses as a parameter.
fn words(statuses: &[Status]) -> Vec<&'static str> {
    statuses.iter().copied().map(Status::as_str).collect()
}

fn listed_of(row: &Row) -> Result<Listed, StoreError> {
    let has_distance = row
        .columns()
        .iter()
        .any(|column| column.name() == "distance_m");
    Ok(Listed {
        complaint: complaint_of(row)?,
        distance_m: has_distance
            .then(|| column(row, "distance_m"))
            .transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(direction: Direction, after: Option<u128>) -> Slice {
        let key = Key::Time(Timestamp::UNIX_EPOCH);
        let after = after.map(|id| Cursor {
            key,
            id: Uuid::from_u128(id),
        });
        Slice {
            sort: Sort::CreatedAt,
            direction,
            after,
            limit: 1,
        }
    }

    #[test]
    fn times_of_submission_are_bounds_of_ids() {
        let at = |text: &str| Some(text.parse().unwrap());
        let filter = Filter {
            created_after: at("1970-01-01T00:00:00.001Z"),
            created_before: at("1970-01-01T00:00:00.0045Z"),
            ..Filter::default()
        };
        let bound = |ms: u128| Some(Uuid::from_u128(ms << 80));
        let newest = ids(&filter, slice(Direction::Descending, None));
        assert_eq!(newest, (bound(2), bound(5)));
        let filter = Filter {
            created_before: at("1970-01-01T00:00:00.004Z"),
            ..filter
        };
        assert_eq!(ids(&filter, slice(Direction::Ascending, None)).1, bound(4));
    }

    #[test]
    fn a_cursor_narrows_the_bounds() {
        let filter = Filter::default();
        let id = |id: u128| Some(Uuid::from_u128(id));
        assert_eq!(
            ids(&filter, slice(Direction::Descending, Some(7))),
            (None, id(7))
        );
        assert_eq!(
            ids(&filter, slice(Direction::Ascending, Some(7))),
            (id(8), None)
        );
        let other = Slice {
            sort: Sort::UpdatedAt,
            ..slice(Direction::Ascending, Some(7))
        };
        assert_eq!(ids(&filter, other), (None, None));
    }
}
