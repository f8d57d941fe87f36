//! Lists of complaints in pages: which statement answers a list best, and its parameters.
//!
//! In this order: what is narrowed by region and status alone is read by `by_status` from an index of
//! just these. What `few` finds to be few, by officer, status, place or words, is read by `gathered`,
//! whatever else is asked for. All else matches many, and `planned` walks the order until the page is
//! full. PostgreSQL, left to choose, takes the walk for few and passes the whole table.

mod bounds;
mod by_status;
mod conditions;
mod few;
mod gathered;
mod marks;
mod planned;

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use bounds::{distance_of, ids, time_of};

use super::complaints::complaint_of;
use super::words::catch_up;
use super::{Store, StoreError, column};
use crate::domain::area::{BoundingBox, Circle};
use crate::domain::complaint::Severity;
use crate::domain::listing::{Cursor, Direction, Listed, Sort};
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
const NEAREST_BY_STATUS: &str = include_str!("../../sql/queries/lists/nearest_by_status.sql");
const GATHERED: &str = include_str!("../../sql/queries/lists/gathered.sql");
const GATHERED_NEAREST: &str = include_str!("../../sql/queries/lists/gathered_nearest.sql");
const FEW_BY_STATUS: &str = include_str!("../../sql/queries/lists/few_by_status.sql");
const FEW_OF_ASSIGNEE: &str = include_str!("../../sql/queries/lists/few_of_assignee.sql");
const FEW_MARKED: &str = include_str!("../../sql/queries/lists/few_marked.sql");

/// The first radius in which the nearest are looked for, in metres.
const FIRST_RADIUS: f64 = 200.0;
/// How much a radius grows at most, when it held little or nothing. At the edge of a town a larger step would land
/// among thousands.
const GROWTH_MOST: f64 = 2.0;

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
    /// How many complaints are few; `None`: as many as are read faster than an order is walked.
    pub few: Option<i64>,
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
    } else {
        if marks::query(filter).is_some() {
            // What was answered before this search must be found by it.
            catch_up(store).await?;
        }
        match few::by_state(store, filter, known, slice).await? {
            Some(few) => gathered::rows(store, filter, known, slice, few).await?,
            None => searched(store, filter, known, slice).await?,
        }
    };
    rows.iter().map(listed_of).collect()
}

/// By place and words, or by walking. The nearest are looked for in growing circles, so that a large one
/// in a city is not read and sorted as a whole.
async fn searched(
    store: &Store,
    filter: &Filter,
    known: &Known,
    slice: Slice,
) -> Result<Vec<Row>, StoreError> {
    let (Sort::Distance, Some(circle)) = (slice.sort, filter.near) else {
        return few_or_many(store, filter, known, slice, None).await;
    };
    let mut statuses = few::of_statuses(store, filter, known, slice).await?;
    if let Some(statuses) = &mut statuses {
        statuses.sort_unstable();
    }
    let mut metres = FIRST_RADIUS
        .max(distance_of(slice).0.unwrap_or_default() * 1.1)
        .min(circle.metres);
    loop {
        let near = Some(Circle { metres, ..circle });
        let within = Filter {
            near,
            ..filter.clone()
        };
        let rows = few_or_many(store, &within, known, slice, statuses.as_deref()).await?;
        let found = i32::try_from(rows.len()).unwrap_or(i32::MAX);
        if i64::from(found) >= slice.limit || metres >= circle.metres {
            return Ok(rows);
        }
        metres = (metres * growth(found, slice.limit)).min(circle.metres);
    }
}

/// `among`: in order, outside of which nothing matches.
async fn few_or_many(
    store: &Store,
    filter: &Filter,
    known: &Known,
    slice: Slice,
    among: Option<&[Uuid]>,
) -> Result<Vec<Row>, StoreError> {
    let Some(mut few) = few::marked(store, filter, known, slice).await? else {
        return planned::rows(store, filter, known, slice).await;
    };
    if let Some(among) = among {
        few.retain(|id| among.binary_search(id).is_ok());
    }
    // All of them have the words.
    let left = Filter {
        text: None,
        ..filter.clone()
    };
    gathered::rows(store, &left, known, slice, few).await
}

/// How much wider the next circle is: enough for all that are asked for, if they lie evenly.
fn growth(found: i32, limit: i64) -> f64 {
    let wanted = f64::from(i32::try_from(limit).unwrap_or(i32::MAX));
    let even = (wanted / f64::from(found.max(1))).sqrt() * 1.2;
    even.clamp(1.3, GROWTH_MOST)
}

/// Severities as a parameter.
fn severities(filter: &Filter) -> Option<Vec<&'static str>> {
    let severities = filter.severities.as_ref()?;
    Some(severities.iter().copied().map(Severity::as_str).collect())
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
