//! `redress audit`: read the audit trail, and find out whether an entry was changed or is missing.

use std::collections::BTreeMap;
use std::io::{self, Write};

use clap::Subcommand;
use thiserror::Error;

use crate::access::audit::{Flaw, Stored, Trail, Verified};
use crate::domain::audit::from_hex;
use crate::store::audit::Filter;
use crate::store::{Store, StoreError};

/// Entries that one page of the list reads.
const PAGE: i64 = 200;

/// What to do with the audit trail.
#[derive(Debug, Clone, Subcommand)]
pub enum AuditCommand {
    /// List entries, newest first: number, time, who, from where, what, on what, outcome, reason
    List {
        /// Only of this account or API key
        #[arg(long, value_name = "ID")]
        by: Option<uuid::Uuid>,
        /// Only on this complaint, account, region, …
        #[arg(long, value_name = "ID")]
        subject: Option<String>,
        /// Only actions that begin so, such as "DELETE /api/v1/admin"
        #[arg(long, value_name = "WORDS")]
        action: Option<String>,
        /// At most so many entries
        #[arg(long, default_value_t = 1000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Reckon the chain of hashes anew, and name every entry that was changed or is missing
    ///
    /// Prints each day with its last number and hash. Keep some of these elsewhere and give them as --anchor:
    /// whoever may write to the database could make a new chain, but none that leads to a hash that you know.
    Verify {
        /// A number and hash that you noted: NUMBER:HASH (repeat it for more)
        #[arg(long = "anchor", value_name = "NUMBER:HASH", value_parser = anchor)]
        anchors: Vec<(i64, Vec<u8>)>,
    },
}

/// Why `redress audit` failed.
#[derive(Debug, Error)]
pub enum AuditFailure {
    /// The trail is not as it was written.
    #[error("the audit trail is not as it was written: {0}")]
    Broken(String),
    /// The database gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The result could not be written.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

/// Runs the command on the database.
///
/// # Errors
/// [`AuditFailure`], also when the verification finds something.
pub async fn run(command: AuditCommand, store: &Store) -> Result<(), AuditFailure> {
    let trail = Trail::new(store.clone());
    match command {
        AuditCommand::List {
            by,
            subject,
            action,
            limit,
        } => {
            let filter = Filter {
                by,
                subject,
                action,
                ..Filter::default()
            };
            list(&trail, &filter, i64::from(limit)).await
        }
        AuditCommand::Verify { anchors } => {
            let anchors: BTreeMap<i64, Vec<u8>> = anchors.into_iter().collect();
            report(&trail.verify(&anchors).await?)
        }
    }
}

async fn list(trail: &Trail, filter: &Filter, limit: i64) -> Result<(), AuditFailure> {
    let (mut before, mut left) = (None, limit);
    while left > 0 {
        let page = trail.list(filter, before, left.min(PAGE)).await?;
        for entry in &page {
            writeln!(io::stdout(), "{}", line(entry))?;
        }
        let Some(last) = page.last() else {
            break;
        };
        before = Some(last.number);
        left -= PAGE;
    }
    Ok(())
}

fn line(entry: &Stored) -> String {
    let who = entry.by_id.map_or_else(
        || entry.by_kind.clone(),
        |id| format!("{} {id}", entry.by_kind),
    );
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let Stored {
        number,
        at,
        origin,
        action,
        outcome,
        ..
    } = entry;
    let (subject, reason) = (or_none(&entry.subject), or_none(&entry.reason));
    format!("{number}\t{at}\t{who}\t{origin}\t{action}\t{subject}\t{outcome}\t{reason}")
}

fn report(verified: &Verified) -> Result<(), AuditFailure> {
    for (day, chain) in &verified.days {
        let hash = crate::domain::audit::hex(&chain.hash);
        let (entries, last) = (chain.entries, chain.last);
        writeln!(io::stdout(), "{day}\t{entries} entries\t{last}:{hash}")?;
    }
    if verified.flaws.is_empty() {
        writeln!(io::stdout(), "the audit trail is as it was written")?;
        return Ok(());
    }
    let flaws: Vec<String> = verified.flaws.iter().map(described).collect();
    Err(AuditFailure::Broken(flaws.join("; ")))
}

fn described(flaw: &Flaw) -> String {
    match flaw {
        Flaw::Missing(first, last) if first == last => format!("entry {first} is missing"),
        Flaw::Missing(first, last) => format!("entries {first} to {last} are missing"),
        Flaw::Changed(number) => format!("entry {number}, or the one before it, was changed"),
        Flaw::Head => "its end is not the one that was noted beside it".into(),
        Flaw::Anchor(number) => format!("entry {number} does not carry the hash that you noted"),
    }
}

fn anchor(text: &str) -> Result<(i64, Vec<u8>), String> {
    let parts = text.split_once(':');
    let read = parts.and_then(|(number, hash)| Some((number.parse().ok()?, from_hex(hash)?)));
    read.ok_or_else(|| "expected NUMBER:HASH as redress audit verify prints it".into())
}
