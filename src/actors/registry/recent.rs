//! The recent events of one region, contiguous up to its last published number, bounded in bytes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use crate::domain::event::{Filter, Sides};

/// An event, encoded and framed once; all shards and queues share its bytes.
#[derive(Debug, Clone)]
pub struct PublishedEvent {
    /// Its number within the region.
    pub seq: i64,
    /// The whole WebSocket frame.
    pub frame: Bytes,
    /// Its complaint before and after it, as far as filters ask.
    pub sides: Option<Arc<Sides>>,
    /// When its commit was known to this process.
    pub committed_at: Instant,
}

impl PublishedEvent {
    /// Whether somebody with this filter wants it.
    pub(super) fn suits(&self, filter: Option<&Filter>) -> bool {
        filter.is_none_or(|filter| filter.matches(self.sides.as_deref()))
    }
}

/// What a region published, as one shard holds it.
#[derive(Debug, Default)]
pub(super) struct Recent {
    published: i64,
    events: VecDeque<PublishedEvent>,
    bytes: usize,
}

impl Recent {
    /// Nothing held; everything up to `published` is in the database.
    pub(super) fn at(published: i64) -> Self {
        Self {
            published,
            ..Self::default()
        }
    }

    /// The number of the last event that was published.
    pub(super) fn published(&self) -> i64 {
        self.published
    }

    /// Takes the next event; `false` when it is not the next.
    pub(super) fn push(&mut self, event: &PublishedEvent, most_bytes: usize) -> bool {
        if event.seq != self.published + 1 {
            return false;
        }
        self.published = event.seq;
        self.bytes += event.frame.len();
        self.events.push_back(event.clone());
        while self.bytes > most_bytes {
            self.drop_oldest();
        }
        true
    }

    /// The events behind `since` that suit `filter`, when all of them are held and are at most
    /// `most_bytes`.
    pub(super) fn behind(
        &self,
        since: i64,
        filter: Option<&Filter>,
        most_bytes: usize,
    ) -> Option<Vec<PublishedEvent>> {
        let missing = usize::try_from(self.published.checked_sub(since)?).ok()?;
        let begin = self.events.len().checked_sub(missing)?;
        let missed = self.events.range(begin..);
        let events: Vec<_> = missed.filter(|one| one.suits(filter)).cloned().collect();
        let bytes: usize = events.iter().map(|event| event.frame.len()).sum();
        (bytes <= most_bytes).then_some(events)
    }

    /// Forgets the events up to a number.
    pub(super) fn forget_upto(&mut self, floor: i64) {
        while self.events.front().is_some_and(|event| event.seq <= floor) {
            self.drop_oldest();
        }
    }

    /// Forgets the events, keeps the number.
    pub(super) fn forget(&mut self) {
        self.events = VecDeque::new();
        self.bytes = 0;
    }

    fn drop_oldest(&mut self) {
        match self.events.pop_front() {
            Some(event) => self.bytes -= event.frame.len(),
            None => self.bytes = 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: i64) -> PublishedEvent {
        PublishedEvent {
            seq,
            frame: Bytes::from(vec![b'x'; 10]),
            sides: None,
            committed_at: Instant::now(),
        }
    }

    fn numbers(recent: &Recent, since: i64) -> Option<Vec<i64>> {
        let events = recent.behind(since, None, 1000)?;
        Some(events.iter().map(|event| event.seq).collect())
    }

    #[test]
    fn only_the_next_event_is_taken() {
        let mut recent = Recent::at(5);
        assert!(!recent.push(&event(5), 100), "a duplicate");
        assert!(!recent.push(&event(7), 100), "a gap");
        assert!(recent.push(&event(6), 100));
        assert_eq!(recent.published(), 6);
    }

    #[test]
    fn what_is_forgotten_is_given_to_nobody() {
        let mut recent = Recent::at(5);
        for seq in 6..=9 {
            assert!(recent.push(&event(seq), 100));
        }
        recent.forget_upto(7);
        assert_eq!(numbers(&recent, 6), None, "below the floor");
        assert_eq!(numbers(&recent, 7), Some(vec![8, 9]), "at the floor");
        assert_eq!(numbers(&recent, 8), Some(vec![9]), "above the floor");
        recent.forget_upto(20);
        assert_eq!((recent.published(), recent.bytes), (9, 0));
    }

    #[test]
    fn what_is_behind_a_number_is_given_whole_or_not_at_all() {
        let mut recent = Recent::at(5);
        for seq in 6..=9 {
            assert!(recent.push(&event(seq), 30), "room for three");
        }
        assert_eq!(numbers(&recent, 9), Some(vec![]));
        assert_eq!(numbers(&recent, 6), Some(vec![7, 8, 9]));
        assert_eq!(numbers(&recent, 5), None, "6 was dropped for room");
        assert_eq!(numbers(&recent, 10), None, "ahead of what was published");
        assert!(
            recent.behind(6, None, 29).is_none(),
            "more bytes than asked for"
        );
    }
}
