//! Demo data for `serve --demo`: a harbour city that does not exist, in the middle of the North Sea.
//!
//! Regions, categories and rules are files of this folder, read by the same parsers as anybody's import.

mod disk;
mod file;
mod prepare;
mod seed;
mod welcome;

pub use file::{DemoAccount, DemoFile, DemoFileError, DemoOfficer, DemoPlace};
pub use prepare::{FILE, prepare};
pub use seed::{DemoError, complete, draft, seed};
pub use welcome::welcome;

use std::collections::BTreeMap;

use rand::seq::IndexedRandom;
use serde_json::Value;

use crate::domain::catalogue::{CategoryDraft, RegionDraft};
use crate::domain::region::RegionId;
use crate::import::rules::{RulesError, set_calendar, set_deadlines};
use crate::import::{ImportError, categories, regions, rules};
use crate::store::{Store, StoreError, catalogue};

const REGIONS: &[u8] = include_bytes!("regions.geojson");
const CATEGORIES: &[u8] = include_bytes!("categories.csv");
const HARBOUR_HOURS: &[u8] = include_bytes!("harbour-hours.json");
const DEADLINES: &[u8] = include_bytes!("deadlines.json");

/// What passwords are made of: without characters that are easily taken for each other (31 of them,
/// so that 20 make 99 bits), and none that a shell or JSON would treat specially.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// The regions and categories of the demo.
#[derive(Debug, Clone)]
pub struct DemoContent {
    /// Three regions side by side: `north`, `harbour`, `old-town`.
    pub regions: Vec<RegionDraft>,
    /// Twelve categories.
    pub categories: Vec<CategoryDraft>,
}

/// The demo's regions and categories.
///
/// # Errors
/// [`ImportError`] when the files of this folder are wrong, which a test rules out.
pub fn content() -> Result<DemoContent, ImportError> {
    Ok(DemoContent {
        regions: regions::parse(REGIONS)?,
        categories: categories::parse(categories::Format::Csv, CATEGORIES)?,
    })
}

/// Whether the installation has neither regions nor categories.
///
/// # Errors
/// [`StoreError`].
pub async fn is_new(store: &Store) -> Result<bool, StoreError> {
    catalogue::is_empty(store).await
}

/// Creates the demo's regions and categories.
///
/// # Errors
/// [`StoreError`].
pub async fn seed_catalogue(store: &Store, content: &DemoContent) -> Result<(), StoreError> {
    catalogue::save_regions(store, &content.regions).await?;
    catalogue::save_categories(store, &content.categories).await?;
    Ok(())
}

/// Sets the harbour's business calendar, and deadlines of some categories by category id: the others
/// and the other regions show how it is without.
///
/// # Errors
/// [`RulesError`].
pub async fn seed_rules(store: &Store) -> Result<(), RulesError> {
    let harbour = RegionId::from_stored("harbour");
    set_calendar(store, &harbour, &rules::document(HARBOUR_HOURS)?).await?;
    let catalogue = catalogue::load(store).await?;
    for (category, document) in deadlines()? {
        set_deadlines(store, &catalogue, &category, &document).await?;
    }
    Ok(())
}

fn deadlines() -> Result<BTreeMap<String, Value>, RulesError> {
    let document = rules::document(DEADLINES)?;
    let members = document.as_object().cloned().unwrap_or_default();
    Ok(members.into_iter().collect())
}

/// A random password of four groups of five characters, such as `k7mpq-x2vfa-9rtbd-hw4yn`.
pub fn password() -> String {
    let mut random = rand::rng();
    let groups: Vec<String> = (0..4)
        .map(|_| {
            (0..5)
                .filter_map(|_| LETTERS.choose(&mut random).copied())
                .map(char::from)
                .collect()
        })
        .collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::places::Places;
    use crate::domain::{calendar, deadline};

    #[test]
    fn the_files_hold_three_regions_and_twelve_categories_with_hints() {
        let content = content().unwrap();
        let ids: Vec<_> = content
            .regions
            .iter()
            .map(|region| region.id.as_str())
            .collect();
        assert_eq!(ids, ["north", "harbour", "old-town"]);
        assert_eq!(content.categories.len(), 12);
        assert!(
            content
                .categories
                .iter()
                .all(|category| !category.hint.is_empty())
        );
    }

    #[test]
    fn the_rules_are_for_regions_and_categories_of_the_demo() {
        let content = content().unwrap();
        let hours = rules::document(HARBOUR_HOURS).unwrap();
        calendar::parse(&hours).unwrap();
        let deadlines = deadlines().unwrap();
        assert!(!deadlines.is_empty());
        for (category, document) in deadlines {
            assert!(content.categories.iter().any(|it| it.id == category));
            for rule in deadline::parse(&document).unwrap() {
                let is_known = |region| content.regions.iter().any(|it| it.id == region);
                assert!(rule.region.is_none_or(is_known), "{category}");
            }
        }
    }

    #[test]
    fn every_region_is_found_by_a_point_inside_of_it() {
        let regions = content().unwrap().regions;
        let places = Places::new(
            regions
                .iter()
                .map(|region| (region.id.clone(), region.boundary.clone().unwrap())),
        );
        for region in regions {
            let point = region.boundary.unwrap().point_inside().unwrap();
            assert_eq!(places.region_at(point), Some(region.id));
        }
    }

    #[test]
    fn passwords_are_four_groups_of_five_and_differ() {
        let one = password();
        assert_eq!(
            one.split('-').map(str::len).collect::<Vec<_>>(),
            [5, 5, 5, 5]
        );
        assert_ne!(one, password());
    }
}
