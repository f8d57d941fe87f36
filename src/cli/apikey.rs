//! `redress apikey …`: the keys of apps that submit and read complaints.

use std::io::{self, Write};

use clap::Subcommand;
use uuid::Uuid;

use super::CommandError;
use crate::access::api_keys;
use crate::domain::administration::{ApiKeyDraft, ApiKeyEntry, NewApiKey};
use crate::store::{self, Store};

/// Keys that one page of the list reads.
const PAGE: i64 = 200;

/// Create and revoke the API keys of apps
#[derive(Debug, Subcommand)]
pub enum ApiKeyCommand {
    /// Create an API key and print it; it cannot be had again
    Create {
        /// Its id, of which the audit trail tells before there is a key
        #[arg(skip = Uuid::now_v7())]
        id: Uuid,
        /// The app that will hold it
        #[arg(long)]
        name: String,
        /// What it may be used for (repeat it for both)
        #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = ["submit", "read"])]
        scopes: Vec<String>,
        /// A region to which it is bound (repeat it for more); without any it reaches all
        #[arg(long = "region", value_name = "REGION")]
        regions: Vec<String>,
        /// Requests a minute; without it the setting of the server counts
        #[arg(long, value_name = "N")]
        rate_per_minute: Option<u32>,
    },
    /// List all API keys, newest first: id, state, scopes, regions, last use, name
    List,
    /// Revoke an API key for good
    Revoke {
        /// Its id, as the list shows it
        id: Uuid,
    },
}

/// Runs a command on the API keys in `store` and prints what it did.
///
/// # Errors
/// [`CommandError`].
pub async fn run(command: ApiKeyCommand, store: &Store) -> Result<(), CommandError> {
    match command {
        ApiKeyCommand::Create {
            id,
            name,
            scopes,
            regions,
            rate_per_minute,
        } => {
            let draft = ApiKeyDraft {
                name,
                scopes,
                regions,
                rate_per_minute,
            };
            let (entry, key) = api_keys::create(store, id, &NewApiKey::parse(&draft)?).await?;
            print(&format!("created API key {} for {}", entry.id, entry.name))?;
            print(&format!("key (shown this once): {key}"))
        }
        ApiKeyCommand::List => list(store).await,
        ApiKeyCommand::Revoke { id } => {
            api_keys::revoke(store, id).await?;
            print(&format!("revoked API key {id}"))
        }
    }
}

async fn list(store: &Store) -> Result<(), CommandError> {
    let mut after = None;
    loop {
        let page = store::api_keys::list(store, after, PAGE).await?;
        for entry in &page {
            print(&line(entry))?;
        }
        match page.last() {
            Some(last) => after = Some((last.created_at, last.id)),
            None => return Ok(()),
        }
    }
}

fn line(entry: &ApiKeyEntry) -> String {
    let state = if entry.active { "active" } else { "revoked" };
    let scopes: Vec<&str> = entry.scopes.iter().map(|scope| scope.as_str()).collect();
    let regions: Vec<&str> = entry.regions.iter().map(|region| region.as_str()).collect();
    let regions = if regions.is_empty() {
        "all".to_owned()
    } else {
        regions.join(",")
    };
    let used = entry
        .last_used_at
        .map_or("never".to_owned(), |at| at.to_string());
    let ApiKeyEntry { id, name, .. } = entry;
    format!(
        "{id}\t{state}\t{}\t{regions}\t{used}\t{name}",
        scopes.join(",")
    )
}

fn print(line: &str) -> Result<(), CommandError> {
    Ok(writeln!(io::stdout(), "{line}")?)
}
