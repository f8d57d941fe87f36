//! Categories: their rows.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::{Saved, saved};
use crate::domain::catalogue::{Category, CategoryChange, CategoryDraft};
use crate::domain::complaint::Severity;
use crate::store::{Store, StoreError, column};

const CREATE_CATEGORY: &str = include_str!("../../../sql/queries/catalogue/create_category.sql");
const CHANGE_CATEGORY: &str = include_str!("../../../sql/queries/catalogue/change_category.sql");
const SAVE_CATEGORIES: &str = include_str!("../../../sql/queries/catalogue/save_categories.sql");

/// Creates a category; `None` when the id is taken.
///
/// # Errors
/// [`StoreError`].
pub async fn create_category(
    store: &Store,
    draft: &CategoryDraft,
) -> Result<Option<Category>, StoreError> {
    let severity = draft.default_severity.as_str();
    let rows = store
        .session()
        .await?
        .query(
            CREATE_CATEGORY,
            &[
                &draft.id,
                &draft.name,
                &draft.hint,
                &severity,
                &draft.duplicate_radius_m,
                &draft.duplicate_days,
            ],
        )
        .await?;
    rows.first().map(category).transpose()
}

/// Changes a category (also activates and deactivates it); `None` when there is none of that id.
///
/// # Errors
/// [`StoreError`].
pub async fn change_category(
    store: &Store,
    id: &str,
    change: &CategoryChange,
) -> Result<Option<Category>, StoreError> {
    let severity = change.default_severity.map(Severity::as_str);
    let rows = store
        .session()
        .await?
        .query(
            CHANGE_CATEGORY,
            &[
                &id,
                &change.name,
                &change.hint,
                &severity,
                &change.active,
                &change.duplicate_radius_m,
                &change.duplicate_days,
            ],
        )
        .await?;
    rows.first().map(category).transpose()
}

/// Creates or updates categories, all or none; what a draft does not tell stays as it is. Each id once.
///
/// # Errors
/// [`StoreError`].
pub async fn save_categories(store: &Store, drafts: &[CategoryDraft]) -> Result<Saved, StoreError> {
    let ids: Vec<&str> = drafts.iter().map(|draft| draft.id.as_str()).collect();
    let names: Vec<&str> = drafts.iter().map(|draft| draft.name.as_str()).collect();
    let hints: Vec<&str> = drafts.iter().map(|draft| draft.hint.as_str()).collect();
    let severities: Vec<&str> = drafts
        .iter()
        .map(|draft| draft.default_severity.as_str())
        .collect();
    let radii: Vec<Option<i32>> = drafts.iter().map(|it| it.duplicate_radius_m).collect();
    let days: Vec<Option<i32>> = drafts.iter().map(|it| it.duplicate_days).collect();
    let values: [&(dyn ToSql + Sync); 6] = [&ids, &names, &hints, &severities, &radii, &days];
    let session = store.session().await?;
    let rows = session.query(SAVE_CATEGORIES, &values).await?;
    saved(&rows)
}

pub(super) fn category(row: &Row) -> Result<Category, StoreError> {
    let severity: &str = column(row, "default_severity")?;
    let default_severity = Severity::parse(severity)
        .map_err(|(_, message)| StoreError::Shape(format!("default_severity {message}")))?;
    Ok(Category {
        id: column(row, "id")?,
        name: column(row, "name")?,
        hint: column(row, "hint")?,
        default_severity,
        active: column(row, "active")?,
        duplicate_radius_m: column(row, "duplicate_radius_m")?,
        duplicate_days: column(row, "duplicate_days")?,
    })
}
