//! `redress epoch …`: which history of the database clients follow.

use std::io::{self, Write};

use clap::Subcommand;

use super::CommandError;
use crate::store::{Store, installation};

/// What to do with the epoch
#[derive(Debug, Subcommand)]
pub enum EpochCommand {
    /// Print the epoch and whether it stands for the history that the database has now
    Show,
    /// Begin a new epoch: every client begins with a snapshot
    ///
    /// For a restore that cannot be noticed, such as of a table's rows alone. Running servers see it
    /// within about a second: they send their clients away and read everything anew.
    Bump,
    /// Keep the epoch over a promotion that loses nothing: clients go on from where they are
    ///
    /// Takes the history that the database has now, and the next one that is found within an hour, for
    /// the same one. Say so before a planned switch to a standby, on the primary that is still at work,
    /// and only if the standby gets everything (synchronous replication, or a clean stop of the primary
    /// first): otherwise clients keep events that were lost, and miss those that took their numbers.
    Keep,
}

/// Runs a command on the epoch of the database in `store` and prints what it did.
///
/// # Errors
/// [`CommandError`].
pub async fn run(command: EpochCommand, store: &Store) -> Result<(), CommandError> {
    match command {
        EpochCommand::Show => show(store).await,
        EpochCommand::Bump => {
            let epoch = installation::bump_epoch(store).await?;
            print(&format!("the epoch is {epoch} from now on"))
        }
        EpochCommand::Keep => {
            let (epoch, until) = installation::keep_epoch(store).await?;
            print(&format!(
                "the epoch stays {epoch}, also over a change of history until {until}"
            ))
        }
    }
}

async fn show(store: &Store) -> Result<(), CommandError> {
    let epoch = installation::epoch(store).await?;
    print(&format!("epoch\t{}", epoch.name))?;
    let history = epoch.history.as_deref().unwrap_or("that of a standby");
    print(&format!("history\t{history}"))?;
    if !epoch.is_settled {
        print("the epoch stands for another history: the next start of a server begins a new one")?;
    }
    match epoch.kept_until {
        Some(until) => print(&format!("kept over a change of history until {until}")),
        None => Ok(()),
    }
}

fn print(line: &str) -> Result<(), CommandError> {
    Ok(writeln!(io::stdout(), "{line}")?)
}
