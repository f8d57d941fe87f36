//! Changed complaints, and the rows that go with a change.

use jiff::Timestamp;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{Comment, list};
use crate::domain::account::By;
use crate::domain::complaint::Complaint;

pub(super) const CHANGE: &str = include_str!("../../../sql/queries/commit/change.sql");
pub(super) const COMMENT: &str = include_str!("../../../sql/queries/commit/comment.sql");
pub(super) const SUPPORT: &str = include_str!("../../../sql/queries/commit/support.sql");

/// The columns of changed complaints, pairwise.
pub(super) struct Values<'a> {
    ids: Vec<Uuid>,
    regions: Vec<&'a str>,
    categories: Vec<&'a str>,
    statuses: Vec<&'a str>,
    severities: Vec<&'a str>,
    descriptions: Vec<&'a str>,
    addresses: Vec<Option<&'a str>>,
    latitudes: Vec<Option<f64>>,
    longitudes: Vec<Option<f64>>,
    assignees: Vec<Option<Uuid>>,
    versions: Vec<i64>,
    updated: Vec<Timestamp>,
    since: Vec<Timestamp>,
    due: Vec<Option<Timestamp>>,
    due_when_held: Vec<Option<Timestamp>>,
    hold_until: Vec<Option<Timestamp>>,
    escalations: Vec<i16>,
    timers: Vec<Option<Timestamp>>,
    duplicates: Vec<Option<Uuid>>,
    supporters: Vec<i32>,
    acknowledged: Vec<Option<Timestamp>>,
    resolved: Vec<Option<Timestamp>>,
}

impl<'a> Values<'a> {
    pub(super) fn of(changed: &[&'a Complaint]) -> Self {
        Self {
            ids: list(changed, |it| it.id),
            regions: list(changed, |it| it.region.as_str()),
            categories: list(changed, |it| it.category.as_str()),
            statuses: list(changed, |it| it.status.as_str()),
            severities: list(changed, |it| it.severity.as_str()),
            descriptions: list(changed, |it| it.description.as_str()),
            addresses: list(changed, |it| it.address.as_deref()),
            latitudes: list(changed, |it| it.latitude),
            longitudes: list(changed, |it| it.longitude),
            assignees: list(changed, |it| it.assignee),
            versions: list(changed, |it| it.version),
            updated: list(changed, |it| it.updated_at),
            since: list(changed, |it| it.status_since),
            due: list(changed, |it| it.life.due_at),
            due_when_held: list(changed, |it| it.life.due_when_held),
            hold_until: list(changed, |it| it.life.hold_until),
            escalations: list(changed, |it| it.life.escalation),
            timers: list(changed, |it| it.life.timer_at),
            duplicates: list(changed, |it| it.life.duplicate_of),
            supporters: list(changed, |it| it.life.supporters),
            acknowledged: list(changed, |it| it.life.acknowledged_at),
            resolved: list(changed, |it| it.life.resolved_at),
        }
    }

    pub(super) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![
            &self.ids,
            &self.regions,
            &self.categories,
            &self.statuses,
            &self.severities,
            &self.descriptions,
            &self.addresses,
            &self.latitudes,
            &self.longitudes,
            &self.assignees,
            &self.versions,
            &self.updated,
            &self.since,
            &self.due,
            &self.due_when_held,
            &self.hold_until,
            &self.escalations,
            &self.timers,
            &self.duplicates,
            &self.supporters,
            &self.acknowledged,
            &self.resolved,
        ]
    }
}

/// The columns of new comments, pairwise.
pub(super) struct CommentValues<'a> {
    ids: Vec<Uuid>,
    complaints: Vec<Uuid>,
    times: Vec<Timestamp>,
    by_kinds: Vec<&'static str>,
    by_ids: Vec<Option<Uuid>>,
    visibilities: Vec<&'static str>,
    texts: Vec<&'a str>,
}

impl<'a> CommentValues<'a> {
    pub(super) fn of(comments: &[Comment<'a>]) -> Self {
        Self {
            ids: list(comments, |it| it.comment.id),
            complaints: list(comments, |it| it.complaint),
            times: list(comments, |it| it.at),
            by_kinds: list(comments, |it| it.by.kind()),
            by_ids: list(comments, |it| By::id(it.by)),
            visibilities: list(comments, |it| it.comment.visibility.as_str()),
            texts: list(comments, |it| it.comment.text.as_str()),
        }
    }

    pub(super) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![
            &self.ids,
            &self.complaints,
            &self.times,
            &self.by_kinds,
            &self.by_ids,
            &self.visibilities,
            &self.texts,
        ]
    }
}

/// The columns of new supporters, pairwise.
pub(super) struct SupportValues<'a> {
    complaints: Vec<Uuid>,
    supporters: Vec<&'a [u8]>,
    times: Vec<Timestamp>,
}

impl<'a> SupportValues<'a> {
    pub(super) fn of(supports: &[(Uuid, &'a [u8], Timestamp)]) -> Self {
        Self {
            complaints: list(supports, |(complaint, _, _)| *complaint),
            supporters: list(supports, |(_, supporter, _)| *supporter),
            times: list(supports, |(_, _, at)| *at),
        }
    }

    pub(super) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![&self.complaints, &self.supporters, &self.times]
    }
}
