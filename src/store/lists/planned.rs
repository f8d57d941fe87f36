//! Lists that many complaints match, or that nobody knows how many: one statement an order, which is
//! walked until the page is full.

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::conditions::{Conditions, Typed};
use super::{Filter, Known, Slice, distance_of, time_of};
use crate::domain::listing::{Direction, Sort};
use crate::store::{Store, StoreError};

/// The rows of a part of a list.
pub(super) async fn rows(
    store: &Store,
    filter: &Filter,
    known: &Known,
    slice: Slice,
) -> Result<Vec<Row>, StoreError> {
    let conditions = Conditions::of(filter, known, slice);
    let mut parameters = conditions.parameters();
    let (time, id) = time_of(slice);
    let (seen, seen_id) = distance_of(slice);
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
