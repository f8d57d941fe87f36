//! `redress purge`: has what is due go at once, by a running server, and shows how far it is.
//!
//! It asks for the same run as `DELETE /admin/purge` does. What it writes to standard output is for scripts; the progress
//! bar goes to standard error, if that is a terminal.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use uuid::Uuid;

use super::failure::RetentionFailure;
use super::retention::line;
use crate::config::RetentionZone;
use crate::domain::retention::{Purge, Run, Stage};
use crate::retention::{Asking, Preview, ask, preview};
use crate::store::Store;
use crate::store::retention::{runs, withdraw};

/// How long a server may take to take the run up.
const TAKE_UP: Duration = Duration::from_secs(15);
/// Time between looks at the run.
const INTERVAL: Duration = Duration::from_millis(200);
/// Characters of the bar.
const WIDTH: usize = 30;

/// What is to go.
#[derive(Debug, Clone, Args)]
pub struct PurgeArguments {
    /// Only complaints in this status: resolved, closed or rejected; default: all three
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Days from entering the status, 1 to 36500; default: as the retention policy says
    #[arg(long, value_name = "DAYS", allow_hyphen_values = true)]
    days_old: Option<String>,
    /// Only tell what would go: counts by status and the first hundred ids
    #[arg(long)]
    dry_run: bool,
    /// On whose calendar.
    #[command(flatten)]
    zone: RetentionZone,
}

/// Asks for a run and follows it to its end.
///
/// # Errors
/// [`RetentionFailure`].
pub async fn run(arguments: PurgeArguments, store: &Store) -> Result<(), RetentionFailure> {
    let (status, days) = (arguments.status.as_deref(), arguments.days_old.as_deref());
    let purge = Purge::parse(status, days, ("--status", "--days-old"))?;
    let zone = &arguments.zone.retention_time_zone;
    let now = Timestamp::now();
    if arguments.dry_run {
        return tell(&preview(store, purge, now, zone).await?);
    }
    let id = ask(store, Asking::Command, purge, now, zone).await?;
    writeln!(std::io::stderr(), "run {id}")?;
    let ended = follow(store, id).await?;
    writeln!(std::io::stdout(), "{}", line(&ended))?;
    match ended.failure {
        Some(failure) => Err(RetentionFailure::Failed(failure)),
        None => Ok(()),
    }
}

fn tell(found: &Preview) -> Result<(), RetentionFailure> {
    let mut out = std::io::stdout().lock();
    for (status, counts) in &found.counts {
        writeln!(out, "{status}\t{} due\t{} held", counts.due, counts.held)?;
    }
    for id in &found.ids {
        writeln!(out, "{id}")?;
    }
    writeln!(out, "nothing was changed: this was a dry run")?;
    Ok(())
}

/// Waits for the end of a run, and shows on a terminal how far it is.
async fn follow(store: &Store, id: Uuid) -> Result<Run, RetentionFailure> {
    let asked = Instant::now();
    let mut shown = std::io::stderr();
    let is_terminal = shown.is_terminal();
    loop {
        let found = runs::get(store, id).await?;
        let run = found.ok_or(RetentionFailure::NoServer)?;
        if is_terminal {
            write!(shown, "\r{}", bar(&run))?;
            shown.flush()?;
        }
        match run.stage {
            Stage::Done | Stage::Failed => {
                if is_terminal {
                    writeln!(shown)?;
                }
                return Ok(run);
            }
            Stage::Waiting if asked.elapsed() > TAKE_UP && withdraw(store, id).await? => {
                return Err(RetentionFailure::NoServer);
            }
            Stage::Waiting | Stage::Running => tokio::time::sleep(INTERVAL).await,
        }
    }
}

/// How far a run is: `[######------------------------]  20 %  1200 of 6000`.
fn bar(run: &Run) -> String {
    let total = run.total();
    let (due, done) = (total.due, total.looked_at().min(total.due));
    let part = |whole: i64| {
        let part = if due == 0 { 0 } else { done * whole / due };
        usize::try_from(part).unwrap_or_default()
    };
    let full = part(i64::try_from(WIDTH).unwrap_or_default());
    let (marks, rest) = ("#".repeat(full), "-".repeat(WIDTH.saturating_sub(full)));
    let told = match run.stage {
        Stage::Waiting => "waits for a server".to_owned(),
        Stage::Running | Stage::Done | Stage::Failed => {
            format!("{:>3} %  {done} of {due}", part(100))
        }
    };
    format!("[{marks}{rest}]  {told}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::retention::{Counts, Origin, Plan};
    use crate::domain::status::Status;

    #[test]
    fn the_bar_tells_how_far_a_run_is() {
        let mut run = Run {
            id: Uuid::nil(),
            origin: Origin::Command,
            asked_by: None,
            asked_at: Timestamp::UNIX_EPOCH,
            due_at: None,
            policy: 1,
            complaint_status: None,
            days_old: None,
            cut_offs: Plan::default(),
            stage: Stage::Waiting,
            begun_at: None,
            ended_at: None,
            took_ms: None,
            node: None,
            failure: None,
            bytes_freed: 0,
            counts: BTreeMap::new(),
        };
        assert!(bar(&run).ends_with("-]  waits for a server"));
        run.stage = Stage::Running;
        assert!(bar(&run).ends_with("-]    0 %  0 of 0"), "{}", bar(&run));
        let counts = Counts {
            due: 10,
            erased: 4,
            held: 1,
            ..Counts::default()
        };
        run.counts.insert(Status::Closed, counts);
        let half = format!("[{}{}]   50 %  5 of 10", "#".repeat(15), "-".repeat(15));
        assert_eq!(bar(&run), half);
        // What became due meanwhile does not make it overflow.
        run.counts.insert(
            Status::Rejected,
            Counts {
                erased: 99,
                ..Counts::default()
            },
        );
        assert!(bar(&run).ends_with("#]  100 %  10 of 10"), "{}", bar(&run));
    }
}
