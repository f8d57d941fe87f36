//! A progress bar on standard error.

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

const WIDTH: usize = 30;
/// Between two pictures of the bar: on a terminal, and in a file, where each is a line.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(10)];

/// How far a long work is.
pub(crate) struct Progress {
    begun: Instant,
    shown: Cell<Option<Instant>>,
    total: u64,
    done: Cell<u64>,
}

impl Progress {
    /// Of so many steps.
    pub(crate) fn of(total: u64) -> Self {
        Self {
            begun: Instant::now(),
            shown: Cell::new(None),
            total,
            done: Cell::new(0),
        }
    }

    /// So many more are done.
    pub(crate) fn add(&self, steps: u64, what: &str) {
        self.done.set(self.done.get() + steps);
        let is_terminal = std::io::stderr().is_terminal();
        let pause = PAUSES[usize::from(!is_terminal)];
        if self.shown.get().is_some_and(|at| at.elapsed() < pause) && self.done.get() < self.total {
            return;
        }
        self.shown.set(Some(Instant::now()));
        let share = (self.done.get() as f64 / self.total as f64).min(1.0);
        let full = (share * WIDTH as f64) as usize;
        let bar = format!("{}{}", "#".repeat(full), ".".repeat(WIDTH - full));
        let (percent, seconds) = (share * 100.0, self.begun.elapsed().as_secs());
        let end = if is_terminal { "\r" } else { "\n" };
        let line = format!("[{bar}] {percent:3.0} %  {seconds:4} s  {what:<24}{end}");
        // Progress that nobody can read is no reason to end.
        std::io::stderr()
            .write_all(line.as_bytes())
            .unwrap_or_default();
    }

    /// The time so far.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}
