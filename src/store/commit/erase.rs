//! What erasures and holds read beside complaints, and what they write.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::session::Call;
use super::{Batch, StoreError, column, list};
use crate::domain::change::{NewHold, Trace};
use crate::domain::complaint::Complaint;
use crate::domain::erasure::{Erasure, LegalHold, Mode, settled};
use crate::domain::region::RegionId;

pub(super) const TRACES: &str = include_str!("../../../sql/queries/commit/traces_of.sql");
const HOLD: &str = include_str!("../../../sql/queries/commit/hold.sql");
const RELEASE: &str = include_str!("../../../sql/queries/commit/release.sql");
const ENTOMB: &str = include_str!("../../../sql/queries/commit/entomb.sql");
const QUEUE_BLOBS: &str = include_str!("../../../sql/queries/commit/queue_blobs.sql");
const COUNT_DAYS: &str = include_str!("../../../sql/queries/commit/count_days.sql");
const HOLD_WORDS: &str = include_str!("../../../sql/queries/commit/hold_words.sql");
const ERASE: &str = include_str!("../../../sql/queries/commit/erase.sql");
const ANONYMISE: &str = include_str!("../../../sql/queries/commit/anonymise.sql");
const ERASE_IDENTITY: &str = include_str!("../../../sql/queries/commit/erase_identity.sql");
const RAISE_FLOORS: &str = include_str!("../../../sql/queries/commit/raise_floors.sql");

/// A complaint of which something is erased.
pub struct Erased<'a> {
    /// The complaint, with the status that it has or had last.
    pub complaint: &'a Complaint,
    /// How much, and why.
    pub erasure: Erasure,
    /// When.
    pub at: Timestamp,
}

/// A complaint that comes under a legal hold.
pub struct Held<'a> {
    /// The complaint.
    pub complaint: Uuid,
    /// The hold.
    pub hold: &'a NewHold,
    /// When.
    pub at: Timestamp,
}

/// The columns of all of it, pairwise.
pub(super) struct Values<'a> {
    held: HeldValues<'a>,
    released: &'a [Uuid],
    stones: Stones<'a>,
    whole: Going,
    anonymous: Going,
    identities: Vec<Uuid>,
    /// Those whose photos go.
    without_photos: Vec<Uuid>,
    /// When the batch was decided.
    at: Timestamp,
    /// The first day that is not over then.
    unsettled: Date,
    floors: Floors<'a>,
}

struct HeldValues<'a> {
    complaints: Vec<Uuid>,
    placed_by: Vec<Uuid>,
    reasons: Vec<&'a str>,
    times: Vec<Timestamp>,
    until: Vec<Option<Timestamp>>,
}

struct Stones<'a> {
    complaints: Vec<Uuid>,
    modes: Vec<&'static str>,
    regions: Vec<&'a str>,
    categories: Vec<&'a str>,
    statuses: Vec<&'static str>,
    since: Vec<Timestamp>,
    created: Vec<Timestamp>,
    times: Vec<Timestamp>,
    reasons: Vec<&'static str>,
    runs: Vec<Option<Uuid>>,
}

/// Complaints with the time of their creation.
struct Going {
    ids: Vec<Uuid>,
    created: Vec<Timestamp>,
}

struct Floors<'a> {
    regions: Vec<&'a str>,
    floors: Vec<i64>,
}

impl<'a> Values<'a> {
    pub(super) fn of(batch: &'a Batch<'_>) -> Self {
        let erased = &batch.erased;
        let of_mode = |mode| erased.iter().filter(move |it| it.erasure.mode == mode);
        let id = |it: &Erased<'_>| it.complaint.id;
        let (whole, anonymous) = (of_mode(Mode::Erase), of_mode(Mode::Anonymise));
        let at = erased.first().map_or(Timestamp::UNIX_EPOCH, |it| it.at);
        Self {
            held: HeldValues::of(batch),
            released: &batch.released,
            stones: Stones::of(batch),
            without_photos: whole.clone().chain(anonymous.clone()).map(id).collect(),
            whole: Going::of(whole),
            anonymous: Going::of(anonymous),
            identities: of_mode(Mode::EraseIdentity).map(id).collect(),
            at,
            unsettled: settled(at),
            floors: Floors::of(batch),
        }
    }

    /// Adds the statements that are needed.
    pub(super) fn call<'b>(&'b self, calls: &mut Vec<Call<'b>>) {
        self.held.call(calls);
        if !self.released.is_empty() {
            calls.push(Call::Query(RELEASE, vec![&self.released]));
        }
        self.stones.call(calls);
        let (whole, anonymous) = (&self.whole, &self.anonymous);
        if !self.without_photos.is_empty() {
            let photos_of = &self.without_photos;
            calls.push(Call::Query(QUEUE_BLOBS, vec![photos_of, &self.at]));
        }
        if !whole.ids.is_empty() {
            let days = vec![&whole.ids as _, &self.unsettled as _];
            calls.push(Call::Query(COUNT_DAYS, days));
        }
        if !self.without_photos.is_empty() {
            // Behind the days, which take long: searches wait for it.
            calls.push(Call::Query(HOLD_WORDS, vec![]));
        }
        if !whole.ids.is_empty() {
            let gone = vec![&whole.ids as _, &whole.created as _, &self.at as _];
            calls.push(Call::Query(ERASE, gone));
        }
        if !anonymous.ids.is_empty() {
            let gone = vec![&anonymous.ids as _, &anonymous.created as _];
            calls.push(Call::Query(ANONYMISE, gone));
        }
        if !self.identities.is_empty() {
            calls.push(Call::Query(ERASE_IDENTITY, vec![&self.identities]));
        }
    }

    /// Adds the statement that raises floors, if it is needed.
    pub(super) fn call_floors<'b>(&'b self, calls: &mut Vec<Call<'b>>) {
        let Floors { regions, floors } = &self.floors;
        if !regions.is_empty() {
            calls.push(Call::Query(RAISE_FLOORS, vec![regions, floors]));
        }
    }
}

impl<'a> HeldValues<'a> {
    fn of(batch: &Batch<'a>) -> Self {
        let held = &batch.held;
        Self {
            complaints: list(held, |it| it.complaint),
            placed_by: list(held, |it| it.hold.by),
            reasons: list(held, |it| it.hold.reason.as_str()),
            times: list(held, |it| it.at),
            until: list(held, |it| it.hold.until),
        }
    }

    fn call<'b>(&'b self, calls: &mut Vec<Call<'b>>) {
        if !self.complaints.is_empty() {
            calls.push(Call::Query(
                HOLD,
                vec![
                    &self.complaints,
                    &self.placed_by,
                    &self.reasons,
                    &self.times,
                    &self.until,
                ],
            ));
        }
    }
}

impl<'a> Stones<'a> {
    fn of(batch: &Batch<'a>) -> Self {
        let erased = &batch.erased;
        Self {
            complaints: list(erased, |it| it.complaint.id),
            modes: list(erased, |it| it.erasure.mode.as_str()),
            regions: list(erased, |it| it.complaint.region.as_str()),
            categories: list(erased, |it| it.complaint.category.as_str()),
            statuses: list(erased, |it| it.complaint.status.as_str()),
            since: list(erased, |it| it.complaint.status_since),
            created: list(erased, |it| it.complaint.created_at),
            times: list(erased, |it| it.at),
            reasons: list(erased, |it| it.erasure.reason.as_str()),
            runs: list(erased, |it| it.erasure.run),
        }
    }

    fn call<'b>(&'b self, calls: &mut Vec<Call<'b>>) {
        if !self.complaints.is_empty() {
            calls.push(Call::Query(
                ENTOMB,
                vec![
                    &self.complaints,
                    &self.modes,
                    &self.regions,
                    &self.categories,
                    &self.statuses,
                    &self.since,
                    &self.created,
                    &self.times,
                    &self.reasons,
                    &self.runs,
                ],
            ));
        }
    }
}

impl Going {
    fn of<'a>(erased: impl Iterator<Item = &'a Erased<'a>>) -> Self {
        let pairs = erased.map(|it| (it.complaint.id, it.complaint.created_at));
        let (ids, created) = pairs.unzip();
        Self { ids, created }
    }
}

impl<'a> Floors<'a> {
    fn of(batch: &Batch<'a>) -> Self {
        let mut raised: BTreeMap<&str, i64> = BTreeMap::new();
        for (event, _) in &batch.events {
            if let Some(floor) = event.floor {
                let known = raised.entry(event.region.as_str()).or_default();
                *known = floor.max(*known);
            }
        }
        let (regions, floors) = raised.into_iter().unzip();
        Self { regions, floors }
    }
}

/// What lies beside complaints that are locked, by complaint.
pub(super) fn traces(rows: &[Row]) -> Result<HashMap<Uuid, Trace>, StoreError> {
    let mut traces: HashMap<Uuid, Trace> = HashMap::new();
    for row in rows {
        let complaint = column(row, "complaint_id")?;
        let trace = match traces.entry(complaint) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(trace(row)?),
        };
        let region: Option<&str> = column(row, "region_id")?;
        if let Some(region) = region {
            let region = RegionId::from_stored(region);
            trace.last.insert(region, column(row, "last")?);
        }
    }
    Ok(traces)
}

fn trace(row: &Row) -> Result<Trace, StoreError> {
    let placed_by: Option<Uuid> = column(row, "placed_by")?;
    let hold = match placed_by {
        Some(placed_by) => Some(LegalHold {
            placed_by,
            reason: column(row, "reason")?,
            placed_at: column(row, "placed_at")?,
            until: column(row, "until")?,
        }),
        None => None,
    };
    Ok(Trace {
        last: BTreeMap::new(),
        hold,
        has_identity: column(row, "has_identity")?,
        anonymised_at: column(row, "anonymised_at")?,
    })
}
