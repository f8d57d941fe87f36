//! How many sessions a shard has: kept with each that comes and goes, because it is asked for all the time while
//! thousands do.

use super::super::{Counts, Form};
use super::Entered;
use crate::domain::account::Role;

/// The sessions by what they are counted by.
#[derive(Default)]
pub(super) struct Census(Counts);

impl Census {
    /// A session came.
    pub(super) fn came(&mut self, entered: &Entered) {
        *self
            .0
            .by_role
            .entry(entered.peer.identity.role)
            .or_default() += 1;
        self.0.event_streams += usize::from(is_stream(entered));
    }

    /// A session went.
    pub(super) fn went(&mut self, entered: &Entered) {
        self.less(entered.peer.identity.role);
        self.0.event_streams -= usize::from(is_stream(entered));
    }

    /// The account of a session has another role than before.
    pub(super) fn changed(&mut self, before: Role, now: Role) {
        self.less(before);
        *self.0.by_role.entry(now).or_default() += 1;
    }

    /// The sessions; no regions.
    pub(super) fn counts(&self) -> Counts {
        self.0.clone()
    }

    fn less(&mut self, role: Role) {
        if let Some(count) = self.0.by_role.get_mut(&role) {
            *count -= 1;
        }
    }
}

fn is_stream(entered: &Entered) -> bool {
    *entered.queue.form() != Form::WebSocket
}
