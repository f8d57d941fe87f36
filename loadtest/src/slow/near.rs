//! Clients that read at 90 % of the rate at which events come: more and more waits for them, but they
//! do read.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::Fault;
use crate::crowd::order::{Arrived, Pace};
use crate::feed::Feed;
use crate::http::{Connection, request};

/// A region in which nothing else happens.
const REGION: Range<usize> = 1..2;
const SOCKETS: usize = 20;
const RATE: u32 = 400;
const TIME: Duration = Duration::from_secs(15);
/// Characters of a description.
const LENGTH: usize = 3000;
/// What they read of what comes.
const SHARE: f64 = 0.9;

/// What became of them.
#[derive(Serialize)]
pub(super) struct Near {
    pub(super) sockets: usize,
    pub(super) bytes_a_second: u64,
    /// The most that waited in the server for one of them, in bytes, at the end.
    pub(super) queued: u64,
    pub(super) arrived: Arrived,
    /// How they ended, where they did.
    pub(super) ended: BTreeMap<String, usize>,
}

/// Lets them read while events come.
///
/// # Errors
/// Whatever went wrong.
pub(super) async fn play(feed: &Feed) -> Result<Near, Fault> {
    let mut first = feed.crowd(1, REGION, 1, Pace::Eager).await?;
    feed.publish(REGION, LENGTH, 1, Duration::from_secs(1))
        .await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    // With the head of its frame.
    let event = first.text().await?.len() + 4;
    drop(first);
    let bytes_a_second = (event as f64 * f64::from(RATE) * SHARE) as u64;
    let mut crowd = feed
        .crowd(SOCKETS, REGION, 1, Pace::Bytes(bytes_a_second))
        .await?;
    crowd.begin(0).await?;
    feed.publish(REGION, LENGTH, RATE, TIME).await?;
    let queued = most_queued(feed).await?;
    let arrived = crowd.tell().await?;
    Ok(Near {
        sockets: SOCKETS,
        bytes_a_second,
        queued,
        ended: arrived.ended.clone(),
        arrived,
    })
}

/// The most bytes that wait for one socket, as admins see it.
async fn most_queued(feed: &Feed) -> Result<u64, Fault> {
    let address = feed.server.address;
    let head = format!("Authorization: Bearer {}\r\n", feed.token);
    let asked = request("GET", "/api/v1/websocket/stats", address, &head, b"");
    let answer = Connection::open(address).await?.ask(&asked).await?;
    let stats: Value = serde_json::from_slice(&answer.body)?;
    let sessions = stats["sessions"].as_array().ok_or("no sessions")?;
    let queued = sessions
        .iter()
        .filter_map(|one| one["queued_bytes"].as_u64());
    Ok(queued.max().unwrap_or(0))
}
