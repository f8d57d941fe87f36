//! Pages of lists: newest first, continued after a cursor that names the last item seen.

use actix_web::{HttpRequest, web};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::problem::Problem;

/// Items of a page whose request does not say.
const DEFAULT_LIMIT: u32 = 50;

/// Most items of a page.
const LIMIT: u32 = 200;

/// The query parameters of a list without filters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Most items of the page; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A page that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    limit: u32,
    /// Creation time and id of the last item of the page before.
    pub after: Option<(Timestamp, Uuid)>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page; null: there is none.
    pub next_cursor: Option<String>,
}

/// The query parameters of a request.
///
/// # Errors
/// A 400 problem for unknown or malformed ones.
pub fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Problem> {
    let read = web::Query::<T>::from_query(request.query_string());
    let query =
        read.map_err(|error| Problem::malformed(format!("the query parameters: {error}")))?;
    Ok(query.into_inner())
}

impl Page {
    /// Checks the parameters of a list.
    ///
    /// # Errors
    /// 422 for a limit outside 1–200, 400 for a cursor that is none of ours.
    pub fn parse(limit: Option<u32>, cursor: Option<&str>) -> Result<Self, Problem> {
        let limit = self::limit(limit)?;
        let after = match cursor {
            Some(cursor) => {
                let bad = || Problem::malformed("cursor is not a next_cursor of this list");
                Some(decode(cursor).ok_or_else(bad)?)
            }
            None => None,
        };
        Ok(Self { limit, after })
    }

    /// How many rows to fetch: one more than the page has, which tells whether there is a next one.
    pub fn fetch(self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// The page made of the rows that were fetched; `key` is what the cursor names of an item.
    pub fn listing<T>(self, rows: Vec<T>, key: impl Fn(&T) -> (Timestamp, Uuid)) -> Listing<T> {
        Listing::cut(rows, self.limit, |last| {
            let (created_at, id) = key(last);
            Some(encode(created_at, id))
        })
    }
}

impl<T> Listing<T> {
    /// The page made of the rows that were fetched, one more than `limit`; `cursor` names the last.
    pub(super) fn cut(mut rows: Vec<T>, limit: u32, cursor: impl Fn(&T) -> Option<String>) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_more = rows.len() > limit;
        rows.truncate(limit);
        Self {
            next_cursor: rows.last().filter(|_| is_more).and_then(cursor),
            items: rows,
        }
    }

    /// The same page with its items as `view` shows them.
    pub(super) fn map<V>(self, view: impl FnMut(T) -> V) -> Listing<V> {
        Listing {
            items: self.items.into_iter().map(view).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

/// How many items a page has.
///
/// # Errors
/// 422 for a limit outside 1–200.
pub(super) fn limit(given: Option<u32>) -> Result<u32, Problem> {
    let limit = given.unwrap_or(DEFAULT_LIMIT);
    if (1..=LIMIT).contains(&limit) {
        return Ok(limit);
    }
    let message = format!("must be between 1 and {LIMIT}");
    Err(Problem::invalid_field("limit", "out_of_range", message))
}

fn encode(created_at: Timestamp, id: Uuid) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{created_at}/{id}"))
}

fn decode(cursor: &str) -> Option<(Timestamp, Uuid)> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let (created_at, id) = text.split_once('/')?;
    let created_at: Timestamp = created_at.parse().ok()?;
    // PostgreSQL refuses times before 4713 BC; nothing of ours was created before 1970.
    let ours = created_at >= Timestamp::UNIX_EPOCH;
    ours.then_some((created_at, id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(second: i64) -> (Timestamp, Uuid) {
        (
            Timestamp::new(second, 123_456_000).unwrap(),
            Uuid::from_u128(7),
        )
    }

    #[test]
    fn a_cursor_leads_back_to_its_item() {
        let (created_at, id) = key(1_700_000_000);
        let page = Page::parse(Some(1), Some(&encode(created_at, id))).unwrap();
        assert_eq!(page.after, Some((created_at, id)));
    }

    #[test]
    fn cursors_that_are_none_of_ours_are_refused() {
        let forged = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let id = Uuid::nil();
        for bad in [
            String::new(),
            "x".into(),
            "\0".into(),
            forged("2024-01-01T00:00:00Z"),
            forged(&format!("yesterday/{id}")),
            forged("2024-01-01T00:00:00Z/7"),
            forged(&format!("-009000-01-01T00:00:00Z/{id}")),
        ] {
            assert!(Page::parse(None, Some(&bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn limits_are_bounded() {
        for (limit, fetch) in [(None, 51), (Some(1), 2), (Some(200), 201)] {
            assert_eq!(Page::parse(limit, None).unwrap().fetch(), fetch);
        }
        for limit in [0, 201, u32::MAX] {
            assert!(Page::parse(Some(limit), None).is_err(), "{limit}");
        }
    }

    #[test]
    fn only_a_page_with_more_behind_it_has_a_cursor() {
        let page = Page::parse(Some(2), None).unwrap();
        let last = page.listing(vec![3, 2], |second| key(*second));
        assert_eq!((last.items, last.next_cursor), (vec![3, 2], None));
        let first = page.listing(vec![3, 2, 1], |second| key(*second));
        assert_eq!(first.items, [3, 2]);
        assert_eq!(decode(&first.next_cursor.unwrap()), Some(key(2)));
    }
}
