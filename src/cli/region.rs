//! `redress region`: import regions from GeoJSON, list them.

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;

use super::failure::{CatalogueFailure, counted, of_file, read};
use crate::domain::catalogue::Region;
use crate::domain::places::Overlap;
use crate::import::regions::import;
use crate::store::{Store, catalogue};

/// What to do with regions.
#[derive(Debug, Clone, Subcommand)]
pub enum RegionCommand {
    /// Create regions and update existing ones from a GeoJSON FeatureCollection
    ///
    /// Each feature needs an id (its own or properties.id: a-z, 0-9 and '-'), properties.name, and a
    /// Polygon or MultiPolygon in WGS84 degrees. A feature whose geometry is null makes a region that
    /// is chosen by name only. When anything in the file is wrong, all of it is named and nothing is
    /// written. Regions that the file does not name stay as they are. Regions that overlap are
    /// reported: where they do, the smaller one gets the complaints, then the one with the lower id.
    Import {
        /// The GeoJSON file
        file: PathBuf,
    },
    /// List all regions
    List,
}

/// Runs the command on the database.
///
/// # Errors
/// [`CatalogueFailure`] names the file or the database at fault.
pub async fn run(command: RegionCommand, store: &Store) -> Result<(), CatalogueFailure> {
    let mut out = std::io::stdout();
    match command {
        RegionCommand::Import { file } => {
            let imported = import(store, &read(&file)?).await;
            let (saved, overlaps) = imported.map_err(of_file(&file))?;
            let created = counted(saved.created, "region", "regions");
            writeln!(out, "{created} created, {} updated", saved.updated)?;
            for overlap in &overlaps {
                writeln!(out, "{}", warning(overlap))?;
            }
        }
        RegionCommand::List => {
            let catalogue = catalogue::load(store).await?;
            for region in catalogue.regions.values() {
                writeln!(out, "{}", line(region))?;
            }
        }
    }
    Ok(())
}

fn warning(overlap: &Overlap) -> String {
    let Overlap {
        winner,
        loser,
        area_m2,
    } = overlap;
    format!(
        "warning: {winner} and {loser} overlap by {area_m2} m²; complaints there go to {winner} \
         (the smaller region wins, then the lower id)"
    )
}

fn line(region: &Region) -> String {
    let active = if region.active { "active" } else { "inactive" };
    let boundary = if region.boundary.is_some() {
        "with boundary"
    } else {
        "without boundary"
    };
    format!(
        "{:<24} {active:<8} {boundary:<16} {}",
        region.id.as_str(),
        region.name
    )
}
