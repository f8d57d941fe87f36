//! Asks for `/health` over and over, on a thread of its own: what sends photos must not make it late.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Health;
use crate::Fault;
use crate::http::{Connection, request};
use crate::report::percentile;

/// From one question to the next.
const PACE: Duration = Duration::from_millis(2);

/// When it was asked for, in milliseconds since the beginning, and microseconds until it was there.
type Answer = (u32, u32);

/// It asks until it is ended.
pub(super) struct Prober {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Result<Vec<Answer>, Fault>>,
}

impl Prober {
    /// Begins.
    pub(super) fn start(address: SocketAddr) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&is_over);
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?
                .block_on(ask(address, &told))
        });
        Self { is_over, thread }
    }

    /// Ends, and tells how long answers took.
    ///
    /// # Errors
    /// When one was missing or no 200.
    pub(super) fn end(self) -> Result<Health, Fault> {
        self.is_over.store(true, Ordering::Relaxed);
        let mut answers = self.thread.join().map_err(|_| "the prober panicked")??;
        let mut took: Vec<u32> = answers.iter().map(|answer| answer.1).collect();
        answers.sort_unstable_by_key(|answer| std::cmp::Reverse(answer.1));
        answers.truncate(took.len().div_ceil(100));
        Ok(Health {
            answers: took.len(),
            p50_us: percentile(&mut took, 0.5),
            p99_us: percentile(&mut took, 0.99),
            max_us: percentile(&mut took, 1.0),
            slowest: answers,
        })
    }
}

async fn ask(address: SocketAddr, is_over: &AtomicBool) -> Result<Vec<Answer>, Fault> {
    let mut connection = Connection::open(address).await?;
    let asked = request("GET", "/health", address, "", b"");
    let mut answers = Vec::new();
    let since = Instant::now();
    let mut turns = tokio::time::interval(PACE);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !is_over.load(Ordering::Relaxed) {
        turns.tick().await;
        let begun = Instant::now();
        let answer = connection.ask(&asked).await?;
        if answer.status != 200 {
            return Err(format!("/health was answered with {}", answer.status).into());
        }
        let at = u32::try_from((begun - since).as_millis())?;
        answers.push((at, u32::try_from(begun.elapsed().as_micros())?));
    }
    Ok(answers)
}
