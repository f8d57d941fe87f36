//! What of a region's events a desk may publish next.

use crate::domain::event::Event;

/// What of `events` comes behind `head`, and the last number; `None` when that is nothing, or some before it
/// are missing.
pub(in super::super) fn next_ones(head: i64, events: Vec<Event>) -> Option<(Vec<Event>, i64)> {
    let is_fresh = |event: &Event| event.seq > head;
    let fresh: Vec<Event> = events.into_iter().filter(is_fresh).collect();
    let mut numbers = (head + 1..).zip(&fresh);
    let contiguous = numbers.all(|(seq, event)| event.seq == seq);
    let last = fresh.last().filter(|_| contiguous)?.seq;
    Some((fresh, last))
}
