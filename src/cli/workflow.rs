//! `redress workflow`: check a workflow, set it for a region or a category in it.

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;

use super::failure::{RulesFailure, of_rules, read};
use crate::domain::region::RegionId;
use crate::domain::workflow::{Workflow, tighten};
use crate::import::rules::{RulesError, document, set_workflow};
use crate::store::{Store, catalogue};

/// What to do with workflows.
#[derive(Debug, Clone, Subcommand)]
pub enum WorkflowCommand {
    /// Set the workflow of a region, or of one category in it, from a JSON file
    ///
    /// The file may only tighten what holds without it. When anything in it is wrong, all of it is
    /// named and nothing is changed. Running servers follow within a second or two.
    Import {
        /// The JSON file
        file: PathBuf,
        /// The region
        #[arg(long, value_name = "ID")]
        region: String,
        /// Only for this category
        #[arg(long, value_name = "ID")]
        category: Option<String>,
    },
    /// Say what is wrong with a JSON file, as a region's workflow; needs no database
    Check {
        /// The JSON file
        file: PathBuf,
    },
}

/// Checks a file on its own.
///
/// # Errors
/// [`RulesFailure`] names everything that is wrong.
pub fn check(file: &std::path::Path) -> Result<(), RulesFailure> {
    let bytes = read(file)?;
    let checked = document(&bytes).and_then(|document| {
        tighten(&Workflow::standard(), &document).map_err(RulesError::Invalid)
    });
    let workflow = checked.map_err(of_rules(file))?;
    let steps = workflow.steps().count();
    writeln!(std::io::stdout(), "good: {steps} steps are on")?;
    Ok(())
}

/// Runs the command on the database.
///
/// # Errors
/// [`RulesFailure`] names the file or the database at fault.
pub async fn run(command: WorkflowCommand, store: &Store) -> Result<(), RulesFailure> {
    let (file, region, category) = match command {
        WorkflowCommand::Check { file } => return check(&file),
        WorkflowCommand::Import {
            file,
            region,
            category,
        } => (file, region, category),
    };
    let bytes = read(&file)?;
    let wanted = document(&bytes).map_err(of_rules(&file))?;
    let catalogue = catalogue::load(store).await?;
    let region = RegionId::from_stored(&region);
    let known = |id: &String| catalogue.categories.contains_key(id);
    if !category.as_ref().is_none_or(known) {
        return Err(of_rules(&file)(RulesError::UnknownCategory));
    }
    set_workflow(store, &catalogue, &region, category.as_deref(), &wanted)
        .await
        .map_err(of_rules(&file))?;
    writeln!(std::io::stdout(), "the workflow of {region} is set")?;
    Ok(())
}
