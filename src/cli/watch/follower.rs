//! The protocol's client rules as pure state: feed it what the server says, get what to do.
//!
//! Owns, for each region, the last event that was shown. Knows no socket, no clock and no terminal.
//! The rule (`docs/PROTOCOL.md`): apply `seq = last + 1`, ignore `seq ≤ last`, otherwise subscribe
//! again with `since`.

mod refusals;

use std::collections::BTreeMap;

use serde_json::Value;

use super::message::{ClientMessage, Filter, ServerMessage};
use super::subscription::{Subscription, Verdict};
use crate::config::Since;

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Action {
    /// Send this message.
    Send(String),
    /// Show the event that was fed.
    ShowEvent,
    /// Show the message about presence or claims that was fed.
    ShowPresence,
    /// Show the open complaints of a region.
    ShowSnapshot {
        region: String,
        complaints: Vec<Value>,
    },
    /// Tell the person something that is no event.
    Notice(String),
    /// The server pings in this interval: silence for longer means that the connection is dead.
    ExpectPings { every_ms: u64 },
    /// Get a newer token and send it.
    RefreshToken,
    /// Leave within this time, and come back.
    Reconnect { after_ms: u64 },
    /// Leave, wait as after a lost connection, come back.
    BackOff { slowly: bool },
    /// Leave, get a new token, come back.
    NewToken,
    /// End, for this reason.
    Stop(String),
}

/// What is wanted of each region beside what happens.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// The open complaints, first.
    pub(super) snapshot: bool,
    /// Which complaints.
    pub(super) filter: Filter,
    /// Who is online and who is on the way.
    pub(super) presence: bool,
}

/// The state of one client over all its connections.
#[derive(Debug)]
pub(super) struct Follower {
    regions: BTreeMap<String, Subscription>,
    /// What is wanted of each region.
    wanted: Wanted,
    next_id: u64,
}

impl Follower {
    /// Follows `regions`; `since` is where to begin in each of them.
    pub(super) fn new(regions: &[String], since: Option<&Since>, wanted: Wanted) -> Self {
        let fresh = || Subscription::new(since.cloned());
        let regions = regions.iter().map(|id| (id.clone(), fresh())).collect();
        Self {
            regions,
            wanted,
            next_id: 1,
        }
    }

    /// What to send on a new connection: a subscription for each region, from where it was.
    pub(super) fn subscribe_all(&mut self) -> Vec<String> {
        let regions: Vec<String> = self.regions.keys().cloned().collect();
        regions
            .iter()
            .filter_map(|region| self.subscribe(region))
            .collect()
    }

    /// The message that gives the server a newer token.
    pub(super) fn refresh(&mut self, token: &str) -> String {
        let id = self.id();
        ClientMessage::Refresh { id, token }.encode()
    }

    /// Where each region stands, as far as known.
    pub(super) fn positions(&self) -> impl Iterator<Item = (&str, &Since)> {
        self.regions
            .iter()
            .filter_map(|(id, region)| Some((id.as_str(), region.last.as_ref()?)))
    }

    /// What follows from a message of the server.
    pub(super) fn hear(&mut self, message: ServerMessage) -> Vec<Action> {
        match message {
            ServerMessage::Connected { ping_ms } => ping_ms
                .map(|every_ms| Action::ExpectPings { every_ms })
                .into_iter()
                .collect(),
            ServerMessage::Subscribed {
                region,
                epoch,
                mode,
                head,
            } => {
                if let Some(state) = self.regions.get_mut(&region) {
                    state.begin(Since { epoch, seq: head }, mode);
                }
                Vec::new()
            }
            ServerMessage::Event { region, seq } => self.event(&region, seq),
            ServerMessage::SkippedTo { region, seq } => {
                if let Some(state) = self.regions.get_mut(&region) {
                    state.skip_to(seq);
                }
                Vec::new()
            }
            ServerMessage::Live { region, seq } => self.live(&region, seq),
            ServerMessage::Snapshot {
                region,
                epoch,
                seq,
                last,
                complaints,
            } => self.snapshot(&region, Since { epoch, seq }, last, complaints),
            ServerMessage::Ping { t, heads } => self.ping(&t, &heads),
            ServerMessage::Presence {} | ServerMessage::Claims {} => vec![Action::ShowPresence],
            ServerMessage::TokenExpiring {} => vec![Action::RefreshToken],
            ServerMessage::Unsubscribed { region, code } => self.unsubscribed(&region, &code),
            ServerMessage::Granted { regions } => {
                let regions = regions.join(", ");
                vec![Action::Notice(format!("you may watch now: {regions}"))]
            }
            ServerMessage::Reconnect { after_ms, reason } => {
                let notice = format!("the server asks to reconnect ({reason})");
                vec![Action::Notice(notice), Action::Reconnect { after_ms }]
            }
            ServerMessage::Error {
                id,
                code,
                message,
                retryable,
            } => self.refused(id, &code, &message, retryable),
            ServerMessage::Other => Vec::new(),
        }
    }

    fn event(&mut self, region: &str, seq: i64) -> Vec<Action> {
        let verdict = self.regions.get_mut(region).map(|state| state.judge(seq));
        match verdict {
            Some(Verdict::Show) => vec![Action::ShowEvent],
            Some(Verdict::Ignore) | None => Vec::new(),
            Some(Verdict::Missing) => self.again(region),
        }
    }

    fn live(&mut self, region: &str, seq: i64) -> Vec<Action> {
        let Some(state) = self.regions.get_mut(region) else {
            return Vec::new();
        };
        let last = state.last.as_ref().map_or(0, |last| last.seq);
        if last < seq {
            return self.again(region);
        }
        let resumed = if state.tells_resumption() {
            "resumed"
        } else {
            "live"
        };
        vec![Action::Notice(format!("{region}: {resumed} at #{last}"))]
    }

    fn snapshot(
        &mut self,
        region: &str,
        position: Since,
        last: bool,
        part: Vec<Value>,
    ) -> Vec<Action> {
        let state = self.regions.get_mut(region);
        let whole = state.and_then(|state| state.collect(position, last, part));
        let region = region.to_owned();
        whole
            .map(|complaints| Action::ShowSnapshot { region, complaints })
            .into_iter()
            .collect()
    }

    fn ping(&mut self, t: &Value, heads: &BTreeMap<String, i64>) -> Vec<Action> {
        let seen = self
            .positions()
            .map(|(region, last)| (region, last.seq))
            .collect();
        let pong = ClientMessage::Pong { t, seen }.encode();
        let mut actions = vec![Action::Send(pong)];
        let lost: Vec<String> = self
            .regions
            .iter_mut()
            .filter_map(|(id, region)| region.misses(*heads.get(id)?).then(|| id.clone()))
            .collect();
        actions.extend(lost.iter().flat_map(|region| self.again(region)));
        actions
    }

    fn unsubscribed(&mut self, region: &str, code: &str) -> Vec<Action> {
        if code == "client" || self.regions.remove(region).is_none() {
            return Vec::new();
        }
        let reason = format!("{region}: the server ended the subscription ({code})");
        if self.regions.is_empty() {
            vec![Action::Stop(reason)]
        } else {
            vec![Action::Notice(reason)]
        }
    }

    /// Subscribes again because an event is missing.
    fn again(&mut self, region: &str) -> Vec<Action> {
        let notice = format!("{region}: an event is missing; asking for it");
        let send = self.subscribe(region).map(Action::Send);
        std::iter::once(Action::Notice(notice))
            .chain(send)
            .collect()
    }

    fn subscribe(&mut self, region: &str) -> Option<String> {
        let id = self.id();
        let state = self.regions.get_mut(region)?;
        state.ask(id);
        let message = ClientMessage::Subscribe {
            id,
            region,
            since: state.last.as_ref().map(Into::into),
            snapshot: self.wanted.snapshot,
            filter: self.wanted.filter.given(),
            presence: self.wanted.presence,
        };
        Some(message.encode())
    }

    fn id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}

#[cfg(test)]
#[path = "follower_tests.rs"]
mod tests;
