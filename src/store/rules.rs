//! The rules of regions and categories: workflows, calendars and deadlines, as stored documents.
//!
//! Every writing statement moves `installation.catalogue_version` itself, as those of `catalogue` do.
//! Whether a document is good is decided before it comes here.

use serde_json::Value;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::complaints::status_of;
use super::{Session, Store, StoreError, column};
use crate::domain::region::RegionId;
use crate::domain::rules::{Documents, Rules};
use crate::domain::status::Status;

const WORKFLOWS: &str = include_str!("../../sql/queries/rules/workflows.sql");
const CALENDARS: &str = include_str!("../../sql/queries/rules/calendars.sql");
const DEADLINES: &str = include_str!("../../sql/queries/rules/deadlines.sql");
const SAVE_WORKFLOW: &str = include_str!("../../sql/queries/rules/save_workflow.sql");
const DELETE_WORKFLOW: &str = include_str!("../../sql/queries/rules/delete_workflow.sql");
const SAVE_CALENDAR: &str = include_str!("../../sql/queries/rules/save_calendar.sql");
const DELETE_CALENDAR: &str = include_str!("../../sql/queries/rules/delete_calendar.sql");
const SAVE_DEADLINES: &str = include_str!("../../sql/queries/rules/save_deadlines.sql");
const DELETE_DEADLINES: &str = include_str!("../../sql/queries/rules/delete_deadlines.sql");
const COUNT_IN: &str = include_str!("../../sql/queries/rules/count_in.sql");
const UNABLE_OFFICERS: &str = include_str!("../../sql/queries/rules/unable_officers.sql");

/// How many complaints of a category are in a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Category id.
    pub category: String,
    /// The status.
    pub status: Status,
    /// How many.
    pub complaints: i64,
}

/// All rules. A document that cannot be read any more is left out, and logged.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn load(session: &Session) -> Result<Rules, StoreError> {
    let rules = Rules::new(documents(session).await?);
    for what in rules.unreadable() {
        slog_scope::warn!(
            "a stored document cannot be read; what holds without it is in force: {}",
            what
        );
    }
    Ok(rules)
}

async fn documents(session: &Session) -> Result<Documents, StoreError> {
    let mut documents = Documents::default();
    for row in &session.query(WORKFLOWS, &[]).await? {
        let region = RegionId::from_stored(column(row, "region_id")?);
        let category: String = column(row, "category_id")?;
        let document: Value = column(row, "document")?;
        if category.is_empty() {
            documents.regions.insert(region, document);
        } else {
            let categories = documents.categories.entry(region).or_default();
            categories.insert(category, document);
        }
    }
    for row in &session.query(CALENDARS, &[]).await? {
        let region = RegionId::from_stored(column(row, "region_id")?);
        documents.calendars.insert(region, column(row, "document")?);
    }
    for row in &session.query(DEADLINES, &[]).await? {
        documents
            .deadlines
            .insert(column(row, "category_id")?, column(row, "rules")?);
    }
    Ok(documents)
}

/// Sets the workflow of a region, or of one category in it; `false` when there is no such region.
///
/// # Errors
/// [`StoreError`].
pub async fn save_workflow(
    store: &Store,
    region: &RegionId,
    category: Option<&str>,
    document: &Value,
) -> Result<bool, StoreError> {
    let category = category.unwrap_or_default();
    write(
        store,
        SAVE_WORKFLOW,
        &[&region.as_str(), &category, document],
    )
    .await
}

/// Takes it away; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_workflow(
    store: &Store,
    region: &RegionId,
    category: Option<&str>,
) -> Result<bool, StoreError> {
    let category = category.unwrap_or_default();
    write(store, DELETE_WORKFLOW, &[&region.as_str(), &category]).await
}

/// Sets the calendar of a region; `false` when there is no such region.
///
/// # Errors
/// [`StoreError`].
pub async fn save_calendar(
    store: &Store,
    region: &RegionId,
    document: &Value,
) -> Result<bool, StoreError> {
    write(store, SAVE_CALENDAR, &[&region.as_str(), document]).await
}

/// Takes it away; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_calendar(store: &Store, region: &RegionId) -> Result<bool, StoreError> {
    write(store, DELETE_CALENDAR, &[&region.as_str()]).await
}

/// Sets the deadlines of a category; `false` when there is no such category.
///
/// # Errors
/// [`StoreError`].
pub async fn save_deadlines(
    store: &Store,
    category: &str,
    rules: &Value,
) -> Result<bool, StoreError> {
    write(store, SAVE_DEADLINES, &[&category, rules]).await
}

/// Takes them away; `false` when there are none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_deadlines(store: &Store, category: &str) -> Result<bool, StoreError> {
    write(store, DELETE_DEADLINES, &[&category]).await
}

async fn write(
    store: &Store,
    statement: &'static str,
    values: &[&(dyn ToSql + Sync)],
) -> Result<bool, StoreError> {
    let rows = store.session().await?.query(statement, values).await?;
    let row = rows.first();
    let row = row.ok_or_else(|| StoreError::Shape("expected one row".into()))?;
    column(row, "written")
}

/// How many complaints of a region are in each of `statuses`, by category.
///
/// # Errors
/// [`StoreError`].
pub async fn count_in(
    store: &Store,
    region: &RegionId,
    statuses: impl IntoIterator<Item = Status>,
) -> Result<Vec<Count>, StoreError> {
    let words: Vec<&str> = statuses.into_iter().map(Status::as_str).collect();
    let session = store.session().await?;
    let rows = session.query(COUNT_IN, &[&region.as_str(), &words]).await?;
    rows.iter()
        .map(|row| {
            Ok(Count {
                category: column(row, "category_id")?,
                status: status_of(column(row, "status")?)?,
                complaints: column(row, "complaints")?,
            })
        })
        .collect()
}

/// Those of `people` who could not be given a complaint of the region beside them, or of any.
///
/// # Errors
/// [`StoreError`].
pub async fn unable_officers(
    store: &Store,
    people: &[(Uuid, Option<&RegionId>)],
) -> Result<Vec<Uuid>, StoreError> {
    let ids: Vec<Uuid> = people.iter().map(|(id, _)| *id).collect();
    let regions: Vec<Option<&str>> = people
        .iter()
        .map(|(_, region)| region.map(RegionId::as_str))
        .collect();
    let session = store.session().await?;
    let rows = session.query(UNABLE_OFFICERS, &[&ids, &regions]).await?;
    rows.iter().map(|row| column(row, "account_id")).collect()
}
