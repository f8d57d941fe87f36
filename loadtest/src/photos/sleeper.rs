//! A thread that does nothing but sleep: how late it is woken says how long whoever wants a core waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::Fault;
use crate::report::percentile;

/// How long it means to sleep at a time.
const NAP: Duration = Duration::from_millis(2);

/// It sleeps until it is ended.
pub(super) struct Sleeper {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Vec<u32>>,
}

impl Sleeper {
    /// Begins.
    #[expect(
        clippy::disallowed_methods,
        reason = "the thread is its own: that it sleeps is what is measured"
    )]
    pub(super) fn start() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&is_over);
        let thread = std::thread::spawn(move || {
            let mut late = Vec::new();
            while !told.load(Ordering::Relaxed) {
                let begun = Instant::now();
                std::thread::sleep(NAP);
                let over = begun.elapsed().saturating_sub(NAP).as_micros();
                late.push(u32::try_from(over).unwrap_or(u32::MAX));
            }
            late
        });
        Self { is_over, thread }
    }

    /// Ends, and tells how late it was: the p99, in microseconds.
    ///
    /// # Errors
    /// When it panicked.
    pub(super) fn end(self) -> Result<f64, Fault> {
        self.is_over.store(true, Ordering::Relaxed);
        let mut late = self.thread.join().map_err(|_| "the sleeper panicked")?;
        Ok(percentile(&mut late, 0.99))
    }
}
