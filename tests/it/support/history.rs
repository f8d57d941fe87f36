//! The history checker: what every client was told, held against the database, which is the truth.
//!
//! A client keeps a [`Log`] of what came, in order. After a run [`check`] names everything in the logs that
//! the protocol does not allow: an event that is missing, comes twice, out of turn, with other content or
//! without ever having been committed; a snapshot that is not the fold of its events; anything of a region
//! without a grant; a client that does not end where the database is.

mod check;
mod fold;
mod standing;
mod truth;

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

pub(crate) use check::{What, check};
pub(crate) use fold::Interest;
pub(crate) use truth::{Fact, Truth};

/// A number within one history of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) epoch: String,
    pub(crate) seq: i64,
}

/// What a client was told of a region, or what befell it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Seen {
    /// A subscription began, from where the client said it was.
    Subscribed {
        epoch: String,
        mode: String,
        head: i64,
        since: Option<Position>,
    },
    Event {
        seq: i64,
        event_id: String,
        /// [`digest`] of all but type, region and number.
        content: u64,
    },
    SkippedTo(i64),
    /// A part of a snapshot: ids and [`digest`]s of its complaints.
    Snapshot {
        seq: i64,
        last: bool,
        complaints: Vec<(String, u64)>,
    },
    Live(i64),
    /// The subscription ended, by whomever.
    Left,
    /// So long ago that nothing may come any more, the client lost its grant of the region.
    Revoked,
    /// It has the grant again.
    Granted,
}

/// One entry of a log.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) region: String,
    pub(crate) seen: Seen,
}

/// What one client saw, in order.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    pub(crate) client: String,
    /// The regions that it may watch.
    pub(crate) grants: BTreeSet<String>,
    /// What it wants of them; empty for everything.
    pub(crate) interest: Option<Interest>,
    pub(crate) entries: Vec<Entry>,
}

impl Log {
    pub(crate) fn new(client: &str, grants: &[&str]) -> Self {
        Self {
            client: client.to_owned(),
            grants: grants.iter().map(|region| (*region).to_owned()).collect(),
            interest: None,
            entries: Vec::new(),
        }
    }

    /// Notes what is of interest in a message of the server. `since` is what the client asked for.
    pub(crate) fn hear(&mut self, message: &Value, since: Option<&Position>) {
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        let seq = message["seq"].as_i64().unwrap_or_default();
        let seen = match message["type"].as_str().unwrap_or_default() {
            "subscribed" => Seen::Subscribed {
                epoch: text("epoch"),
                mode: text("mode"),
                head: message["head"].as_i64().unwrap_or_default(),
                since: since.cloned(),
            },
            "event" => Seen::Event {
                seq,
                event_id: text("event_id"),
                content: digest(&content(message)),
            },
            "skipped_to" => Seen::SkippedTo(seq),
            "snapshot" => Seen::Snapshot {
                seq,
                last: message["last"] == true,
                complaints: message["complaints"]
                    .as_array()
                    .map_or_else(Vec::new, |all| {
                        all.iter().map(|one| (id_of(one), digest(one))).collect()
                    }),
            },
            "live" => Seen::Live(seq),
            "unsubscribed" => Seen::Left,
            _ => return,
        };
        self.note(&text("region"), seen);
    }

    /// Notes something of a region.
    pub(crate) fn note(&mut self, region: &str, seen: Seen) {
        let region = region.to_owned();
        self.entries.push(Entry { region, seen });
    }

    /// The socket ended, and with it all subscriptions.
    pub(crate) fn end_of_socket(&mut self) {
        let watched: BTreeSet<String> = self.entries.iter().map(|one| one.region.clone()).collect();
        for region in watched {
            self.note(&region, Seen::Left);
        }
    }
}

/// What an event says beside type, region and number: what is stored.
fn content(message: &Value) -> Value {
    let mut content = message.clone();
    if let Some(members) = content.as_object_mut() {
        for name in ["type", "region", "seq"] {
            members.remove(name);
        }
    }
    content
}

/// Stands for a JSON value: the same for the same value, in whatever order its members come.
pub(crate) fn digest(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.to_string().hash(&mut hasher);
    hasher.finish()
}

/// The id of a complaint.
fn id_of(complaint: &Value) -> String {
    complaint["id"].as_str().unwrap_or_default().to_owned()
}
