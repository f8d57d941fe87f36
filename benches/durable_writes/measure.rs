//! Clients that each write one complaint after the other for a while, and what they saw.

use std::error::Error;
use std::future::Future;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::report::percentile;

/// Whatever went wrong ends the benchmark.
pub(crate) type Fault = Box<dyn Error + Send + Sync>;

/// How many clients write to how many regions.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Load {
    pub(crate) clients: usize,
    pub(crate) regions: usize,
}

/// What one variant did in one round.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Run {
    pub(crate) variant: &'static str,
    pub(crate) load: Load,
    pub(crate) writes: usize,
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Complaints of one commit on average, where that is known.
    pub(crate) batch: Option<f64>,
}

/// Lets the clients of `load` write for `time`; `write` is given the region's number.
pub(crate) async fn drive<F, W>(
    variant: &'static str,
    load: Load,
    time: Duration,
    write: F,
) -> Result<Run, Fault>
where
    F: Fn(usize) -> W + 'static,
    W: Future<Output = Result<(), Fault>>,
{
    let write = Rc::new(write);
    let begun = Instant::now();
    let clients: Vec<_> = (0..load.clients)
        .map(|client| {
            let write = Rc::clone(&write);
            actix_rt::spawn(
                async move { write_for(client, load.regions, begun, time, &*write).await },
            )
        })
        .collect();
    let mut took: Vec<u32> = Vec::new();
    for client in clients {
        took.extend(client.await??);
    }
    let elapsed = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "some hundred thousand writes")]
    let per_second = took.len() as f64 / elapsed;
    Ok(Run {
        variant,
        load,
        writes: took.len(),
        per_second,
        p50_ms: percentile(&mut took, 0.5) / 1000.0,
        p99_ms: percentile(&mut took, 0.99) / 1000.0,
        batch: None,
    })
}

/// One client: the time of each of its writes in microseconds.
async fn write_for<F, W>(
    client: usize,
    regions: usize,
    begun: Instant,
    time: Duration,
    write: &F,
) -> Result<Vec<u32>, Fault>
where
    F: Fn(usize) -> W,
    W: Future<Output = Result<(), Fault>>,
{
    let mut took = Vec::new();
    let mut dice = client.wrapping_mul(0x9E37_79B9).wrapping_add(1);
    while begun.elapsed() < time {
        // Knuth's linear congruence: regions in an order that differs from client to client.
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let from = Instant::now();
        write((dice >> 33) % regions).await?;
        took.push(u32::try_from(from.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(took)
}
