//! Which complaints can match at most, when an index says at once that these are few.
//!
//! PostgreSQL would have to guess how many match, and guesses wrong where it matters: rare cells of a map, words
//! together, a status that is rare among the old. Reading some thousand entries of an index is
//! cheap, so they are read.

use tokio_postgres::types::Type;
use uuid::Uuid;

use super::by_status::{ENTRIES_MOST, Narrow};
use super::conditions::{Typed, sides};
use super::marks::Marks;
use super::{FEW_BY_STATUS, FEW_MARKED, FEW_OF_ASSIGNEE};
use super::{Filter, Known, Slice, ids, marks, severities, slugs, words};
use crate::domain::listing::Sort;
use crate::store::{Store, StoreError, column};

/// The candidates, if they are few.
type Few = Option<Vec<Uuid>>;

/// One complaint in so many has a mark of which the planner knows nothing, it thinks. Measured with the statistics
/// target of `complaint_words.words`.
const ONE_IN: i64 = 2_500;

/// An officer's complaints are read up to here, in 40 ms: the walk does not know whose a complaint is, and passes all
/// others.
const OF_ASSIGNEE_MOST: i64 = 20_000;

/// Wherever they are, where circles find the nearest sooner.
const OF_STATE_MOST: i64 = 6_000;

/// So many entries of words and marks are looked at to find few, in 25 ms, where the newest or oldest are wanted.
const LOOKED_AT_MOST: i64 = 10_000;

/// How many candidates are read sooner than an order is walked.
fn most(filter: &Filter, known: &Known, slice: Slice) -> i64 {
    let is_said = filter.text.is_some();
    known.few.unwrap_or(match slice.sort {
        // A walk passes a complaint in 0.3 µs, or in 0.5 where it looks for words, and takes a page of 50 of a
        // million of which so many match in 5 to 10 ms; reading them takes 5 or 20. Of phrases a multiple is read.
        Sort::CreatedAt if is_said => 4_000,
        Sort::CreatedAt => 3_000,
        // Here a walk jumps about in the table: 3 µs, or 5 where it looks for words.
        Sort::UpdatedAt | Sort::DueAt if is_said => 6_500,
        Sort::UpdatedAt | Sort::DueAt => 4_500,
        // There is no order to walk.
        Sort::Distance => 20_000,
    })
}

/// By what changes: whose they are, and their status. Places and words do not matter.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn by_state(
    store: &Store,
    filter: &Filter,
    known: &Known,
    slice: Slice,
) -> Result<Few, StoreError> {
    if let Some(officer) = filter.assignee {
        let few = of_assignee(store, filter, officer, known, slice).await?;
        if few.is_some() {
            return Ok(few);
        }
    }
    let Some(narrow) = Narrow::of(filter) else {
        return Ok(None);
    };
    let few = most(filter, known, slice).min(OF_STATE_MOST);
    if !narrow.leaves_few(filter, known, few) {
        return Ok(None);
    }
    by_status(store, filter, &narrow, slice, few).await
}

/// All that have one of the statuses, when these are so many that the nearest are looked for in circles, but not
/// more than an index gives at once: of what lies in a circle, only these need be read.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn of_statuses(
    store: &Store,
    filter: &Filter,
    known: &Known,
    slice: Slice,
) -> Result<Few, StoreError> {
    match Narrow::of(filter) {
        Some(narrow) if filter.statuses.is_some() && narrow.is_short(known) => {
            by_status(store, filter, &narrow, slice, ENTRIES_MOST).await
        }
        Some(_) | None => Ok(None),
    }
}

async fn of_assignee(
    store: &Store,
    filter: &Filter,
    officer: Uuid,
    known: &Known,
    slice: Slice,
) -> Result<Few, StoreError> {
    let regions = filter.regions.as_deref().map(slugs);
    let statuses = filter.statuses.as_deref().map(words);
    let severities = severities(filter);
    let (lowest, below) = ids(filter, slice);
    let most = known.few.unwrap_or(OF_ASSIGNEE_MOST);
    let parameters: [Typed<'_>; 8] = [
        (&officer, Type::UUID),
        (&regions, Type::TEXT_ARRAY),
        (&statuses, Type::TEXT_ARRAY),
        (&filter.categories, Type::TEXT_ARRAY),
        (&severities, Type::TEXT_ARRAY),
        (&lowest, Type::UUID),
        (&below, Type::UUID),
        (&most, Type::INT8),
    ];
    asked(store, FEW_OF_ASSIGNEE, &parameters).await
}

async fn by_status(
    store: &Store,
    filter: &Filter,
    narrow: &Narrow,
    slice: Slice,
    most: i64,
) -> Result<Few, StoreError> {
    let regions = narrow.regions.as_deref().map(slugs);
    let statuses = words(&narrow.statuses);
    let severities = severities(filter);
    let (lowest, below) = ids(filter, slice);
    let [south, west, north, east] = sides(filter);
    let parameters: [Typed<'_>; 12] = [
        (&regions, Type::TEXT_ARRAY),
        (&statuses, Type::TEXT_ARRAY),
        (&filter.categories, Type::TEXT_ARRAY),
        (&severities, Type::TEXT_ARRAY),
        (&filter.unassigned, Type::BOOL),
        (&lowest, Type::UUID),
        (&below, Type::UUID),
        (&most, Type::INT8),
        (&south, Type::FLOAT8),
        (&west, Type::FLOAT8),
        (&north, Type::FLOAT8),
        (&east, Type::FLOAT8),
    ];
    asked(store, FEW_BY_STATUS, &parameters).await
}

/// By what seldom changes: place, words, category, severity. The words must have been caught up with.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn marked(
    store: &Store,
    filter: &Filter,
    known: &Known,
    slice: Slice,
) -> Result<Few, StoreError> {
    let Some(marks) = marks::query(filter) else {
        return Ok(None);
    };
    let most = most(filter, known, slice);
    let looked_at = match (slice.sort, known.few) {
        // Of these no more are read than a page needs.
        (Sort::CreatedAt, None) => LOOKED_AT_MOST,
        _ => most,
    };
    let parameters: [Typed<'_>; 9] = [
        (&marks.cells, Type::TEXT_ARRAY),
        (&marks.around, Type::TEXT),
        (&marks.others, Type::TEXT),
        (&marks.regions, Type::TEXT),
        (&filter.text, Type::TEXT),
        (&known.language, Type::TEXT),
        (&most, Type::INT8),
        (&looked_at, Type::INT8),
        (&guess(known, most, &marks), Type::INT8),
    ];
    asked(store, FEW_MARKED, &parameters).await
}

/// How many the planner may guess where there are only `most`: it knows the three thousand most frequent words and
/// marks, and each cell that is not among these it thinks half as frequent as the last of them.
fn guess(known: &Known, most: i64, marks: &Marks) -> i64 {
    let complaints: i64 = known.complaints.values().flatten().sum();
    let cells = marks.cells.as_ref().map_or(0, Vec::len);
    most.saturating_add(complaints / ONE_IN * i64::try_from(cells).unwrap_or_default())
}

async fn asked(
    store: &Store,
    statement: &'static str,
    parameters: &[Typed<'_>],
) -> Result<Few, StoreError> {
    let session = store.session().await?;
    let rows = session.query_planned(statement, parameters).await?;
    rows.first().map_or(Ok(None), |row| column(row, "ids"))
}
