//! Reads of complaints: one, and lists in pages.

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, column};
use crate::domain::complaint::{Complaint, Life, Severity};
use crate::domain::region::RegionId;
use crate::domain::reporter::Reporter;
use crate::domain::status::Status;

const GET: &str = include_str!("../../sql/queries/complaints/get.sql");
const LIST: &str = include_str!("../../sql/queries/complaints/list.sql");

/// A complaint with what only staff may see, and the key that brought it.
pub struct Found {
    /// The complaint.
    pub complaint: Complaint,
    /// Who reported it, as far as told.
    pub reporter: Option<Reporter>,
    /// The API key that submitted it.
    pub api_key: Option<Uuid>,
}

/// What a list is narrowed to; the default is everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only these regions.
    pub regions: Option<Vec<RegionId>>,
    /// Only this status.
    pub status: Option<Status>,
    /// Only this category.
    pub category: Option<String>,
    /// Only this severity.
    pub severity: Option<Severity>,
    /// Only those of this officer.
    pub assignee: Option<Uuid>,
    /// Only those of nobody.
    pub unassigned: bool,
    /// Only those whose description or address contains this text.
    pub text: Option<String>,
    /// Only those submitted after this time.
    pub created_after: Option<Timestamp>,
    /// Only those submitted before this time.
    pub created_before: Option<Timestamp>,
    /// Only those that this API key submitted.
    pub api_key: Option<Uuid>,
}

/// One complaint; `None` when there is none of that id.
///
/// # Errors
/// [`StoreError`].
pub async fn get(store: &Store, id: Uuid) -> Result<Option<Found>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(GET, &[&id]).await?;
    rows.first().map(found_of).transpose()
}

/// A page of at most `limit` complaints, newest first, behind the cursor `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    store: &Store,
    filter: &Filter,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<Complaint>, StoreError> {
    let regions: Option<Vec<&str>> = filter
        .regions
        .as_ref()
        .map(|regions| regions.iter().map(RegionId::as_str).collect());
    let pattern = filter.text.as_deref().map(pattern);
    let session = store.session().await?;
    let rows = session
        .query(
            LIST,
            &[
                &regions,
                &filter.status.map(Status::as_str),
                &filter.category,
                &filter.severity.map(Severity::as_str),
                &filter.assignee,
                &filter.unassigned,
                &pattern,
                &filter.created_after,
                &filter.created_before,
                &filter.api_key,
                &after.map(|(at, _)| at),
                &after.map(|(_, id)| id),
                &limit,
            ],
        )
        .await?;
    rows.iter().map(complaint_of).collect()
}

/// A LIKE pattern that matches `text` anywhere and literally.
fn pattern(text: &str) -> String {
    let literal = text
        .replace('\\', r"\\")
        .replace('%', r"\%")
        .replace('_', r"\_");
    format!("%{literal}%")
}

fn found_of(row: &Row) -> Result<Found, StoreError> {
    let reporter = Reporter {
        name: column(row, "reporter_name")?,
        email: column(row, "reporter_email")?,
        phone: column(row, "reporter_phone")?,
    };
    let told = reporter.name.is_some() || reporter.email.is_some() || reporter.phone.is_some();
    Ok(Found {
        complaint: complaint_of(row)?,
        reporter: told.then_some(reporter),
        api_key: column(row, "api_key_id")?,
    })
}

/// A complaint from a row with all its columns.
pub(super) fn complaint_of(row: &Row) -> Result<Complaint, StoreError> {
    let severity: &str = column(row, "severity")?;
    Ok(Complaint {
        id: column(row, "id")?,
        region: RegionId::from_stored(column(row, "region_id")?),
        category: column(row, "category_id")?,
        status: status_of(column(row, "status")?)?,
        severity: Severity::parse(severity).map_err(|(_, message)| {
            StoreError::Shape(format!("severity {severity:?} {message}"))
        })?,
        description: column(row, "description")?,
        address: column(row, "address")?,
        latitude: column(row, "latitude")?,
        longitude: column(row, "longitude")?,
        assignee: column(row, "assignee_id")?,
        version: column(row, "version")?,
        created_at: column(row, "created_at")?,
        updated_at: column(row, "updated_at")?,
        status_since: column(row, "status_since")?,
        life: Life {
            due_at: column(row, "due_at")?,
            due_when_held: column(row, "due_when_held")?,
            hold_until: column(row, "hold_until")?,
            escalation: column(row, "escalation")?,
            timer_at: column(row, "timer_at")?,
            duplicate_of: column(row, "duplicate_of")?,
            supporters: column(row, "supporters")?,
            acknowledged_at: column(row, "acknowledged_at")?,
            resolved_at: column(row, "resolved_at")?,
        },
    })
}

/// A status from its word.
pub(super) fn status_of(word: &str) -> Result<Status, StoreError> {
    Status::parse(word).ok_or_else(|| StoreError::Shape(format!("unknown status {word:?}")))
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn wildcards_in_a_search_are_taken_literally() {
        assert_eq!(pattern(r"50%_\"), r"%50\%\_\\%");
    }
}
