//! Submissions by a timetable, however long the earlier ones take.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::Fault;
use crate::http::Connection;
use crate::report::percentile;

/// A connection that nobody used for so long is not used again: the server closes it after five seconds.
const IDLE_MOST: Duration = Duration::from_secs(4);

/// What was submitted.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Published {
    pub(crate) events: usize,
    /// From the first submission's time to the last answer.
    pub(crate) seconds: f64,
    /// From a submission's time by the timetable to its answer.
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// What all submissions share.
#[derive(Default)]
struct Desk {
    took_us: RefCell<Vec<u32>>,
    idle: RefCell<Vec<(Connection, Instant)>>,
}

/// Submits the requests in turn, `rate` a second for so long; returns when all are answered.
///
/// # Errors
/// When one is refused.
pub(crate) async fn publish(
    address: SocketAddr,
    requests: &[Vec<u8>],
    rate: u32,
    time: Duration,
) -> Result<Published, Fault> {
    let desk = Rc::new(Desk::default());
    let begun = Instant::now();
    let events = (f64::from(rate) * time.as_secs_f64()).round() as u32;
    let mut submissions = Vec::new();
    for number in 0..events {
        let at = begun + Duration::from_secs_f64(f64::from(number) / f64::from(rate));
        tokio::time::sleep_until(at).await;
        let request = requests[number as usize % requests.len()].clone();
        let desk = Rc::clone(&desk);
        submissions.push(tokio::task::spawn_local(async move {
            submit(address, &request, at, &desk).await
        }));
    }
    for submission in submissions {
        submission.await??;
    }
    let mut took = desk.took_us.borrow_mut();
    Ok(Published {
        events: took.len(),
        seconds: begun.elapsed().as_secs_f64(),
        p50_ms: percentile(&mut took, 0.5) / 1000.0,
        p99_ms: percentile(&mut took, 0.99) / 1000.0,
    })
}

async fn submit(
    address: SocketAddr,
    request: &[u8],
    at: Instant,
    desk: &Desk,
) -> Result<(), Fault> {
    let idle = desk.idle.borrow_mut().pop();
    let mut connection = match idle {
        Some((connection, since)) if since.elapsed() < IDLE_MOST => connection,
        Some(_) | None => Connection::open(address).await?,
    };
    let answer = connection.ask(request).await?;
    if answer.status != 201 {
        return Err(String::from_utf8_lossy(&answer.body).into_owned().into());
    }
    let took = u32::try_from(at.elapsed().as_micros());
    desk.took_us.borrow_mut().push(took.unwrap_or(u32::MAX));
    desk.idle.borrow_mut().push((connection, Instant::now()));
    Ok(())
}
