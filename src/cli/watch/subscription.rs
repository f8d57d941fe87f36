//! One region as a client follows it: the last event shown, and what the next one means.

use serde_json::Value;

use super::message::Mode;
use crate::config::Since;

/// Where a subscription is.
#[derive(Debug, PartialEq)]
enum Stage {
    /// Asked for; events in sequence are welcome, a second request is not made.
    Asked,
    /// Parts of a snapshot have come.
    Collecting(Vec<Value>),
    /// Events follow each other.
    Following,
}

/// What an event means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the next one.
    Show,
    /// It was shown, or will come again.
    Ignore,
    /// One before it is missing.
    Missing,
}

/// A region's subscription, over all connections.
#[derive(Debug)]
pub(super) struct Subscription {
    /// The last event shown; `None` until the server said where the region stands.
    pub(super) last: Option<Since>,
    /// The id of the latest subscribe message, to which an error may refer.
    pub(super) request: u64,
    stage: Stage,
    /// Whether it goes on from `last`: worth telling once it is live again.
    resuming: bool,
    /// The head that the previous ping told.
    owed: Option<i64>,
}

impl Subscription {
    /// A subscription that begins behind `last`.
    pub(super) fn new(last: Option<Since>) -> Self {
        Self {
            last,
            request: 0,
            stage: Stage::Asked,
            resuming: false,
            owed: None,
        }
    }

    /// It is asked for, or asked for again, with the message `request`.
    pub(super) fn ask(&mut self, request: u64) {
        self.request = request;
        self.stage = Stage::Asked;
        self.resuming = self.last.is_some();
        self.owed = None;
    }

    /// The server begins to deliver.
    pub(super) fn begin(&mut self, head: Since, mode: Mode) {
        self.owed = None;
        match mode {
            Mode::Resumed => self.stage = Stage::Following,
            Mode::Snapshot => {
                self.stage = Stage::Collecting(Vec::new());
                self.resuming = false;
            }
            Mode::Live => {
                self.stage = Stage::Following;
                self.resuming = false;
                self.last = Some(head);
            }
        }
    }

    /// The client rule; an event that is to be shown becomes the last one.
    pub(super) fn judge(&mut self, seq: i64) -> Verdict {
        let following = match &self.stage {
            // The snapshot that is under way holds it.
            Stage::Collecting(_) => return Verdict::Ignore,
            Stage::Asked => false,
            Stage::Following => true,
        };
        match &mut self.last {
            Some(last) if seq == last.seq + 1 => {
                last.seq = seq;
                Verdict::Show
            }
            Some(last) if seq <= last.seq => Verdict::Ignore,
            Some(_) | None if following => Verdict::Missing,
            Some(_) | None => Verdict::Ignore,
        }
    }

    /// Nothing up to `seq` suits the filter but what was shown.
    pub(super) fn skip_to(&mut self, seq: i64) {
        // A snapshot that is under way gives the position.
        if let (Stage::Asked | Stage::Following, Some(last)) = (&self.stage, &mut self.last) {
            last.seq = last.seq.max(seq);
        }
    }

    /// Adds a part of a snapshot; the whole when this was the last.
    pub(super) fn collect(
        &mut self,
        position: Since,
        is_last: bool,
        part: Vec<Value>,
    ) -> Option<Vec<Value>> {
        let Stage::Collecting(complaints) = &mut self.stage else {
            return None;
        };
        complaints.extend(part);
        if !is_last {
            return None;
        }
        let complaints = std::mem::take(complaints);
        self.stage = Stage::Following;
        self.last = Some(position);
        Some(complaints)
    }

    /// Whether it goes on where it was; true once a resumption.
    pub(super) fn tells_resumption(&mut self) -> bool {
        std::mem::take(&mut self.resuming)
    }

    /// Whether an event is lost: still behind the head that the previous ping told.
    pub(super) fn misses(&mut self, head: i64) -> bool {
        let Some(last) = self
            .last
            .as_ref()
            .filter(|_| self.stage == Stage::Following)
        else {
            return false;
        };
        let owed = self.owed.replace(head);
        owed.is_some_and(|owed| last.seq < owed)
    }
}
