//! Lists of few regions and statuses, from the index of just these.

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::conditions::{Typed, box_of, circle, sides};
use super::{Filter, Known, Slice, distance_of, ids, severities, slugs, time_of, words};
use crate::domain::listing::{Direction, Sort};
use crate::domain::region::RegionId;
use crate::domain::status::Status;
use crate::store::{Store, StoreError};

/// Most index entries that one list may read. All open ones of a million complaints take 24 ms (CAPACITY.md, "longest
/// untouched").
pub(super) const ENTRIES_MOST: i64 = 100_000;

/// What is read, one region and status after the other.
pub(super) struct Narrow {
    /// `None`: all, also those of which this process does not know yet.
    pub(super) regions: Option<Vec<RegionId>>,
    pub(super) statuses: Vec<Status>,
}

/// The regions and statuses to read, if reading these is the best way to a list.
pub(super) fn choose(filter: &Filter, known: &Known, slice: Slice) -> Option<Narrow> {
    let asks_for_more = filter.text.is_some()
        || (filter.area.is_some() && filter.near.is_some())
        || filter.due_from.is_some()
        || filter.due_before.is_some()
        || filter.api_key.is_some()
        // What one officer has is an index of its own.
        || filter.assignee.is_some();
    if asks_for_more {
        return None;
    }
    let narrow = Narrow::of(filter)?;
    let matching = narrow.matching(known);
    // Without further conditions each region and status gives its first entries at once.
    let is_plain = filter.categories.is_none()
        && filter.severities.is_none()
        && !filter.unassigned
        && box_of(filter).is_none();
    let regions = narrow
        .regions
        .as_ref()
        .map_or(known.complaints.len(), Vec::len);
    let parts = i64::try_from(regions * narrow.statuses.len()).unwrap_or(i64::MAX);
    let is_cheap = match slice.sort {
        Sort::CreatedAt if is_plain => {
            matching.min(parts.saturating_mul(slice.limit)) <= ENTRIES_MOST
        }
        Sort::CreatedAt | Sort::UpdatedAt | Sort::Distance => matching <= ENTRIES_MOST,
        Sort::DueAt => false,
    };
    is_cheap.then_some(narrow)
}

/// The rows of a part of a list.
pub(super) async fn rows(
    store: &Store,
    filter: &Filter,
    narrow: &Narrow,
    slice: Slice,
) -> Result<Vec<Row>, StoreError> {
    let regions = narrow.regions.as_deref().map(slugs);
    let statuses = words(&narrow.statuses);
    let severities = severities(filter);
    let (lowest, below) = ids(filter, slice);
    let sides = sides(filter);
    let circle = circle(filter);
    let mut parameters: Vec<Typed<'_>> = vec![
        (&regions, Type::TEXT_ARRAY),
        (&statuses, Type::TEXT_ARRAY),
        (&filter.categories, Type::TEXT_ARRAY),
        (&severities, Type::TEXT_ARRAY),
        (&filter.assignee, Type::UUID),
        (&filter.unassigned, Type::BOOL),
        (&lowest, Type::UUID),
        (&below, Type::UUID),
    ];
    let numbers = sides.iter().chain(&circle);
    parameters.extend(numbers.map(|number| -> Typed<'_> { (number, Type::FLOAT8) }));
    let ((time, id), (metres, of)) = (time_of(slice), distance_of(slice));
    parameters.extend::<Vec<Typed<'_>>>(match slice.sort {
        Sort::CreatedAt => vec![],
        Sort::UpdatedAt | Sort::DueAt => vec![(&time, Type::TIMESTAMPTZ), (&id, Type::UUID)],
        Sort::Distance => vec![(&metres, Type::FLOAT8), (&of, Type::UUID)],
    });
    parameters.push((&slice.limit, Type::INT8));
    let session = store.session().await?;
    session.query_planned(statement(slice), &parameters).await
}

const fn statement(slice: Slice) -> &'static str {
    match (slice.sort, slice.direction) {
        (Sort::CreatedAt | Sort::DueAt, Direction::Descending) => super::NEWEST_BY_STATUS,
        (Sort::CreatedAt | Sort::DueAt, Direction::Ascending) => super::OLDEST_BY_STATUS,
        (Sort::Distance, Direction::Ascending | Direction::Descending) => super::NEAREST_BY_STATUS,
        (Sort::UpdatedAt, Direction::Descending) => super::LATEST_UPDATED_BY_STATUS,
        (Sort::UpdatedAt, Direction::Ascending) => super::EARLIEST_UPDATED_BY_STATUS,
    }
}

impl Narrow {
    /// The regions and statuses of a filter, if it names any.
    pub(super) fn of(filter: &Filter) -> Option<Self> {
        let is_unnarrowed = filter.regions.is_none() && filter.statuses.is_none();
        (!is_unnarrowed).then(|| Self {
            regions: filter.regions.clone(),
            statuses: filter
                .statuses
                .clone()
                .unwrap_or_else(|| Status::ALL.into()),
        })
    }

    /// Whether the index may say that few are left: because there are few, or by what else it knows of each.
    pub(super) fn leaves_few(&self, filter: &Filter, known: &Known, most: i64) -> bool {
        let knows_more = filter.categories.is_some()
            || filter.severities.is_some()
            || filter.unassigned
            || box_of(filter).is_some();
        self.matching(known) <= if knows_more { ENTRIES_MOST } else { most }
    }

    /// Whether one list may read all of these.
    pub(super) fn is_short(&self, known: &Known) -> bool {
        self.matching(known) <= ENTRIES_MOST
    }

    /// How many complaints there are in these regions and statuses.
    fn matching(&self, known: &Known) -> i64 {
        let is_read = |region: &RegionId| {
            let regions = self.regions.as_ref();
            regions.is_none_or(|regions| regions.contains(region))
        };
        let counts = known.complaints.iter();
        counts
            .filter(|(region, _)| is_read(region))
            .flat_map(|(_, counts)| {
                let statuses = self.statuses.iter();
                statuses.filter_map(|status| counts.get(status.index()))
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area::BoundingBox;

    const SLICE: Slice = Slice {
        sort: Sort::CreatedAt,
        direction: Direction::Descending,
        after: None,
        limit: 50,
    };

    fn known() -> Known {
        let region = |id: &str, each| (RegionId::from_stored(id), [each; Status::ALL.len()]);
        Known {
            complaints: [region("city", 200_000), region("hamlet", 10)].into(),
            ..Known::default()
        }
    }

    fn of(region: &str) -> Filter {
        Filter {
            regions: Some(vec![RegionId::from_stored(region)]),
            ..Filter::default()
        }
    }

    #[test]
    fn what_is_few_is_read_by_status_and_what_is_many_is_planned() {
        let unassigned = |region: &str| Filter {
            unassigned: true,
            ..of(region)
        };
        let reported = Filter {
            statuses: Some(vec![Status::Reported]),
            ..Filter::default()
        };
        let by_change = Slice {
            sort: Sort::UpdatedAt,
            ..SLICE
        };
        for (filter, slice, expected) in [
            (Filter::default(), SLICE, false),
            (of("city"), SLICE, true),
            (of("hamlet"), SLICE, true),
            (unassigned("city"), SLICE, false),
            (unassigned("hamlet"), SLICE, true),
            (of("city"), by_change, false),
            (of("hamlet"), by_change, true),
            (reported.clone(), SLICE, true),
            (
                reported,
                Slice {
                    limit: 100_000,
                    ..SLICE
                },
                false,
            ),
        ] {
            let chosen = choose(&filter, &known(), slice).is_some();
            assert_eq!(chosen, expected, "{filter:?} {slice:?}");
        }
    }

    #[test]
    fn words_are_never_read_by_status_and_places_where_these_are_few() {
        let text = Some("hole".to_owned());
        let filter = Filter {
            text,
            ..of("hamlet")
        };
        assert!(choose(&filter, &known(), SLICE).is_none());
        for (region, expected) in [("hamlet", true), ("city", false)] {
            let filter = Filter {
                area: BoundingBox::parse("0,0,1,1").ok(),
                ..of(region)
            };
            assert_eq!(choose(&filter, &known(), SLICE).is_some(), expected);
        }
    }
}
