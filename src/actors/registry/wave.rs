//! A wave: events of one region on their way to all its watchers, in as few writes as possible.

use std::time::Instant;

use bytes::{Bytes, BytesMut};
use prometheus::local::LocalHistogram;

use super::PublishedEvent;
use super::queue::{Held, WRITE_MOST};
use super::wire::write_now;
use crate::telemetry::metrics::PushMetrics;

/// Consecutive events in one piece: what one write sends.
#[derive(Debug)]
pub struct Wave {
    /// Whole frames.
    pub bytes: Bytes,
    /// How many.
    pub events: u64,
    /// When the oldest of them was committed.
    pub oldest_commit: Instant,
}

impl Wave {
    /// The events in order, in pieces of at most [`WRITE_MOST`] bytes or one event.
    pub(super) fn all_of(events: &[PublishedEvent]) -> Vec<Self> {
        let mut begun = 0;
        let same_piece = |one: &PublishedEvent, next: &PublishedEvent| {
            begun += one.frame.len();
            let fits = begun + next.frame.len() <= WRITE_MOST;
            if !fits {
                begun = 0;
            }
            fits
        };
        events
            .chunk_by(same_piece)
            .filter_map(Self::of_piece)
            .collect()
    }

    fn of_piece(events: &[PublishedEvent]) -> Option<Self> {
        let first = events.first()?;
        let bytes = if events.len() == 1 {
            first.frame.clone()
        } else {
            let mut bytes = BytesMut::new();
            for event in events {
                bytes.extend_from_slice(&event.frame);
            }
            bytes.freeze()
        };
        Some(Self {
            bytes,
            events: events.len() as u64,
            oldest_commit: first.committed_at,
        })
    }

    /// Writes the wave to the sockets of these queues as far as they take it at once; the rest waits in the queues. Says
    /// for each how many bytes were written.
    pub(super) fn send(&self, queues: &mut [Held<'_>]) -> Vec<usize> {
        // All sockets are looked up before the first write: between two writes the memory of neither is at hand.
        let sockets: Vec<_> = queues.iter().map(Held::socket).collect();
        let write = |socket: &Option<_>| socket.map_or(0, |one| write_now(one, &self.bytes));
        let written: Vec<usize> = sockets.iter().map(write).collect();
        for (queue, &written) in queues.iter_mut().zip(&written) {
            queue.keep_rest(self, written);
        }
        written
    }
}

/// What a shard counts while it sends waves: added to the node's series once a wave, because all
/// workers share those, and sharing them costs more than counting.
pub(super) struct Tally<'a> {
    metrics: &'a PushMetrics,
    delivered: u64,
    bytes: u64,
    latency: LocalHistogram,
}

impl<'a> Tally<'a> {
    pub(super) fn new(metrics: &'a PushMetrics) -> Self {
        Self {
            metrics,
            delivered: 0,
            bytes: 0,
            latency: metrics.latency.local(),
        }
    }

    /// Events were put into a queue or written.
    pub(super) fn delivered(&mut self, events: u64) {
        self.delivered += events;
    }

    /// So many bytes of a wave were handed to each socket of a block; the last of them ends the wait of its oldest event.
    /// All sockets of a block count with the time at its end: the first had it up to 127 writes before.
    pub(super) fn sent(&mut self, wave: &Wave, written: &[usize]) {
        let waited = wave.oldest_commit.elapsed().as_secs_f64();
        for &bytes in written {
            self.bytes += bytes as u64;
            if bytes == wave.bytes.len() {
                self.latency.observe(waited);
            }
        }
    }

    /// Adds what was counted to the node's series.
    pub(super) fn flush(&mut self) {
        let (delivered, bytes) = (&mut self.delivered, &mut self.bytes);
        self.metrics
            .events_delivered
            .inc_by(std::mem::take(delivered));
        self.metrics.sent_bytes.inc_by(std::mem::take(bytes));
        self.latency.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(lengths: &[usize]) -> Vec<(u64, usize)> {
        let event = |&length: &usize| PublishedEvent {
            seq: 1,
            frame: Bytes::from(vec![b'x'; length]),
            sides: None,
            committed_at: Instant::now(),
        };
        let events: Vec<_> = lengths.iter().map(event).collect();
        let waves = Wave::all_of(&events);
        let piece = |wave: &Wave| (wave.events, wave.bytes.len());
        waves.iter().map(piece).collect()
    }

    #[test]
    fn events_share_a_piece_while_it_is_small_enough() {
        let most = WRITE_MOST;
        assert_eq!(pieces(&[]), []);
        assert_eq!(pieces(&[10, 20, 30]), [(3, 60)]);
        assert_eq!(
            pieces(&[most, 1, most - 1, 1]),
            [(1, most), (2, most), (1, 1)]
        );
        assert_eq!(pieces(&[most + 5, 7]), [(1, most + 5), (1, 7)]);
    }
}
