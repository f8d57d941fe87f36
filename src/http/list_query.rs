//! The query parameters of lists of complaints, and what they ask for.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::auth::Caller;
use crate::domain::area::{BoundingBox, Circle};
use crate::domain::complaint::Severity;
use crate::domain::fault::{Faults, free_text, slug};
use crate::domain::listing::{Direction, Sort};
use crate::domain::region::RegionId;
use crate::domain::status::Status;
use crate::store::lists::Filter;

/// What `due=soon` means.
const SOON: SignedDuration = SignedDuration::from_hours(24);
/// Most values that one parameter may list.
const VALUES_MOST: usize = 100;

/// What narrows and orders a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only these regions, separated by commas.
    region: Option<String>,
    /// Only these statuses, separated by commas.
    status: Option<String>,
    /// Only complaints that still need somebody (true), or that do not (false).
    #[param(value_type = Option<bool>)]
    open: Option<String>,
    /// Only these categories, separated by commas.
    category: Option<String>,
    /// Only these severities, separated by commas.
    severity: Option<String>,
    /// An account id, `me`, or `none`.
    assignee: Option<String>,
    /// `overdue`: the deadline has passed; `soon`: it passes within 24 hours.
    due: Option<String>,
    /// Words in description or address, 1–200 characters: all of them, "an exact phrase", or, -not.
    q: Option<String>,
    /// Submitted after this time (RFC 3339).
    created_after: Option<String>,
    /// Submitted before this time (RFC 3339).
    created_before: Option<String>,
    /// A box `west,south,east,north` in degrees; across ±180° when west is greater than east.
    bbox: Option<String>,
    /// A circle `latitude,longitude,metres`, at most 100000 metres; nearest first unless `sort` says
    /// otherwise.
    near: Option<String>,
    /// `created_at` (the default), `updated_at`, `due_at` (only complaints whose deadline runs), or, with
    /// `near`, `distance` (then the default).
    sort: Option<String>,
    /// `asc` or `desc`; default: latest first, earliest deadline first, nearest first.
    order: Option<String>,
    /// Most items of the page, 1–200; 50 if absent. Exports: any number; everything if absent.
    #[param(minimum = 1)]
    pub(super) limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub(super) cursor: Option<String>,
}

/// What a list is narrowed to and how it is ordered.
pub(super) struct Asked {
    pub(super) filter: Filter,
    pub(super) sort: Sort,
    pub(super) direction: Direction,
}

impl ListQuery {
    /// Checks every parameter but limit and cursor.
    ///
    /// # Errors
    /// All that is wrong.
    pub(super) fn parse(&self, caller: &Caller, now: Timestamp) -> Result<Asked, Faults> {
        let mut faults = Faults::default();
        let filter = self.filter(caller, now, &mut faults);
        let (sort, direction) = self.order(&mut faults);
        faults.into_result(Some(Asked {
            filter,
            sort,
            direction,
        }))
    }

    fn filter(&self, caller: &Caller, now: Timestamp, faults: &mut Faults) -> Filter {
        let statuses = values("status", self.status.as_deref(), faults, status);
        let open = one("open", self.open.as_deref(), faults, flag);
        let due = one("due", self.due.as_deref(), faults, |word| due(word, now));
        let (assignee, unassigned) = match self.assignee.as_deref() {
            None => (None, false),
            Some("none") => (None, true),
            Some(who) => (faults.keep("assignee", assignee(who, caller)), false),
        };
        Filter {
            regions: values("region", self.region.as_deref(), faults, RegionId::parse),
            statuses: narrowed(statuses, open),
            categories: values("category", self.category.as_deref(), faults, slug),
            severities: values(
                "severity",
                self.severity.as_deref(),
                faults,
                Severity::parse,
            ),
            assignee,
            unassigned,
            text: one("q", self.q.as_deref(), faults, |text| free_text(text, 200)),
            created_after: one("created_after", self.created_after.as_deref(), faults, time),
            created_before: one(
                "created_before",
                self.created_before.as_deref(),
                faults,
                time,
            ),
            due_from: due.and_then(|(from, _)| from),
            due_before: due.map(|(_, before)| before),
            area: one("bbox", self.bbox.as_deref(), faults, BoundingBox::parse),
            near: one("near", self.near.as_deref(), faults, Circle::parse),
            api_key: None,
        }
    }

    fn order(&self, faults: &mut Faults) -> (Sort, Direction) {
        let usual = match self.near {
            Some(_) => Sort::Distance,
            None => Sort::CreatedAt,
        };
        let sort = one("sort", self.sort.as_deref(), faults, sort).unwrap_or(usual);
        let direction = one("order", self.order.as_deref(), faults, direction);
        let direction = direction.unwrap_or(sort.usual());
        if sort == Sort::Distance && self.near.is_none() {
            faults.add("sort", "invalid", "distance needs near");
        }
        if sort == Sort::Distance && direction == Direction::Descending {
            faults.add("order", "invalid", "by distance the nearest come first");
        }
        (sort, direction)
    }
}

type Parsed<T> = Result<T, (&'static str, String)>;

/// The value of a parameter, if it was given and is good.
fn one<T>(
    name: &str,
    given: Option<&str>,
    faults: &mut Faults,
    parse: impl FnOnce(&str) -> Parsed<T>,
) -> Option<T> {
    given.and_then(|text| faults.keep(name, parse(text)))
}

/// The values of a parameter between commas, if it was given; each bad one is a fault.
fn values<T>(
    name: &str,
    given: Option<&str>,
    faults: &mut Faults,
    parse: impl Fn(&str) -> Parsed<T>,
) -> Option<Vec<T>> {
    let words: Vec<&str> = given?.split(',').map(str::trim).collect();
    if words.len() > VALUES_MOST {
        let message = format!(
            "lists {} values; at most {VALUES_MOST} are allowed",
            words.len()
        );
        faults.add(name, "too_many", message);
        return None;
    }
    let parsed = words.into_iter().map(|word| faults.keep(name, parse(word)));
    Some(parsed.collect::<Vec<_>>().into_iter().flatten().collect())
}

fn status(word: &str) -> Parsed<Status> {
    Status::parse(word).ok_or_else(|| {
        let known = Status::ALL.map(Status::as_str).join(", ");
        ("unknown", format!("{word:?} is not one of {known}"))
    })
}

/// Statuses that are asked for, and open or not.
fn narrowed(statuses: Option<Vec<Status>>, open: Option<bool>) -> Option<Vec<Status>> {
    let Some(open) = open else { return statuses };
    let statuses = statuses.unwrap_or_else(|| Status::ALL.into());
    let fits = |status: &Status| status.is_open() == open;
    Some(statuses.into_iter().filter(fits).collect())
}

fn flag(word: &str) -> Parsed<bool> {
    bool::from_str(word)
        .ok()
        .ok_or(("invalid", "must be true or false".into()))
}

/// From when and before when a deadline is.
fn due(word: &str, now: Timestamp) -> Parsed<(Option<Timestamp>, Timestamp)> {
    match word {
        "overdue" => Ok((None, now)),
        "soon" => Ok((
            Some(now),
            now.saturating_add(SOON).unwrap_or(Timestamp::MAX),
        )),
        _ => Err(("unknown", "must be overdue or soon".into())),
    }
}

fn sort(word: &str) -> Parsed<Sort> {
    Sort::parse(word).ok_or_else(|| {
        let known = Sort::ALL.map(Sort::as_str).join(", ");
        ("unknown", format!("must be one of {known}"))
    })
}

fn direction(word: &str) -> Parsed<Direction> {
    Direction::parse(word).ok_or(("unknown", "must be asc or desc".into()))
}

fn assignee(who: &str, caller: &Caller) -> Parsed<Uuid> {
    match (who, caller) {
        ("me", Caller::Staff(identity)) => Ok(identity.account),
        ("me", Caller::ApiKey(_) | Caller::Anonymous) => {
            Err(("invalid", "only staff can ask for their own".into()))
        }
        (id, _) => id.parse().map_err(|error| {
            let message = format!("must be an account id, me, or none: {error}");
            ("invalid", message)
        }),
    }
}

fn time(text: &str) -> Parsed<Timestamp> {
    text.parse()
        .ok()
        .filter(|at: &Timestamp| *at >= Timestamp::UNIX_EPOCH)
        .ok_or((
            "invalid",
            "must be a time such as 2026-01-31T12:00:00Z, not before 1970".into(),
        ))
}

#[cfg(test)]
mod tests;
