//! `redress category`: import categories from CSV or JSON, list them.

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;

use super::failure::{CatalogueFailure, counted, of_file, read};
use crate::domain::catalogue::Category;
use crate::import::categories::{Format, import};
use crate::store::{Store, catalogue};

/// What to do with categories.
#[derive(Debug, Clone, Subcommand)]
pub enum CategoryCommand {
    /// Create categories and update existing ones from CSV or JSON
    ///
    /// CSV has the header id,name,hint,default_severity,duplicate_radius_m,duplicate_days (only the
    /// first two columns are needed); JSON is an array of objects with these members. The format is
    /// chosen by the file's extension, otherwise by its content. When anything in the file is wrong,
    /// all of it is named and nothing is written. Categories that the file does not name stay as they
    /// are; so do radius and days of duplicates where it names none.
    Import {
        /// The CSV or JSON file
        file: PathBuf,
    },
    /// List all categories
    List,
}

/// Runs the command on the database.
///
/// # Errors
/// [`CatalogueFailure`] names the file or the database at fault.
pub async fn run(command: CategoryCommand, store: &Store) -> Result<(), CatalogueFailure> {
    let mut out = std::io::stdout();
    match command {
        CategoryCommand::Import { file } => {
            let bytes = read(&file)?;
            let format = Format::of(Some(&file), &bytes);
            let saved = import(store, format, &bytes)
                .await
                .map_err(of_file(&file))?;
            let created = counted(saved.created, "category", "categories");
            writeln!(out, "{created} created, {} updated", saved.updated)?;
        }
        CategoryCommand::List => {
            let catalogue = catalogue::load(store).await?;
            for category in catalogue.categories.values() {
                writeln!(out, "{}", line(category))?;
            }
        }
    }
    Ok(())
}

fn line(category: &Category) -> String {
    let active = if category.active {
        "active"
    } else {
        "inactive"
    };
    let severity = category.default_severity.as_str();
    format!(
        "{:<24} {active:<8} {severity:<8} {}",
        category.id, category.name
    )
}
