//! What admins create and change: accounts and API keys, as they are asked for, checked and shown.

mod account;
mod api_key;

pub use account::{Account, AccountChange, AccountChangeDraft, AccountDraft, NewAccount};
pub use api_key::{ApiKeyDraft, ApiKeyEntry, NewApiKey};

use std::collections::BTreeSet;

use super::fault::Faults;
use super::region::RegionId;

/// Most characters of the name of an account or key.
const NAME_LONGEST: usize = 200;

fn regions(ids: &[String], faults: &mut Faults) -> BTreeSet<RegionId> {
    let parse = |id: &String| faults.keep("regions", region(id));
    ids.iter().filter_map(parse).collect()
}

fn region(id: &str) -> Result<RegionId, (&'static str, String)> {
    RegionId::parse(id).map_err(|(code, message)| (code, format!("{id:?} {message}")))
}
