//! A wave: events on their way to many sockets, and when each of them arrives.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::Fault;

/// How long a wave may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Counts what the readers of all sockets receive. One thread's.
pub(crate) struct Waves {
    begun: Cell<Instant>,
    missing: Cell<usize>,
    done: Notify,
    arrivals_us: RefCell<Vec<u32>>,
    frame: RefCell<Vec<u8>>,
}

impl Waves {
    pub(crate) fn new() -> Self {
        Self {
            begun: Cell::new(Instant::now()),
            missing: Cell::new(0),
            done: Notify::new(),
            arrivals_us: RefCell::default(),
            frame: RefCell::default(),
        }
    }

    /// Begins a wave of so many deliveries.
    pub(crate) fn begin(&self, deliveries: usize) {
        self.arrivals_us.borrow_mut().clear();
        self.missing.set(deliveries);
        self.begun.set(Instant::now());
    }

    /// So many events arrived on a socket.
    pub(crate) fn arrived(&self, events: usize) {
        if events == 0 {
            return;
        }
        let took = u32::try_from(self.begun.get().elapsed().as_micros()).unwrap_or(u32::MAX);
        let mut arrivals = self.arrivals_us.borrow_mut();
        arrivals.extend(std::iter::repeat_n(took, events));
        let missing = self.missing.get().saturating_sub(events);
        self.missing.set(missing);
        if missing == 0 {
            self.done.notify_one();
        }
    }

    /// Waits for the end of the wave; microseconds from its beginning to each arrival.
    ///
    /// # Errors
    /// When deliveries are missing after a while.
    pub(crate) async fn end(&self) -> Result<Vec<u32>, Fault> {
        let ended = tokio::time::timeout(PATIENCE, self.done.notified()).await;
        if ended.is_err() {
            return Err(format!("{} deliveries did not arrive", self.missing.get()).into());
        }
        Ok(self.arrivals_us.borrow().clone())
    }

    /// Keeps the first event's frame, for the bare writer to send the same bytes.
    pub(crate) fn keep_frame(&self, frame: &[u8]) {
        let mut kept = self.frame.borrow_mut();
        if kept.is_empty() {
            kept.extend_from_slice(frame);
        }
    }

    /// The frame of an event as it came.
    pub(crate) fn frame(&self) -> Vec<u8> {
        self.frame.borrow().clone()
    }
}
