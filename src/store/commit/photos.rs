//! Photos as their complaint's lock shows them, and what a batch makes of them.

use std::collections::HashMap;

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::photos::{by_of, kind_of, status_of};
use super::super::session::Call;
use super::{StoreError, column, list};
use crate::domain::account::By;
use crate::domain::photo::{NewPhoto, Outcome, PhotoState};

pub(super) const OF: &str = include_str!("../../../sql/queries/commit/photos_of.sql");
const ADD: &str = include_str!("../../../sql/queries/commit/add_photos.sql");
const FINISH: &str = include_str!("../../../sql/queries/commit/finish_photos.sql");
const REMOVE: &str = include_str!("../../../sql/queries/commit/remove_photos.sql");

/// A photo that is new.
pub struct AddedPhoto<'a> {
    /// The complaint.
    pub complaint: Uuid,
    /// The photo.
    pub photo: &'a NewPhoto,
    /// When.
    pub at: Timestamp,
    /// Who sent it.
    pub by: By,
}

/// What a batch makes of photos, each at most once in each list.
#[derive(Default)]
pub struct Photos<'a> {
    /// New ones.
    pub added: Vec<AddedPhoto<'a>>,
    /// Those that became ready or failed, with the time.
    pub finished: Vec<(Uuid, &'a Outcome, Timestamp)>,
    /// Those that go.
    pub removed: Vec<Uuid>,
}

/// The columns of the three lists, pairwise.
pub(super) struct Values<'a> {
    added: AddedValues,
    finished: FinishedValues<'a>,
    removed: Vec<Uuid>,
}

struct AddedValues {
    ids: Vec<Uuid>,
    complaints: Vec<Uuid>,
    kinds: Vec<&'static str>,
    by_kinds: Vec<&'static str>,
    by_ids: Vec<Option<Uuid>>,
    times: Vec<Timestamp>,
    bytes: Vec<i64>,
    use_location: Vec<bool>,
}

#[derive(Default)]
struct FinishedValues<'a> {
    ids: Vec<Uuid>,
    statuses: Vec<&'static str>,
    times: Vec<Timestamp>,
    reasons: Vec<Option<&'a str>>,
    widths: Vec<Option<i32>>,
    heights: Vec<Option<i32>>,
    placeholders: Vec<Option<&'a str>>,
    bytes: Vec<i64>,
    taken_at: Vec<Option<&'a str>>,
}

impl<'a> FinishedValues<'a> {
    fn push(&mut self, &(id, outcome, at): &(Uuid, &'a Outcome, Timestamp)) {
        self.ids.push(id);
        self.statuses.push(outcome.status().as_str());
        self.times.push(at);
        let (mut reason, mut size, mut blur, mut all, mut at) = (None, None, None, 0, None);
        match outcome {
            Outcome::Ready {
                width,
                height,
                placeholder,
                bytes,
                taken,
            } => {
                size = Some((*width, *height));
                blur = Some(placeholder.as_str());
                all = *bytes;
                at = taken.at.as_deref();
            }
            Outcome::Failed { reason: why } => reason = Some(why.as_str()),
        }
        self.reasons.push(reason);
        self.widths.push(size.map(|(width, _)| width));
        self.heights.push(size.map(|(_, height)| height));
        self.placeholders.push(blur);
        self.bytes.push(all);
        self.taken_at.push(at);
    }
}

impl<'a> Values<'a> {
    pub(super) fn of(photos: &Photos<'a>) -> Self {
        let added = &photos.added;
        let mut finished = FinishedValues::default();
        photos.finished.iter().for_each(|it| finished.push(it));
        Self {
            added: AddedValues {
                ids: list(added, |it| it.photo.id),
                complaints: list(added, |it| it.complaint),
                kinds: list(added, |it| it.photo.kind.as_str()),
                by_kinds: list(added, |it| it.by.kind()),
                by_ids: list(added, |it| By::id(it.by)),
                times: list(added, |it| it.at),
                bytes: list(added, |it| it.photo.bytes),
                use_location: list(added, |it| it.photo.uses_location),
            },
            finished,
            removed: photos.removed.clone(),
        }
    }

    /// Adds the statements that are needed.
    pub(super) fn call<'b>(&'b self, calls: &mut Vec<Call<'b>>) {
        let (added, done) = (&self.added, &self.finished);
        if !added.ids.is_empty() {
            calls.push(Call::Query(
                ADD,
                vec![
                    &added.ids,
                    &added.complaints,
                    &added.kinds,
                    &added.by_kinds,
                    &added.by_ids,
                    &added.times,
                    &added.bytes,
                    &added.use_location,
                ],
            ));
        }
        if !done.ids.is_empty() {
            calls.push(Call::Query(
                FINISH,
                vec![
                    &done.ids,
                    &done.statuses,
                    &done.times,
                    &done.reasons,
                    &done.placeholders,
                    &done.widths,
                    &done.heights,
                    &done.bytes,
                    &done.taken_at,
                ],
            ));
        }
        if !self.removed.is_empty() {
            calls.push(Call::Query(REMOVE, vec![&self.removed]));
        }
    }
}

/// The photos of complaints that are locked, by complaint.
pub(super) fn states(rows: &[Row]) -> Result<HashMap<Uuid, Vec<PhotoState>>, StoreError> {
    let mut photos: HashMap<Uuid, Vec<PhotoState>> = HashMap::new();
    for row in rows {
        let state = PhotoState {
            id: column(row, "id")?,
            kind: kind_of(row)?,
            status: status_of(row)?,
            by: by_of(row)?,
        };
        let complaint = column(row, "complaint_id")?;
        photos.entry(complaint).or_default().push(state);
    }
    Ok(photos)
}
