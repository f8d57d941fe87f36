//! Lists that few complaints can match: each of these is read and judged.

use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::conditions::{Conditions, Typed};
use super::{Filter, GATHERED, GATHERED_NEAREST, Known, Slice, distance_of, ids, time_of};
use crate::domain::listing::{Direction, Sort};
use crate::store::{Store, StoreError};

/// How many candidates are read at first when they come in the order of the list, for each row of the page.
const FIRST: usize = 8;
/// How many more the next time.
const MORE: usize = 8;

/// The rows of a part of a list, from all that can match.
pub(super) async fn rows(
    store: &Store,
    filter: &Filter,
    known: &Known,
    slice: Slice,
    mut candidates: Vec<Uuid>,
) -> Result<Vec<Row>, StoreError> {
    if slice.sort != Sort::CreatedAt {
        return read(store, filter, known, slice, &candidates).await;
    }
    let (lowest, below) = ids(filter, slice);
    candidates.retain(|id| {
        lowest.is_none_or(|lowest| *id >= lowest) && below.is_none_or(|below| *id < below)
    });
    candidates.sort_unstable();
    if slice.direction == Direction::Descending {
        candidates.reverse();
    }
    let mut rows = Vec::new();
    let wanted = usize::try_from(slice.limit).unwrap_or_default();
    let (mut left, mut part) = (candidates.as_slice(), wanted.saturating_mul(FIRST));
    while !left.is_empty() && rows.len() < wanted {
        let (now, later) = left.split_at(part.min(left.len()));
        let limit = i64::try_from(wanted - rows.len()).unwrap_or(slice.limit);
        rows.extend(read(store, filter, known, Slice { limit, ..slice }, now).await?);
        (left, part) = (later, part.saturating_mul(MORE));
    }
    Ok(rows)
}

async fn read(
    store: &Store,
    filter: &Filter,
    known: &Known,
    slice: Slice,
    candidates: &[Uuid],
) -> Result<Vec<Row>, StoreError> {
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let conditions = Conditions::of(filter, known, slice);
    let mut parameters = conditions.parameters();
    parameters.push((&candidates, Type::UUID_ARRAY));
    let (is_by_update, is_by_due) = (slice.sort == Sort::UpdatedAt, slice.sort == Sort::DueAt);
    let is_ascending = slice.direction == Direction::Ascending;
    // By submission the cursor is among the conditions, as a bound of ids.
    let (time, id) = match slice.sort {
        Sort::CreatedAt => (None, None),
        Sort::UpdatedAt | Sort::DueAt | Sort::Distance => time_of(slice),
    };
    let (seen, seen_id) = distance_of(slice);
    let statement = match slice.sort {
        Sort::CreatedAt | Sort::UpdatedAt | Sort::DueAt => {
            parameters.extend::<[Typed<'_>; 5]>([
                (&is_by_update, Type::BOOL),
                (&is_by_due, Type::BOOL),
                (&is_ascending, Type::BOOL),
                (&time, Type::TIMESTAMPTZ),
                (&id, Type::UUID),
            ]);
            GATHERED
        }
        Sort::Distance => {
            parameters.extend::<[Typed<'_>; 2]>([(&seen, Type::FLOAT8), (&seen_id, Type::UUID)]);
            GATHERED_NEAREST
        }
    };
    parameters.push((&slice.limit, Type::INT8));
    let session = store.session().await?;
    session.query_planned(statement, &parameters).await
}
