//! `redress calendar`: set the business calendar of a region.

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;

use super::failure::{RulesFailure, of_rules, read};
use crate::domain::region::RegionId;
use crate::import::rules::{document, set_calendar};
use crate::store::Store;

/// What to do with calendars.
#[derive(Debug, Clone, Subcommand)]
pub enum CalendarCommand {
    /// Set the business calendar of a region from a JSON file
    ///
    /// The file has time_zone (IANA), hours by weekday (lists of spans such as 08:00-17:00) and
    /// holidays (dates). When anything in it is wrong, all of it is named and nothing is changed.
    Import {
        /// The JSON file
        file: PathBuf,
        /// The region
        #[arg(long, value_name = "ID")]
        region: String,
    },
}

/// Runs the command on the database.
///
/// # Errors
/// [`RulesFailure`] names the file or the database at fault.
pub async fn run(command: CalendarCommand, store: &Store) -> Result<(), RulesFailure> {
    let CalendarCommand::Import { file, region } = command;
    let bytes = read(&file)?;
    let wanted = document(&bytes).map_err(of_rules(&file))?;
    let region = RegionId::from_stored(&region);
    set_calendar(store, &region, &wanted)
        .await
        .map_err(of_rules(&file))?;
    writeln!(std::io::stdout(), "the calendar of {region} is set")?;
    Ok(())
}
