//! Reads one complaint, and makes complaints of rows. Lists are in [`super::lists`].

use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, column};
use crate::domain::complaint::{Complaint, Idempotency, Life, Severity};
use crate::domain::event::{FormerTraits, Sides, Sighting, Traits};
use crate::domain::place::Point;
use crate::domain::region::RegionId;
use crate::domain::reporter::Reporter;
use crate::domain::status::Status;

const OPEN: &str = include_str!("../../sql/queries/complaints/open.sql");
const IS_ANSWERED: &str = include_str!("../../sql/queries/complaints/is_answered.sql");
const GET: &str = include_str!("../../sql/queries/complaints/get.sql");

/// A complaint with what only staff may see, and the key that brought it.
pub struct Found {
    /// The complaint.
    pub complaint: Complaint,
    /// Who reported it, as far as told.
    pub reporter: Option<Reporter>,
    /// The API key that submitted it.
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

/// The open complaints of a region.
///
/// # Errors
/// [`StoreError`].
pub async fn open(store: &Store, region: &RegionId) -> Result<Vec<Sighting>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(OPEN, &[&region.as_str()]).await?;
    let sighting = |row: &Row| {
        let traits = Traits {
            category: column(row, "category_id")?,
            severity: severity_of(column(row, "severity")?)?,
            assignee: column(row, "assignee_id")?,
        };
        let latitude: Option<f64> = column(row, "latitude")?;
        let at = latitude.zip(column(row, "longitude")?);
        Ok(Sighting {
            region: region.clone(),
            sides: Sides::new(column(row, "id")?, traits, FormerTraits::default(), false).into(),
            point: at.map(|(latitude, longitude)| Point {
                latitude,
                longitude,
            }),
            is_open: true,
        })
    };
    rows.iter().map(sighting).collect()
}

/// Whether a request with this idempotency key was answered before.
///
/// # Errors
/// [`StoreError`].
pub async fn is_answered(store: &Store, key: &Idempotency) -> Result<bool, StoreError> {
    let session = store.session().await?;
    let rows = session.query(IS_ANSWERED, &[&key.scope, &key.key]).await?;
    let answered = rows
        .first()
        .map(|row| column(row, "answered"))
        .transpose()?;
    Ok(answered.unwrap_or_default())
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
    Ok(Complaint {
        id: column(row, "id")?,
        region: RegionId::from_stored(column(row, "region_id")?),
        category: column(row, "category_id")?,
        status: status_of(column(row, "status")?)?,
        severity: severity_of(column(row, "severity")?)?,
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

/// A severity from its word.
fn severity_of(word: &str) -> Result<Severity, StoreError> {
    Severity::parse(word)
        .map_err(|(_, said)| StoreError::Shape(format!("severity {word:?} {said}")))
}
