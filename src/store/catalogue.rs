//! Regions and categories: their rows, and the cell that holds the present [`Catalogue`] of this process.
//!
//! Every writing statement moves `installation.catalogue_version` itself, so that other nodes
//! notice by it alone (`installation::pulse`). Nothing here knows who may write.

mod categories;

use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;
use tokio_postgres::Row;

use super::{Store, StoreError, column, rules};
use crate::domain::boundary::Boundary;
use crate::domain::catalogue::{Catalogue, Region, RegionChange, RegionDraft};
use crate::domain::region::RegionId;
use categories::category;
pub use categories::{change_category, create_category, save_categories};

const VERSION: &str = include_str!("../../sql/queries/catalogue/version.sql");
const REGIONS: &str = include_str!("../../sql/queries/catalogue/regions.sql");
const CATEGORIES: &str = include_str!("../../sql/queries/catalogue/categories.sql");
const IS_EMPTY: &str = include_str!("../../sql/queries/catalogue/is_empty.sql");
const CREATE_REGION: &str = include_str!("../../sql/queries/catalogue/create_region.sql");
const CHANGE_REGION: &str = include_str!("../../sql/queries/catalogue/change_region.sql");
const SAVE_REGIONS: &str = include_str!("../../sql/queries/catalogue/save_regions.sql");

/// How many rows an upsert wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Rows that are new.
    pub created: i64,
    /// Rows that existed.
    pub updated: i64,
}

/// The present catalogue of this process. Cheap to clone; all clones show the same one.
#[derive(Debug, Clone, Default)]
pub struct CatalogueCell(Arc<RwLock<Arc<Catalogue>>>);

impl CatalogueCell {
    /// A cell that shows `catalogue`.
    pub fn new(catalogue: Catalogue) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(catalogue))))
    }

    /// The present catalogue; it stays as it is while the caller holds it.
    pub fn get(&self) -> Arc<Catalogue> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&held)
    }

    /// Shows `catalogue`, unless the present one is at least as new: two loads may end in either order.
    pub fn set(&self, catalogue: Catalogue) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if catalogue.version > held.version {
            *held = Arc::new(catalogue);
        }
    }

    /// Loads the catalogue and shows it, unless the present one is at least as new.
    ///
    /// # Errors
    /// [`StoreError`]; the present catalogue stays.
    pub async fn reload(&self, store: &Store) -> Result<(), StoreError> {
        self.set(load(store).await?);
        Ok(())
    }
}

/// All regions and categories, with their rules.
///
/// # Errors
/// [`StoreError`], also when a row has an unknown severity.
pub async fn load(store: &Store) -> Result<Catalogue, StoreError> {
    let session = store.session().await?;
    // The version first: what is read after it is at least as new as it says, so that a change
    // in between costs one more load and is never missed.
    let version = version_of(&session.query(VERSION, &[]).await?)?;
    let regions = session.query(REGIONS, &[]).await?;
    let categories = session.query(CATEGORIES, &[]).await?;
    let rules = rules::load(&session).await?;
    drop(session);
    let regions = regions.iter().map(region).collect::<Result<_, _>>()?;
    let categories = categories.iter().map(category).collect::<Result<_, _>>()?;
    let catalogue = Catalogue::new(version, regions, categories).with_rules(rules);
    for (id, reason) in catalogue.unplaced() {
        slog_scope::warn!("the boundary of a region cannot be read; no point is found in it: {}", reason;
            "region" => id.as_str());
    }
    Ok(catalogue)
}

/// Whether there is neither a region nor a category.
///
/// # Errors
/// [`StoreError`].
pub async fn is_empty(store: &Store) -> Result<bool, StoreError> {
    let rows = store.session().await?.query(IS_EMPTY, &[]).await?;
    column(only(&rows)?, "is_empty")
}

/// Creates a region; `None` when the id is taken.
///
/// # Errors
/// [`StoreError`].
pub async fn create_region(
    store: &Store,
    draft: &RegionDraft,
) -> Result<Option<Region>, StoreError> {
    let boundary = draft.boundary.as_ref().map(Boundary::geometry);
    let rows = store
        .session()
        .await?
        .query(CREATE_REGION, &[&draft.id.as_str(), &draft.name, &boundary])
        .await?;
    rows.first().map(region).transpose()
}

/// Changes a region (also activates and deactivates it); `None` when there is none of that id.
///
/// # Errors
/// [`StoreError`].
pub async fn change_region(
    store: &Store,
    id: &RegionId,
    change: &RegionChange,
) -> Result<Option<Region>, StoreError> {
    let changes_boundary = change.boundary.is_some();
    let boundary = change
        .boundary
        .iter()
        .flatten()
        .next()
        .map(Boundary::geometry);
    let rows = store
        .session()
        .await?
        .query(
            CHANGE_REGION,
            &[
                &id.as_str(),
                &change.name,
                &change.active,
                &changes_boundary,
                &boundary,
            ],
        )
        .await?;
    rows.first().map(region).transpose()
}

/// Creates or updates regions, all or none; whether one is active stays as it is. Each id once.
///
/// # Errors
/// [`StoreError`].
pub async fn save_regions(store: &Store, drafts: &[RegionDraft]) -> Result<Saved, StoreError> {
    let ids: Vec<&str> = drafts.iter().map(|draft| draft.id.as_str()).collect();
    let names: Vec<&str> = drafts.iter().map(|draft| draft.name.as_str()).collect();
    let boundaries: Vec<Option<Value>> = drafts
        .iter()
        .map(|draft| draft.boundary.as_ref().map(Boundary::geometry))
        .collect();
    let rows = store
        .session()
        .await?
        .query(SAVE_REGIONS, &[&ids, &names, &boundaries])
        .await?;
    saved(&rows)
}

fn region(row: &Row) -> Result<Region, StoreError> {
    let id: &str = column(row, "id")?;
    Ok(Region {
        id: RegionId::from_stored(id),
        name: column(row, "name")?,
        active: column(row, "active")?,
        boundary: column(row, "boundary")?,
        created_at: column(row, "created_at")?,
    })
}

fn saved(rows: &[Row]) -> Result<Saved, StoreError> {
    let row = only(rows)?;
    Ok(Saved {
        created: column(row, "created")?,
        updated: column(row, "updated")?,
    })
}

fn version_of(rows: &[Row]) -> Result<i64, StoreError> {
    column(only(rows)?, "version")
}

fn only(rows: &[Row]) -> Result<&Row, StoreError> {
    rows.first()
        .ok_or_else(|| StoreError::Shape("expected one row".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(version: i64) -> Catalogue {
        Catalogue::new(version, Vec::new(), Vec::new())
    }

    #[test]
    fn a_cell_never_goes_back_to_an_older_catalogue() {
        let cell = CatalogueCell::new(at(3));
        let other = cell.clone();
        cell.set(at(5));
        cell.set(at(4));
        assert_eq!(other.get().version, 5);
    }
}
