//! How a desk hears that the database has more than it published, and how old that is by then.

use jiff::Timestamp;
use prometheus::HistogramVec;

use crate::domain::event::Event;

/// What told a desk of an event that it did not commit, or did not hear of at its commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeardBy {
    /// Another node's hint.
    Hint,
    /// The head poll.
    #[default]
    Poll,
    /// A client that has seen further, or wants to join from further on.
    Join,
    /// A commit of this node with a number behind a gap.
    Commit,
}

impl HeardBy {
    /// The word used in metrics.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Poll => "poll",
            Self::Join => "join",
            Self::Commit => "commit",
        }
    }
}

/// The last way in which a desk heard of something new.
#[derive(Debug, Default)]
pub(super) struct Hearing(HeardBy);

/// How old the newest event of a page was when it was read.
pub(super) struct Lag {
    by: HeardBy,
    seconds: f64,
}

impl Hearing {
    pub(super) fn heard(&mut self, by: HeardBy) {
        self.0 = by;
    }

    /// The lag of a page of other nodes' events. Clocks that differ make it wrong by as much.
    pub(super) fn lag(&self, page: &[Event]) -> Option<Lag> {
        let decided = page.last()?.decided_at()?;
        let age = Timestamp::now().duration_since(decided).as_secs_f64();
        Some(Lag {
            by: self.0,
            seconds: age.max(0.0),
        })
    }
}

impl Lag {
    pub(super) fn show(&self, series: &HistogramVec) {
        series
            .with_label_values(&[self.by.as_str()])
            .observe(self.seconds);
    }
}
