//! Where a part of a list begins and ends: in ids, which begin with their time, or behind a cursor.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Filter, Slice};
use crate::domain::complaint::first_id_at;
use crate::domain::listing::{Cursor, Direction, Key, Sort};

/// The ids that were made between two times and lie beyond the cursor: the lowest, and the one below
/// which they are. Ids begin with their time in milliseconds.
pub(super) fn ids(filter: &Filter, slice: Slice) -> (Option<Uuid>, Option<Uuid>) {
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
    let millisecond = jiff::SignedDuration::from_millis(1);
    let next =
        |at: Timestamp| first_id_at(at.saturating_add(millisecond).unwrap_or(Timestamp::MAX));
    let is_whole = |at: Timestamp| at.subsec_nanosecond() % 1_000_000 == 0;
    let low = filter.created_after.map(next);
    let below = filter.created_before.map(|at| {
        if is_whole(at) {
            first_id_at(at)
        } else {
            next(at)
        }
    });
    (
        low.max(cursor_low),
        [below, cursor_below].into_iter().flatten().min(),
    )
}

/// The time in a cursor, and its id.
pub(super) fn time_of(slice: Slice) -> (Option<Timestamp>, Option<Uuid>) {
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

/// The distance in a cursor, and its id.
pub(super) fn distance_of(slice: Slice) -> (Option<f64>, Option<Uuid>) {
    match slice.after {
        Some(Cursor {
            key: Key::Metres(metres),
            id,
        }) => (Some(metres), Some(id)),
        Some(Cursor {
            key: Key::Time(_), ..
        })
        | None => (None, None),
    }
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
