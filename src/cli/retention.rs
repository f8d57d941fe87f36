//! `redress retention …`: how long complaints are kept, and the runs that saw to it.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use jiff::Timestamp;

use super::failure::{RetentionFailure, read};
use crate::config::RetentionZone;
use crate::domain::retention::{Plan, Policy, Purge, Run, parse};
use crate::import::rules::document;
use crate::retention::{RetentionError, policy, set_policy};
use crate::store::retention::runs;
use crate::store::{Store, catalogue};

/// Runs that are listed.
const RUNS: i64 = 20;

/// What to do with retention
#[derive(Debug, Clone, Subcommand)]
pub enum RetentionCommand {
    /// Print the policy in force, with the cut-offs that a run would have now
    Show {
        /// On whose calendar.
        #[command(flatten)]
        zone: RetentionZone,
    },
    /// Set the policy from a JSON file
    ///
    /// The file takes the place of the whole policy; of what it does not name the usual periods hold.
    /// When anything in it is wrong, all of it is named and nothing is changed.
    Import {
        /// The JSON file
        file: PathBuf,
    },
    /// Say what is wrong with a JSON file; needs no database
    ///
    /// Whether its regions and categories exist is seen by the import alone.
    Check {
        /// The JSON file
        file: PathBuf,
    },
    /// List the latest runs
    Runs,
}

/// Checks a file on its own.
///
/// # Errors
/// [`RetentionFailure`] names everything that is wrong.
pub fn check(file: &Path) -> Result<(), RetentionFailure> {
    let document = document(&read(file)?)?;
    let policy = parse(&document).map_err(RetentionError::Invalid)?;
    let rules = policy.rules().len();
    writeln!(std::io::stdout(), "good: {rules} rules with the usual ones")?;
    Ok(())
}

/// Runs the command on the database.
///
/// # Errors
/// [`RetentionFailure`].
pub async fn run(command: RetentionCommand, store: &Store) -> Result<(), RetentionFailure> {
    match command {
        RetentionCommand::Show { zone } => show(&zone, store).await,
        RetentionCommand::Check { file } => check(&file),
        RetentionCommand::Import { file } => {
            let document = document(&read(&file)?)?;
            let catalogue = catalogue::load(store).await?;
            let (stored, _) = set_policy(store, &catalogue, &document, None).await?;
            writeln!(
                std::io::stdout(),
                "the policy of version {} holds",
                stored.version
            )?;
            Ok(())
        }
        RetentionCommand::Runs => {
            let mut out = std::io::stdout().lock();
            for run in runs::list(store, None, RUNS).await? {
                writeln!(out, "{}", line(&run))?;
            }
            Ok(())
        }
    }
}

async fn show(zone: &RetentionZone, store: &Store) -> Result<(), RetentionFailure> {
    let (stored, policy) = policy(store).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "version\t{}", stored.version)?;
    writeln!(out, "since\t{}", stored.set_at)?;
    writeln!(out, "replay\t{} days", policy.kept.replay_days)?;
    let (photos, uploads) = (
        policy.kept.orphaned_photo_days,
        policy.kept.unfinished_upload_days,
    );
    writeln!(out, "orphaned photos\t{photos} days")?;
    writeln!(out, "unfinished uploads\t{uploads} days")?;
    for rule in lines(&policy, zone) {
        writeln!(out, "{rule}")?;
    }
    Ok(())
}

/// A line a rule: region, category, status, days, action, and the cut-off now.
fn lines(policy: &Policy, zone: &RetentionZone) -> Vec<String> {
    let zone = &zone.retention_time_zone;
    let plan = Plan::new(policy, &Purge::default(), Timestamp::now(), zone);
    let rules = policy.rules().iter().zip(plan.lines());
    let line = |(rule, line): (
        &crate::domain::retention::Rule,
        &crate::domain::retention::Line,
    )| {
        let region = line.region.as_deref().unwrap_or("*");
        let category = line.category.as_deref().unwrap_or("*");
        let (status, days, action) = (rule.status, rule.days, rule.action.as_str());
        let before = line.before;
        format!("{region}\t{category}\t{status}\t{days} days\t{action}\tbefore {before}")
    };
    rules.map(line).collect()
}

/// A run on a line.
pub(super) fn line(run: &Run) -> String {
    let (total, origin, stage) = (run.total(), run.origin.as_str(), run.stage.as_str());
    format!(
        "{}\t{}\t{origin}\t{stage}\t{} due\t{} erased\t{} anonymised\t{} held\t{} spared\t{} failed\t{} bytes",
        run.id,
        run.asked_at,
        total.due,
        total.erased,
        total.anonymised,
        total.held,
        total.spared,
        total.failed,
        run.bytes_freed
    )
}
