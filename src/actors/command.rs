//! A command on its way through desk and lane, and the ways in which it can fail.

use std::sync::Arc;

use actix::Addr;
use thiserror::Error;
use tokio::sync::oneshot;

use super::region_desk::RegionDesk;
use crate::domain::account::By;
use crate::domain::action::Party;
use crate::domain::change::{Fault, Refusal, Request};
use crate::domain::complaint::{Complaint, Receipt, Submission};
use crate::domain::region::RegionId;
use crate::store::StoreError;

/// Why a command was not carried out.
#[derive(Debug, Error)]
pub enum CommandError {
    /// A mailbox or a lane's queue is full. Nothing was done.
    #[error("too much work is waiting")]
    Overloaded,
    /// An actor was restarted while it held the command. It may have been carried out.
    #[error("the command was interrupted")]
    Interrupted,
    /// No answer came in time. It may have been carried out.
    #[error("the command was not answered in time")]
    DeadlinePassed,
    /// The database is away. Nothing was done.
    #[error("the database is away: {0}")]
    Unavailable(String),
    /// The connection was lost at the commit. It may have been carried out.
    #[error("the outcome is unknown: {0}")]
    OutcomeUnknown(String),
    /// The database refused the command.
    #[error("the database refused the command: {0}")]
    Database(#[source] StoreError),
    /// There is no such region.
    #[error("there is no such region")]
    UnknownRegion,
    /// There is no such complaint.
    #[error("there is no such complaint")]
    UnknownComplaint,
    /// The complaint was moved to another region: ask its desk, if the caller may work there.
    #[error("the complaint was moved to region {0}")]
    Elsewhere(RegionId),
    /// The complaint was changed since the caller saw it.
    #[error("the complaint was changed in the meantime")]
    Stale(Box<Complaint>),
    /// A rule forbids it in the complaint's present state.
    #[error("{0}")]
    Refused(Refusal, Box<Complaint>),
    /// The idempotency key was used before with another body.
    #[error("this Idempotency-Key was used before with another body")]
    KeyReused,
}

impl CommandError {
    /// The outcome's word for metrics.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::Stale(_) => "stale",
            Self::Refused(..)
            | Self::KeyReused
            | Self::UnknownComplaint
            | Self::UnknownRegion
            | Self::Elsewhere(_) => "refused",
            Self::Overloaded
            | Self::Interrupted
            | Self::DeadlinePassed
            | Self::Unavailable(_)
            | Self::OutcomeUnknown(_)
            | Self::Database(_) => "failed",
        }
    }
}

impl CommandError {
    /// Whether it may have been carried out all the same.
    pub fn may_be_done(&self) -> bool {
        match self {
            Self::Interrupted | Self::DeadlinePassed | Self::OutcomeUnknown(_) => true,
            Self::Overloaded
            | Self::Unavailable(_)
            | Self::Database(_)
            | Self::UnknownRegion
            | Self::UnknownComplaint
            | Self::Elsewhere(_)
            | Self::Stale(_)
            | Self::Refused(..)
            | Self::KeyReused => false,
        }
    }
}

impl From<Fault> for CommandError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Self::UnknownComplaint,
            Fault::Elsewhere(region) => Self::Elsewhere(region),
            Fault::Stale(current) => Self::Stale(current),
            Fault::Refused(refused) => {
                let (refusal, current) = *refused;
                Self::Refused(refusal, Box::new(current))
            }
        }
    }
}

/// Where the answer to a command goes. A caller that has gone away closes it.
pub type Reply<T> = oneshot::Sender<Result<T, CommandError>>;

/// What came of a change.
#[derive(Debug)]
pub struct Changed {
    /// The complaint as it is now; of an erased one, as it was.
    pub complaint: Box<Complaint>,
    /// Whether anything happened; if not, it was so before.
    pub has_happened: bool,
}

/// What a command asks for, and where its answer goes.
#[derive(Debug)]
pub enum Work {
    /// Submit a complaint.
    Submit(Box<Submission>, Reply<Receipt>),
    /// Change a complaint in the name of `Party`.
    Change(Box<Request>, Party, Reply<Changed>),
}

impl Work {
    /// Whether nobody waits for the answer any more.
    pub fn is_abandoned(&self) -> bool {
        match self {
            Self::Submit(_, reply) => reply.is_closed(),
            Self::Change(_, _, reply) => reply.is_closed(),
        }
    }

    /// Answers with an error.
    pub fn refuse(self, error: CommandError) {
        match self {
            Self::Submit(_, reply) => Answer::Submitted(reply, Err(error)).give(),
            Self::Change(_, _, reply) => Answer::Changed(reply, Err(error)).give(),
        }
    }
}

/// A desk that publishes events of its region.
#[derive(Debug, Clone)]
pub struct Publisher {
    /// Its region.
    pub region: RegionId,
    /// Its address.
    pub desk: Arc<Addr<RegionDesk>>,
}

/// A command as a desk hands it to its lane.
#[derive(Debug)]
pub struct Command {
    /// What to do.
    pub work: Work,
    /// Who asks.
    pub by: By,
    /// The desk that took it.
    pub taker: Publisher,
    /// The desk of the other region in which it has an event, if there is one. Without it that desk
    /// hears of the event by the head poll.
    pub other: Option<Publisher>,
}

/// An answer on its way to its caller.
#[derive(Debug)]
pub enum Answer {
    /// To a submission.
    Submitted(Reply<Receipt>, Result<Receipt, CommandError>),
    /// To a change.
    Changed(Reply<Changed>, Result<Changed, CommandError>),
}

impl Answer {
    /// Gives the answer; a caller that has gone away loses it, which does no harm.
    pub fn give(self) {
        let heard = match self {
            Self::Submitted(reply, answer) => reply.send(answer).is_ok(),
            Self::Changed(reply, answer) => reply.send(answer).is_ok(),
        };
        if !heard {
            slog_scope::debug!("a caller went away before its answer");
        }
    }
}
