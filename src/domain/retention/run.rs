//! A run: what was asked for, and what came of it.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::status::Status;
use super::Plan;

/// Who had a run made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Its moment came.
    Schedule,
    /// An admin, over HTTP.
    Request,
    /// Whoever runs `redress purge`.
    Command,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Self; 3] = [Self::Schedule, Self::Request, Self::Command];

    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Request => "request",
            Self::Command => "command",
        }
    }

    /// The origin that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// No node has taken it up yet.
    Waiting,
    /// A node is at it, or will go on with it.
    Running,
    /// It has looked at all that was due.
    Done,
    /// It was given up; the next run finds what is left.
    Failed,
}

impl Stage {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// What a run found and did in one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Counts {
    /// Complaints that were due when it began.
    pub due: i64,
    /// Erased; of each a tombstone is left.
    pub erased: i64,
    /// Anonymised.
    pub anonymised: i64,
    /// Left alone because of a legal hold.
    pub held: i64,
    /// Left alone because they were active, too young or gone when their turn came.
    pub spared: i64,
    /// That could not be done; the next run tries again.
    pub failed: i64,
}

impl Counts {
    /// How many it has looked at.
    pub const fn looked_at(&self) -> i64 {
        self.erased + self.anonymised + self.held + self.spared + self.failed
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.due += more.due;
        self.erased += more.erased;
        self.anonymised += more.anonymised;
        self.held += more.held;
        self.spared += more.spared;
        self.failed += more.failed;
    }
}

/// A run, as it is told and kept.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Run {
    /// Its id.
    pub id: Uuid,
    /// Who had it made.
    pub origin: Origin,
    /// The admin who asked for it.
    pub asked_by: Option<Uuid>,
    /// When it was asked for: its cut-offs count from here.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// The moment of the schedule.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// The version of the policy.
    pub policy: i64,
    /// The one status that was asked for.
    pub complaint_status: Option<Status>,
    /// The days that were asked for in place of the policy's.
    pub days_old: Option<i32>,
    /// The rules with their cut-offs, the most specific first.
    #[schema(value_type = Vec<super::Line>)]
    pub cut_offs: Plan,
    /// How far it is.
    pub stage: Stage,
    /// When a node took it up first.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub begun_at: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// How long it took, or takes so far, in milliseconds; null while it waits.
    pub took_ms: Option<i64>,
    /// The node that took it up last.
    pub node: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// Bytes of photos that went.
    pub bytes_freed: i64,
    /// What it found and did, by status.
    #[schema(value_type = BTreeMap<String, Counts>)]
    pub counts: BTreeMap<Status, Counts>,
}

impl Run {
    /// What it found and did in all.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.counts.values().for_each(|counts| total += *counts);
        total
    }
}
