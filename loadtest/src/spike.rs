//! Life cycles that arrive by a timetable, however long the earlier ones take: quiet, then a spike.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::Fault;
use crate::cycle::{self, Officer};
use crate::http::Connection;
use crate::report::{Figure, Target, percentile};

/// Life cycles a second, step by step.
const PROFILE: [u32; 7] = [1, 15, 1, 25, 2, 35, 10];
/// What 95 % of the requests may take at most.
const P95_MOST_MS: f64 = 200.0;

/// A connection that nobody used for so long is not used again: the server closes it after five seconds.
const IDLE_MOST: Duration = Duration::from_secs(4);

/// What came of it.
#[derive(Serialize, Default)]
pub(crate) struct Spike {
    /// Seconds of each step.
    pub(crate) step: f64,
    profile: [u32; 7],
    cycles: usize,
    errors: usize,
    first_error: Option<String>,
    /// Of all requests.
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    /// From the moment a cycle should begin to its last answer.
    cycle_p95_ms: f64,
}

/// What has arrived so far.
#[derive(Default)]
struct Arrived {
    requests_us: Vec<u32>,
    cycles_us: Vec<u32>,
    errors: Vec<String>,
    /// Connections that nobody uses, and since when.
    idle: Vec<(Connection, Instant)>,
}

/// Lets cycles arrive, `step` seconds at each rate.
///
/// # Errors
/// When a cycle panics.
pub(crate) async fn run(
    address: SocketAddr,
    officers: &Rc<[Officer]>,
    step: f64,
) -> Result<Spike, Fault> {
    let arrived = Rc::new(RefCell::new(Arrived::default()));
    let begun = Instant::now();
    let mut cycles = Vec::new();
    for (number, at) in timetable(step).into_iter().enumerate() {
        tokio::time::sleep_until(begun + at).await;
        let (officers, arrived) = (Rc::clone(officers), Rc::clone(&arrived));
        cycles.push(tokio::task::spawn_local(async move {
            let officer = &officers[number % officers.len()];
            let outcome = one(address, officer, begun + at, &arrived).await;
            if let Err(error) = outcome {
                arrived.borrow_mut().errors.push(error.to_string());
            }
        }));
    }
    let count = cycles.len();
    for cycle in cycles {
        cycle.await?;
    }
    let arrived = std::mem::take(&mut *arrived.borrow_mut());
    Ok(Spike::of(step, count, arrived))
}

/// When each cycle begins.
fn timetable(step: f64) -> Vec<Duration> {
    let rates = PROFILE.iter().zip(0_u32..);
    let step_times = |(&rate, number): (&u32, u32)| {
        let count = (f64::from(rate) * step).round() as u32;
        (0..count).map(move |cycle| {
            Duration::from_secs_f64(f64::from(number) * step + f64::from(cycle) / f64::from(rate))
        })
    };
    rates.flat_map(step_times).collect()
}

/// One cycle on a connection of its own.
async fn one(
    address: SocketAddr,
    officer: &Officer,
    should_begin: Instant,
    arrived: &RefCell<Arrived>,
) -> Result<(), Fault> {
    let idle = arrived.borrow_mut().idle.pop();
    let mut connection = match idle {
        Some((connection, since)) if since.elapsed() < IDLE_MOST => connection,
        Some(_) | None => Connection::open(address).await?,
    };
    let waited = should_begin.elapsed();
    let mut took = cycle::go(&mut connection, address, officer).await?;
    took[0] = took[0].saturating_add(microseconds(waited));
    let mut arrived = arrived.borrow_mut();
    arrived.requests_us.extend(took);
    arrived.cycles_us.push(microseconds(should_begin.elapsed()));
    arrived.idle.push((connection, Instant::now()));
    Ok(())
}

fn microseconds(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

impl Spike {
    fn of(step: f64, cycles: usize, mut arrived: Arrived) -> Self {
        let requests = &mut arrived.requests_us;
        Self {
            step,
            profile: PROFILE,
            cycles,
            errors: arrived.errors.len(),
            first_error: arrived.errors.into_iter().next(),
            p50_ms: percentile(requests, 0.5) / 1000.0,
            p95_ms: percentile(requests, 0.95) / 1000.0,
            p99_ms: percentile(requests, 0.99) / 1000.0,
            max_ms: percentile(requests, 1.0) / 1000.0,
            cycle_p95_ms: percentile(&mut arrived.cycles_us, 0.95) / 1000.0,
        }
    }

    /// The lines of the table.
    pub(crate) fn figures(&self) -> [Figure; 2] {
        let from = format!(
            "p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms; p95 of a cycle {:.1} ms",
            self.p50_ms, self.p99_ms, self.max_ms, self.cycle_p95_ms
        );
        let errors = format!("{} cycles", self.cycles);
        [
            Figure::new(
                "spikes: p95 of the requests",
                self.p95_ms,
                "ms",
                Target::AtMost(P95_MOST_MS),
                from,
            ),
            Figure::new(
                "spikes: errors",
                self.errors as f64,
                "",
                Target::AtMost(0.0),
                errors,
            ),
        ]
    }
}
