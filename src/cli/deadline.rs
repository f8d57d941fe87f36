//! `redress deadline`: check deadlines, set them for a category.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::failure::{RulesFailure, counted, of_rules, read};
use crate::domain::deadline;
use crate::import::rules::{RulesError, document, set_deadlines};
use crate::store::{Store, catalogue};

/// What to do with deadlines.
#[derive(Debug, Clone, Subcommand)]
pub enum DeadlineCommand {
    /// Set the deadlines of a category from a JSON file
    ///
    /// The file is a list of rules and takes the place of all that the category had; an empty list
    /// takes them away. When anything in it is wrong, all of it is named and nothing is changed.
    /// Running servers follow within a second or two.
    Import {
        /// The JSON file
        file: PathBuf,
        /// The category
        #[arg(long, value_name = "ID")]
        category: String,
    },
    /// Say what is wrong with a JSON file; needs no database
    ///
    /// Whether its regions and officers exist is seen by the import alone.
    Check {
        /// The JSON file
        file: PathBuf,
    },
}

/// Checks a file on its own.
///
/// # Errors
/// [`RulesFailure`] names everything that is wrong.
pub fn check(file: &Path) -> Result<(), RulesFailure> {
    let bytes = read(file)?;
    let checked = document(&bytes)
        .and_then(|document| deadline::parse(&document).map_err(RulesError::Invalid));
    let rules = checked.map_err(of_rules(file))?;
    writeln!(std::io::stdout(), "good: {}", rules_of(rules.len()))?;
    Ok(())
}

/// Runs the command on the database.
///
/// # Errors
/// [`RulesFailure`] names the file or the database at fault.
pub async fn run(command: DeadlineCommand, store: &Store) -> Result<(), RulesFailure> {
    let (file, category) = match command {
        DeadlineCommand::Check { file } => return check(&file),
        DeadlineCommand::Import { file, category } => (file, category),
    };
    let bytes = read(&file)?;
    let wanted = document(&bytes).map_err(of_rules(&file))?;
    let catalogue = catalogue::load(store).await?;
    set_deadlines(store, &catalogue, &category, &wanted)
        .await
        .map_err(of_rules(&file))?;
    let rules = rules_of(wanted.as_array().map_or(0, Vec::len));
    writeln!(
        std::io::stdout(),
        "the deadlines of {category} are set: {rules}"
    )?;
    Ok(())
}

fn rules_of(count: usize) -> String {
    counted(i64::try_from(count).unwrap_or(i64::MAX), "rule", "rules")
}
