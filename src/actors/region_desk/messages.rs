//! What is said to a desk.

use std::time::Instant;

use actix::Message;

use super::super::command::{Answer, Command};
use super::hearing::HeardBy;
use crate::domain::event::Event;

/// Take this command.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Take(pub(super) Command);

/// Take these, which may share a batch. Their region is the desk's.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct TakeTogether(pub(super) Vec<Command>);

/// A lane has committed events of this region.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Committed {
    /// In the order of their numbers.
    pub events: Vec<Event>,
    /// Up to which number events may be gone by now; 0 when none went with these.
    pub floor: i64,
    /// To be given after publishing.
    pub answers: Vec<Answer>,
    /// When the lane learned that they are durable.
    pub(super) committed_at: Instant,
}

impl Committed {
    /// Nothing yet, committed at `committed_at`.
    pub fn at(committed_at: Instant) -> Self {
        Self {
            events: Vec::new(),
            floor: 0,
            answers: Vec::new(),
            committed_at,
        }
    }
}

/// An event of this number is in the database, whoever committed it, as was heard in this way.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct HeadSeen(pub(super) i64, pub(super) HeardBy);

/// Report your counts again.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Recount;

/// Publish again what comes behind this number: a shard missed it.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Republish {
    /// The last number that the shard has.
    pub after: i64,
}
