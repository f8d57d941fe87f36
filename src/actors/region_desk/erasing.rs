//! Erasing complaints of a region, many at a time.

use std::time::Duration;

use futures_util::future::join_all;
use uuid::Uuid;

use super::DeskHandle;
use crate::actors::command::CommandError;
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
    /// Each is a command of its own, so that the lane commits as many as fit into one batch, those of others
    /// between them, and each is refused for itself. Send no more than a few hundred at a time: they take room
    /// in the desk's mailbox and in the lane's queue from those who submit.
    pub async fn erase(
        &self,
        complaints: &[Uuid],
        erasure: Erasure,
        by: By,
        deadline: Duration,
    ) -> Vec<Outcome> {
        let each = complaints.iter().map(|&complaint| async move {
            let request = Request {
                complaint,
                version: None,
                deed: Deed::Erase(erasure),
            };
            let who = (by, Party::System);
            match self.changed(request, who, None, deadline).await {
                Ok(changed) if changed.has_happened => Outcome::Erased,
                Ok(_) | Err(CommandError::UnknownComplaint) => Outcome::Gone,
                Err(CommandError::Refused(refusal, _)) => Outcome::Refused(refusal),
                Err(error) => Outcome::Failed(error),
            }
        });
        join_all(each).await
    }
}
