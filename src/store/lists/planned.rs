//! Lists with any filter: one statement an order, planned anew for the values at hand.

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::{Filter, Known, Slice, ids, marks, slugs, time_of, words};
use crate::domain::listing::{Direction, Key, Sort};
use crate::store::words::catch_up;
use crate::store::{Store, StoreError};

/// A parameter with its type.
type Typed<'a> = (&'a (dyn ToSql + Sync), Type);

/// The rows of a part of a list.
pub(super) async fn rows(
    store: &Store,
    filter: &Filter,
    known: &Known,
    slice: Slice,
) -> Result<Vec<Row>, StoreError> {
    let marks = marks::query(filter);
    // With marks or words the regions are among the marks, where they are intersected first.
    let is_marked = marks.is_some() || filter.text.is_some();
    if is_marked {
        // What was answered before this search must be found by it.
        catch_up(store).await?;
    }
    let regions = filter.regions.as_deref().filter(|_| !is_marked).map(slugs);
    let statuses = filter.statuses.as_deref().map(words);
    let (lowest, below) = ids(filter, slice);
    let area = filter.area;
    let (south, west) = (area.map(|area| area.south), area.map(|area| area.west));
    let (north, east) = (area.map(|area| area.north), area.map(|area| area.east));
    let middle = filter.near.map(|circle| circle.middle);
    let (latitude, longitude) = (middle.map(|at| at.latitude), middle.map(|at| at.longitude));
    let metres = filter.near.map(|circle| circle.metres);
    let mut parameters: Vec<Typed<'_>> = vec![
        (&regions, Type::TEXT_ARRAY),
        (&statuses, Type::TEXT_ARRAY),
        (&filter.assignee, Type::UUID),
        (&filter.unassigned, Type::BOOL),
        (&lowest, Type::UUID),
        (&below, Type::UUID),
        (&marks, Type::TEXT),
        (&filter.text, Type::TEXT),
        (&known.language, Type::TEXT),
        (&filter.due_from, Type::TIMESTAMPTZ),
        (&filter.due_before, Type::TIMESTAMPTZ),
        (&south, Type::FLOAT8),
        (&west, Type::FLOAT8),
        (&north, Type::FLOAT8),
        (&east, Type::FLOAT8),
        (&latitude, Type::FLOAT8),
        (&longitude, Type::FLOAT8),
        (&metres, Type::FLOAT8),
    ];
    let (time, id) = time_of(slice);
    let distance = slice.after.and_then(|cursor| match cursor.key {
        Key::Metres(metres) => Some((metres, cursor.id)),
        Key::Time(_) => None,
    });
    let (seen, seen_id) = distance.unzip();
    match slice.sort {
        Sort::CreatedAt => {}
        Sort::UpdatedAt | Sort::DueAt => {
            parameters.extend::<[Typed<'_>; 2]>([(&time, Type::TIMESTAMPTZ), (&id, Type::UUID)]);
        }
        Sort::Distance => {
            parameters.extend::<[Typed<'_>; 2]>([(&seen, Type::FLOAT8), (&seen_id, Type::UUID)]);
        }
    }
    parameters.push((&slice.limit, Type::INT8));
    let session = store.session().await?;
    session.query_planned(statement(slice), &parameters).await
}

const fn statement(slice: Slice) -> &'static str {
    match (slice.sort, slice.direction) {
        (Sort::CreatedAt, Direction::Descending) => super::NEWEST,
        (Sort::CreatedAt, Direction::Ascending) => super::OLDEST,
        (Sort::UpdatedAt, Direction::Descending) => super::LATEST_UPDATED,
        (Sort::UpdatedAt, Direction::Ascending) => super::EARLIEST_UPDATED,
        (Sort::DueAt, Direction::Ascending) => super::DUE_FIRST,
        (Sort::DueAt, Direction::Descending) => super::DUE_LAST,
        (Sort::Distance, Direction::Ascending | Direction::Descending) => super::NEAREST,
    }
}
