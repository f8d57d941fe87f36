//! How many sessions a shard has: kept with each that comes and goes, because it is asked for all the time while
//! thousands do.

use super::super::{Counts, Form};
use crate::domain::account::Role;

/// The sessions by what they are counted by.
#[derive(Default)]
pub(super) struct Census(Counts);

impl Census {
    /// A session of an account with this role came.
    pub(super) fn came(&mut self, role: Role, form: &Form) {
        self.more(role);
        self.0.event_streams += usize::from(*form != Form::WebSocket);
    }

    /// One that came went; the role is that which was told last.
    pub(super) fn went(&mut self, role: Role, form: &Form) {
        self.less(role);
        self.0.event_streams -= usize::from(*form != Form::WebSocket);
    }

    /// The account of a session may have another role than before.
    pub(super) fn changed(&mut self, before: Role, now: Role) {
        self.less(before);
        self.more(now);
    }

    /// The sessions; no regions.
    pub(super) fn counts(&self) -> Counts {
        self.0.clone()
    }

    fn more(&mut self, role: Role) {
        *self.0.by_role.entry(role).or_default() += 1;
    }

    fn less(&mut self, role: Role) {
        if let Some(count) = self.0.by_role.get_mut(&role) {
            *count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_session_is_counted_from_when_it_comes_until_it_goes_under_the_role_that_it_has() {
        let stream = Form::EventStream("e".into());
        let mut census = Census::default();
        let numbers = |census: &Census| {
            let counts = census.counts();
            let of = |role| counts.by_role.get(&role).copied().unwrap_or_default();
            let streams = counts.event_streams;
            (of(Role::Officer), of(Role::Admin), streams)
        };
        census.came(Role::Officer, &Form::WebSocket);
        census.came(Role::Officer, &stream);
        assert_eq!(numbers(&census), (2, 0, 1));
        census.changed(Role::Officer, Role::Admin);
        census.changed(Role::Officer, Role::Officer);
        assert_eq!(numbers(&census), (1, 1, 1));
        census.went(Role::Admin, &stream);
        assert_eq!(numbers(&census), (1, 0, 0));
        census.went(Role::Officer, &Form::WebSocket);
        assert_eq!(numbers(&census), (0, 0, 0));
    }
}
