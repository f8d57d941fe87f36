//! Where a client is in one region, and how what it is told moves it on.

use std::collections::BTreeMap;

use super::check::What;
use super::{Position, Seen};

/// Where a client is in one region.
#[derive(Default)]
pub(super) struct Standing {
    pub(super) at: Option<Position>,
    pub(super) is_watching: bool,
    pub(super) is_revoked: bool,
    /// The epoch of the subscription.
    pub(super) epoch: String,
    /// The parts of a snapshot that came so far.
    pub(super) snapshot: Option<BTreeMap<String, u64>>,
}

impl Standing {
    /// A subscription begins where the client is.
    pub(super) fn begin(&mut self, seen: &Seen) -> Result<(), What> {
        let Seen::Subscribed {
            epoch,
            mode,
            head,
            since,
        } = seen
        else {
            return Ok(());
        };
        self.is_watching = true;
        self.snapshot = None;
        self.epoch.clone_from(epoch);
        if mode != "resumed" {
            let here = Position {
                epoch: epoch.clone(),
                seq: *head,
            };
            self.at = (mode == "live").then_some(here);
            return Ok(());
        }
        let client = self.at.take();
        self.at.clone_from(since);
        let is_asked = since.as_ref().is_some_and(|since| since.epoch == *epoch);
        let is_there = client.is_none() || client == *since;
        if is_asked && is_there {
            return Ok(());
        }
        Err(What::WrongResume {
            client,
            asked: since.clone(),
        })
    }

    /// The next number, and no other.
    pub(super) fn step(&mut self, got: i64) -> Result<(), What> {
        let at = self.at.as_mut().ok_or(What::Unasked)?;
        let last = at.seq;
        at.seq = last.max(got);
        match got - last {
            1 => Ok(()),
            2.. => Err(What::Lost { last, got }),
            _ => Err(What::Repeated { last, got }),
        }
    }
}
