//! Erasing complaints of a region, many at a time.

use std::time::Duration;

use actix::{Context, Handler};
use fail::fail_point;
use uuid::Uuid;

use super::messages::TakeTogether;
use super::{DeskHandle, RegionDesk};
use crate::actors::command::{Changed, CommandError};
use crate::domain::account::By;
use crate::domain::action::Party;
use crate::domain::change::{Deed, Refusal, Request};
use crate::domain::erasure::Erasure;

/// What became of one complaint.
#[derive(Debug)]
pub enum Outcome {
    /// It is erased, or what was to go of it is.
    Erased,
    /// It may not be erased now.
    Refused(Refusal),
    /// There was nothing to erase any more: it is not there, or was anonymised before.
    Gone,
    /// It was not carried out, or nobody knows; asked again, what was done is [`Outcome::Gone`]. One that was
    /// moved meanwhile is [`CommandError::Elsewhere`]: ask the desk there.
    Failed(CommandError),
}

impl DeskHandle {
    /// Erases complaints of the region; an outcome for each, in their order, each answered when it is durable.
    ///
    /// Each is a command of its own, so that each is refused for itself, but they come together, to a lane that has
    /// nothing else: a batch costs it much beside what its commands cost, and nobody who submits waits behind it. Send
    /// no more than it commits in some ten milliseconds: so long others wait for what they have in common.
    pub async fn erase(
        &self,
        complaints: &[Uuid],
        erasure: Erasure,
        by: By,
        deadline: Duration,
    ) -> Vec<Outcome> {
        let requests = complaints.iter().map(|&complaint| Request {
            complaint,
            version: None,
            deed: Deed::Erase(erasure),
        });
        let who = (by, Party::System);
        let answers = self.changed_together(requests, who, deadline).await;
        let outcome = |answer| match answer {
            Ok(Changed { has_happened, .. }) if has_happened => Outcome::Erased,
            Ok(_) | Err(CommandError::UnknownComplaint) => Outcome::Gone,
            Err(CommandError::Refused(refusal, _)) => Outcome::Refused(refusal),
            Err(error) => Outcome::Failed(error),
        };
        answers.into_iter().map(outcome).collect()
    }
}

impl Handler<TakeTogether> for RegionDesk {
    type Result = ();

    fn handle(&mut self, TakeTogether(commands): TakeTogether, _: &mut Context<Self>) {
        fail_point!(&format!("{}/region_desk/take", self.deps.supervision.node));
        self.deps.erasing.hand_over_together(commands);
    }
}
