//! What a crowd counts: when events arrived, how old they were, and what was wrong with them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::frames::between;
use super::order::{Arrived, WaveTimes};
use crate::Fault;
use crate::report::percentile;

/// How long a wave may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of an event with its id among them.
const HEAD: usize = 128;

/// Counts for all sockets. One thread's.
pub(super) struct Tally {
    begun: Cell<Instant>,
    /// The same in microseconds since 1970.
    begun_us: Cell<i64>,
    missing: Cell<usize>,
    complete: Notify,
    arrivals_us: RefCell<Vec<u32>>,
    ages_us: RefCell<Vec<u32>>,
    /// The head of the last event, and its time in microseconds since 1970: most events come to many
    /// sockets one after the other.
    last: RefCell<(Vec<u8>, i64)>,
    text: RefCell<Option<String>>,
    out_of_turn: Cell<usize>,
    ended: RefCell<BTreeMap<String, usize>>,
    /// For those who do not read until they are told to.
    pub(super) read_on: Notify,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            begun: Cell::new(Instant::now()),
            begun_us: Cell::new(now_us()),
            missing: Cell::new(0),
            complete: Notify::new(),
            arrivals_us: RefCell::default(),
            ages_us: RefCell::default(),
            last: RefCell::default(),
            text: RefCell::default(),
            out_of_turn: Cell::new(0),
            ended: RefCell::default(),
            read_on: Notify::new(),
        }
    }

    /// Forgets what arrived; a wave of so many deliveries begins.
    pub(super) fn begin(&self, deliveries: usize) {
        self.arrivals_us.borrow_mut().clear();
        self.ages_us.borrow_mut().clear();
        self.out_of_turn.set(0);
        self.missing.set(deliveries);
        self.begun.set(Instant::now());
        self.begun_us.set(now_us());
    }

    /// An event arrived with what was read just now.
    pub(super) fn arrived(&self, text: &[u8], is_in_turn: bool, now: Instant) {
        let took = u32::try_from((now - self.begun.get()).as_micros());
        self.arrivals_us.borrow_mut().push(took.unwrap_or(u32::MAX));
        if let Some(age) = self.age_us(text, now) {
            self.ages_us.borrow_mut().push(age);
        }
        if !is_in_turn {
            self.out_of_turn.set(self.out_of_turn.get() + 1);
        }
        if self.missing.get() > 0 {
            self.missing.set(self.missing.get() - 1);
            if self.missing.get() == 0 {
                self.complete.notify_one();
            }
        }
        let mut kept = self.text.borrow_mut();
        if kept.is_none() {
            *kept = Some(String::from_utf8_lossy(text).into_owned());
        }
    }

    /// Microseconds since the time that the event says.
    fn age_us(&self, text: &[u8], now: Instant) -> Option<u32> {
        let head = text.get(..text.len().min(HEAD))?;
        let mut last = self.last.borrow_mut();
        if last.0 != head {
            let at = between(text, br#""at":""#, b'"')?;
            let time: jiff::Timestamp = std::str::from_utf8(at).ok()?.parse().ok()?;
            *last = (head.to_owned(), time.as_microsecond());
        }
        let begun = self.begun.get();
        let since = i64::try_from((now - begun).as_micros()).ok()?;
        u32::try_from((self.begun_us.get() + since - last.1).max(0)).ok()
    }

    /// A socket ended.
    pub(super) fn ended(&self, how: String) {
        *self.ended.borrow_mut().entry(how).or_default() += 1;
    }

    /// Waits for the end of the wave.
    ///
    /// # Errors
    /// When deliveries are missing after a while.
    pub(super) async fn end(&self) -> Result<WaveTimes, Fault> {
        let ended = tokio::time::timeout(PATIENCE, self.complete.notified()).await;
        if ended.is_err() {
            let ended = self.ended.borrow();
            let missing = self.missing.get();
            return Err(format!("{missing} deliveries did not arrive; ended: {ended:?}").into());
        }
        let mut arrivals = self.arrivals_us.borrow_mut();
        Ok(WaveTimes {
            first_ms: percentile(&mut arrivals, 0.0) / 1000.0,
            p50_ms: percentile(&mut arrivals, 0.5) / 1000.0,
            p99_ms: percentile(&mut arrivals, 0.99) / 1000.0,
        })
    }

    /// What arrived since the beginning, at so many sockets that are open.
    pub(super) fn tell(&self, open: usize) -> Arrived {
        let mut ages = self.ages_us.borrow_mut();
        // Of none there is no age, and JSON has no word for that.
        let mut age = |share: f64| match ages.is_empty() {
            true => 0.0,
            false => percentile(&mut ages, share) / 1000.0,
        };
        Arrived {
            p50_ms: age(0.5),
            p99_ms: age(0.99),
            max_ms: age(1.0),
            events: self.arrivals_us.borrow().len(),
            out_of_turn: self.out_of_turn.get(),
            open,
            ended: self.ended.borrow().clone(),
        }
    }

    /// The text of the first event that came.
    pub(super) fn text(&self) -> Option<String> {
        self.text.borrow().clone()
    }
}

/// The present time in microseconds since 1970: the server reads the same clock.
fn now_us() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}
