//! Cursors of lists of complaints: the order, and the key and id of the last item seen.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;

use super::problem::Problem;
use crate::domain::listing::{Cursor, Direction, Key, Sort};

/// The text that a client sends back for the next page.
pub(super) fn encode(sort: Sort, direction: Direction, cursor: Cursor) -> String {
    let key = match cursor.key {
        Key::Time(at) => at.to_string(),
        // Printed so that reading it gives the very same number.
        Key::Metres(metres) => format!("{metres:?}"),
    };
    let (sort, direction) = (sort.as_str(), direction.as_str());
    BASE64_URL_SAFE_NO_PAD.encode(format!("{sort}/{direction}/{key}/{}", cursor.id))
}

/// The place that a client sends back.
///
/// # Errors
/// A 400 problem when it is no cursor, or the cursor of a list in another order.
pub(super) fn decode(text: &str, sort: Sort, direction: Direction) -> Result<Cursor, Problem> {
    let bad = || Problem::malformed("cursor is not a next_cursor of this list");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok().ok_or_else(bad)?;
    let text = String::from_utf8(bytes).ok().ok_or_else(bad)?;
    let parts: Vec<&str> = text.split('/').collect();
    let &[its_sort, its_direction, key, id] = parts.as_slice() else {
        return Err(bad());
    };
    if (its_sort, its_direction) != (sort.as_str(), direction.as_str()) {
        return Err(Problem::malformed(
            "cursor belongs to a list in another order: send it with the same sort and order",
        ));
    }
    let key = match sort {
        Sort::CreatedAt | Sort::UpdatedAt | Sort::DueAt => time(key).map(Key::Time),
        Sort::Distance => metres(key).map(Key::Metres),
    };
    Ok(Cursor {
        key: key.ok_or_else(bad)?,
        id: id.parse().ok().ok_or_else(bad)?,
    })
}

/// PostgreSQL refuses times before 4713 BC; nothing of ours was created before 1970.
fn time(text: &str) -> Option<Timestamp> {
    let at = text.parse().ok();
    at.filter(|at: &Timestamp| *at >= Timestamp::UNIX_EPOCH)
}

fn metres(text: &str) -> Option<f64> {
    let metres = text.parse().ok();
    metres.filter(|metres: &f64| metres.is_finite() && *metres >= 0.0)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn cursors() -> [(Sort, Cursor); 2] {
        let at = Timestamp::new(1_700_000_000, 123_456_000).unwrap();
        let id = Uuid::from_u128(7);
        let by_time = Cursor {
            key: Key::Time(at),
            id,
        };
        let by_distance = Cursor {
            key: Key::Metres(0.1 + 0.2),
            id,
        };
        [(Sort::UpdatedAt, by_time), (Sort::Distance, by_distance)]
    }

    #[test]
    fn a_cursor_leads_back_to_its_item() {
        for (sort, cursor) in cursors() {
            let text = encode(sort, Direction::Ascending, cursor);
            assert_eq!(decode(&text, sort, Direction::Ascending).unwrap(), cursor);
        }
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let [(sort, cursor), _] = cursors();
        let text = encode(sort, Direction::Ascending, cursor);
        for (sort, direction) in [
            (Sort::UpdatedAt, Direction::Descending),
            (Sort::DueAt, Direction::Ascending),
            (Sort::Distance, Direction::Ascending),
        ] {
            assert!(decode(&text, sort, direction).is_err());
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let id = Uuid::nil();
        for bad in [
            String::new(),
            "updated_at/asc".into(),
            format!("updated_at/asc/yesterday/{id}"),
            "updated_at/asc/2024-01-01T00:00:00Z/7".into(),
            format!("updated_at/asc/-009000-01-01T00:00:00Z/{id}"),
            format!("updated_at/asc/2024-01-01T00:00:00Z/{id}/more"),
        ] {
            let text = BASE64_URL_SAFE_NO_PAD.encode(&bad);
            assert!(
                decode(&text, Sort::UpdatedAt, Direction::Ascending).is_err(),
                "{bad}"
            );
        }
        for bad in ["NaN", "inf", "-1"] {
            let text = BASE64_URL_SAFE_NO_PAD.encode(format!("distance/asc/{bad}/{id}"));
            assert!(
                decode(&text, Sort::Distance, Direction::Ascending).is_err(),
                "{bad}"
            );
        }
    }
}
