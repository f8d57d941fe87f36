//! New complaints, and the events of a batch.

use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{Batch, list};
use crate::domain::complaint::{Idempotency, Submission};
use crate::domain::status::Status;
use crate::store::{Session, StoreError};

const SUBMIT: &str = include_str!("../../../sql/queries/commit/submit.sql");
pub(super) const WRITE: &str = include_str!("../../../sql/queries/commit/write.sql");

/// The columns of new complaints, pairwise.
struct Complaints<'a> {
    ids: Vec<Uuid>,
    regions: Vec<&'a str>,
    categories: Vec<&'a str>,
    severities: Vec<&'a str>,
    descriptions: Vec<&'a str>,
    addresses: Vec<Option<&'a str>>,
    latitudes: Vec<Option<f64>>,
    longitudes: Vec<Option<f64>>,
    api_keys: Vec<Option<Uuid>>,
    times: Vec<Timestamp>,
    due: Vec<Option<Timestamp>>,
    timers: Vec<Option<Timestamp>>,
}

impl<'a> Complaints<'a> {
    fn of(batch: &Batch<'a>) -> Self {
        let new: Vec<&'a Submission> = list(&batch.submissions, |(submission, _)| *submission);
        let point = |it: &&Submission| it.place.point;
        Self {
            ids: list(&new, |it| it.id),
            regions: list(&new, |it| it.region.as_str()),
            categories: list(&new, |it| it.category.as_str()),
            severities: list(&new, |it| it.severity.as_str()),
            descriptions: list(&new, |it| it.description.as_str()),
            addresses: list(&new, |it| it.place.address.as_deref()),
            latitudes: list(&new, |it| point(it).map(|point| point.latitude)),
            longitudes: list(&new, |it| point(it).map(|point| point.longitude)),
            api_keys: list(&new, |it| it.api_key),
            times: list(&batch.submissions, |(_, event)| event.at),
            due: list(&batch.submissions, |(_, event)| event.complaint.life.due_at),
            timers: list(&batch.submissions, |(_, event)| {
                event.complaint.life.timer_at
            }),
        }
    }

    fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![
            &self.ids,
            &self.regions,
            &self.categories,
            &self.severities,
            &self.descriptions,
            &self.addresses,
            &self.latitudes,
            &self.longitudes,
            &self.api_keys,
            &self.times,
            &self.due,
            &self.timers,
        ]
    }
}

/// New complaints without idempotency key and reporter; every one of them has an event, in its order.
pub(super) async fn plain(session: &Session, batch: &Batch<'_>) -> Result<Vec<Row>, StoreError> {
    let complaints = Complaints::of(batch);
    let (regions, places) = batch.places();
    let event_ids = list(&batch.events, |(event, _)| event.event_id);
    let payloads = list(&batch.events, |(_, payload)| *payload);
    let names: Vec<&str> = regions.keys().copied().collect();
    let counts: Vec<i64> = regions.values().copied().collect();
    let mut parameters = complaints.parameters();
    parameters
        .extend::<[&(dyn ToSql + Sync); 5]>([&event_ids, &places, &payloads, &names, &counts]);
    session.query(SUBMIT, &parameters).await
}

/// What `write.sql` takes: whatever new complaints may bring, and events of any kind.
pub(super) struct Values<'a> {
    complaints: Complaints<'a>,
    scopes: Vec<Option<&'a str>>,
    keys: Vec<Option<&'a str>>,
    body_hashes: Vec<Option<&'a [u8]>>,
    names: Vec<Option<&'a str>>,
    emails: Vec<Option<&'a str>>,
    phones: Vec<Option<&'a str>>,
    events: Events<'a>,
}

struct Events<'a> {
    regions: Vec<&'a str>,
    ids: Vec<Uuid>,
    complaints: Vec<Uuid>,
    kinds: Vec<&'a str>,
    times: Vec<Timestamp>,
    before: Vec<Option<&'a str>>,
    after: Vec<Option<&'a str>>,
    payloads: Vec<&'a str>,
}

impl<'a> Values<'a> {
    pub(super) fn of(batch: &Batch<'a>) -> Self {
        let new = list(&batch.submissions, |(submission, _)| *submission);
        let keys: Vec<Option<&'a Idempotency>> = list(&new, |it| it.idempotency.as_ref());
        let reporters = list(&new, |it| it.reporter.as_ref());
        Self {
            complaints: Complaints::of(batch),
            scopes: list(&keys, |key| key.map(|key| key.scope.as_str())),
            body_hashes: list(&keys, |key| key.map(|key| key.body_hash.as_slice())),
            keys: list(&keys, |key| key.map(|key| key.key.as_str())),
            names: list(&reporters, |it| it.and_then(|it| it.name.as_deref())),
            emails: list(&reporters, |it| it.and_then(|it| it.email.as_deref())),
            phones: list(&reporters, |it| it.and_then(|it| it.phone.as_deref())),
            events: Events::of(batch),
        }
    }

    pub(super) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        let mut parameters = self.complaints.parameters();
        let events = &self.events;
        parameters.extend::<[&(dyn ToSql + Sync); 14]>([
            &self.scopes,
            &self.keys,
            &self.body_hashes,
            &self.names,
            &self.emails,
            &self.phones,
            &events.regions,
            &events.ids,
            &events.complaints,
            &events.kinds,
            &events.times,
            &events.before,
            &events.after,
            &events.payloads,
        ]);
        parameters
    }
}

impl<'a> Events<'a> {
    fn of(batch: &Batch<'a>) -> Self {
        let all = &batch.events;
        let word = |status: Option<Status>| status.map(Status::as_str);
        Self {
            regions: list(all, |(event, _)| event.region.as_str()),
            ids: list(all, |(event, _)| event.event_id),
            complaints: list(all, |(event, _)| event.complaint.id),
            kinds: list(all, |(event, _)| event.kind.as_str()),
            times: list(all, |(event, _)| event.at),
            before: list(all, |(event, _)| word(event.step().and_then(|it| it.from))),
            after: list(all, |(event, _)| word(event.step().and_then(|it| it.to))),
            payloads: list(all, |(_, payload)| *payload),
        }
    }
}
