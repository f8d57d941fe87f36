//! One officer's socket: comes back when it ends, to where it was.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::{Door, Heard};
use crate::Fault;
use crate::crowd::frames::{Frame, between, first, masked};
use crate::crowd::standing::{EVENT, Standing, Watched};
use crate::crowd::upgrade::upgrade;
use crate::dice::Dice;

/// The protocol's first wait before a client comes back, at most; it doubles up to the last.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LAST_WAIT: Duration = Duration::from_secs(5);
/// Bytes of an event with its time among them.
const HEAD: usize = 160;

/// The officer's client.
pub(super) struct Watcher {
    address: SocketAddr,
    door: Door,
    heard: Arc<Heard>,
    standing: Standing,
    dice: Dice,
    buffer: Vec<u8>,
}

impl Watcher {
    pub(super) fn new(address: SocketAddr, door: Door, heard: Arc<Heard>, number: u64) -> Self {
        let standing = Standing::default();
        let watched = door.regions.iter().map(|region| Watched {
            region: region.clone(),
            epoch: None,
            seq: 0,
            is_live: false,
        });
        standing.watched.borrow_mut().extend(watched);
        Self {
            address,
            door,
            heard,
            standing,
            dice: Dice::of(number),
            buffer: Vec::with_capacity(4096),
        }
    }

    /// Stays connected until the thread ends. `room` bounds how many connect at the same time.
    pub(super) async fn stay(mut self, room: Rc<Semaphore>) {
        let mut wait = FIRST_WAIT;
        loop {
            let entered = {
                let _room = room.acquire().await;
                self.enter().await
            };
            let ended = match entered {
                Ok(stream) => {
                    wait = FIRST_WAIT;
                    self.heard.live.fetch_add(1, Ordering::Relaxed);
                    let ended = self.follow(stream).await;
                    self.heard.live.fetch_sub(1, Ordering::Relaxed);
                    ended
                }
                Err(error) => error.to_string(),
            };
            self.heard.ended(&ended);
            tokio::time::sleep(wait.mul_f64(self.dice.share())).await;
            wait = (wait * 2).min(LAST_WAIT);
        }
    }

    /// Connects, and subscribes to where it was; returns when all regions are live.
    async fn enter(&mut self) -> Result<TcpStream, Fault> {
        self.buffer.clear();
        let mut stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let token = self.door.token.borrow_and_update().clone();
        let headers =
            format!("Sec-WebSocket-Protocol: redress.v1\r\nAuthorization: Bearer {token}\r\n");
        upgrade(
            &mut stream,
            &mut self.buffer,
            self.address,
            "/api/v1/ws",
            &headers,
        )
        .await?;
        let (mut said, mut is_back) = (Vec::new(), false);
        for watched in self.standing.watched.borrow_mut().iter_mut() {
            watched.is_live = false;
            let mut subscribe =
                json!({"type": "subscribe", "region": watched.region, "snapshot": false});
            if let Some(epoch) = &watched.epoch {
                is_back = true;
                subscribe["since"] = json!({"epoch": epoch, "seq": watched.seq});
            }
            said.extend(masked(&subscribe.to_string())?);
        }
        stream.write_all(&said).await?;
        loop {
            if let Some(end) = self.take_in(&mut stream).await? {
                return Err(end.into());
            }
            if self.standing.is_live() {
                self.heard
                    .reopened
                    .fetch_add(u64::from(is_back), Ordering::Relaxed);
                return Ok(stream);
            }
            self.read(&mut stream).await?;
        }
    }

    /// Reads until the socket ends; how it ended.
    async fn follow(&mut self, mut stream: TcpStream) -> String {
        loop {
            match self.take_in(&mut stream).await {
                Ok(Some(end)) => return end,
                Ok(None) => {}
                Err(error) => return error.to_string(),
            }
            let renewed = async {
                // Whoever renews it may have gone home; then it stays as it is.
                if self.door.token.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                biased;
                read = stream.read_buf(&mut self.buffer) => match read {
                    Ok(0) => return "end".into(),
                    Ok(_) => continue,
                    Err(_) => return "reset".into(),
                },
                () = renewed => {}
            }
            if self.refresh(&mut stream).await.is_err() {
                return "reset".into();
            }
        }
    }

    /// Tells the newer token.
    async fn refresh(&mut self, stream: &mut TcpStream) -> Result<(), Fault> {
        let token = self.door.token.borrow_and_update().clone();
        let refresh = json!({"type": "refresh", "token": token}).to_string();
        Ok(stream.write_all(&masked(&refresh)?).await?)
    }

    async fn read(&mut self, stream: &mut TcpStream) -> Result<(), Fault> {
        match stream.read_buf(&mut self.buffer).await? {
            0 => Err("the server closed the socket".into()),
            _ => Ok(()),
        }
    }

    /// Takes in all frames that are whole and answers a ping; how the socket ended, if it did.
    async fn take_in(&mut self, stream: &mut TcpStream) -> Result<Option<String>, Fault> {
        let mut bytes = std::mem::take(&mut self.buffer);
        let (mut used, mut end, mut answers) = (0, None, Vec::new());
        while let Some((frame, length)) = first(&bytes[used..])? {
            used += length;
            match frame {
                Frame::Text(text) => {
                    for line in text.split(|byte| *byte == b'\n') {
                        answers.extend(self.message(line)?);
                    }
                }
                Frame::Close(code) => end = Some(code.to_string()),
                Frame::Other => {}
            }
        }
        bytes.drain(..used);
        self.buffer = bytes;
        if !answers.is_empty() {
            stream.write_all(&answers).await?;
        }
        Ok(end)
    }

    fn message(&mut self, text: &[u8]) -> Result<Vec<u8>, Fault> {
        if text.starts_with(EVENT) {
            self.event(text);
        } else if text.starts_with(br#"{"type":"ping""#) {
            let t = between(text, br#""t":"#, b',').unwrap_or(b"0");
            let t = std::str::from_utf8(t)?.trim_end_matches('}');
            return masked(&format!(r#"{{"type":"pong","t":{t}}}"#));
        } else if text.starts_with(br#"{"type":"subscribed""#) {
            let before = self.standing.not_resumed.get();
            self.standing.subscribed(text)?;
            let more = self.standing.not_resumed.get() - before;
            self.heard
                .not_resumed
                .fetch_add(more as u64, Ordering::Relaxed);
        } else if text.starts_with(br#"{"type":"live""#) {
            self.standing.live(text);
        } else if text.starts_with(br#"{"type":"error""#) {
            return Err(String::from_utf8_lossy(text).into_owned().into());
        }
        Ok(Vec::new())
    }

    fn event(&self, text: &[u8]) {
        let is_live = self.standing.is_live();
        let is_next = self.standing.event(text);
        self.heard.events.fetch_add(1, Ordering::Relaxed);
        self.heard
            .out_of_turn
            .fetch_add(u64::from(!is_next), Ordering::Relaxed);
        if !is_live {
            self.heard.caught_up.fetch_add(1, Ordering::Relaxed);
        } else if let Some(us) = age_us(text) {
            self.heard.arrived(us);
        }
    }
}

/// Microseconds since the time that the event says: on one machine both read the same clock.
fn age_us(text: &[u8]) -> Option<u64> {
    let head = text.get(..text.len().min(HEAD))?;
    let at = between(head, br#""at":""#, b'"')?;
    let time: jiff::Timestamp = std::str::from_utf8(at).ok()?.parse().ok()?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()?
        .as_micros();
    let age = i128::try_from(now).ok()? - i128::from(time.as_microsecond());
    u64::try_from(age.max(0)).ok()
}
