//! One client's socket: how it is opened, what it watches, and how it reads.

use std::cell::{Cell, RefCell};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::frames::{Frame, between, first, masked};
use super::order::{Door, Pace, Place};
use super::tally::Tally;
use crate::Fault;

/// Room for what one read brings; only what is used takes memory.
const READ_MOST: usize = 16 * 1024;
/// What the system buffers for one who reads slowly: as much as a phone's would.
const SLOW_BUFFER: u32 = 64 * 1024;
/// How often one who reads slowly reads.
const SLOW_TURN: Duration = Duration::from_millis(50);
/// Sockets from one address of the loopback: each has ports for 28 000, of which some are not free yet.
const FROM_ONE_ADDRESS: usize = 10_000;
const EVENT: &[u8] = br#"{"type":"event","region":""#;

/// Where a client stands; it outlives its socket.
#[derive(Default)]
pub(super) struct Standing {
    pub(super) watched: RefCell<Vec<Watched>>,
    /// Events that came since the last cut.
    pub(super) events: Cell<usize>,
    /// How often it was told something else than to go on where it was.
    pub(super) not_resumed: Cell<usize>,
}

/// A region that a client watches.
pub(super) struct Watched {
    region: String,
    /// None before the first subscription.
    epoch: Option<String>,
    seq: u64,
    is_live: bool,
}

impl Standing {
    /// Of the client of this number, who has watched nothing yet.
    pub(super) fn of(place: &Place, number: usize) -> Self {
        let standing = Self::default();
        if let Place::Server(door) = place {
            let regions = door.regions.iter().cycle().skip(number * door.each);
            let watched = regions.take(door.each).map(|region| Watched {
                region: region.clone(),
                epoch: None,
                seq: 0,
                is_live: false,
            });
            standing.watched.borrow_mut().extend(watched);
        }
        standing
    }

    fn is_live(&self) -> bool {
        self.watched.borrow().iter().all(|watched| watched.is_live)
    }

    /// An event came; whether its number is the next one of its region.
    fn event(&self, text: &[u8]) -> bool {
        self.events.set(self.events.get() + 1);
        let mut watched = self.watched.borrow_mut();
        if watched.is_empty() {
            return true;
        }
        let place = text.strip_prefix(EVENT).and_then(|rest| {
            let region = rest.split(|byte| *byte == b'"').next()?;
            let seq = rest.get(region.len()..)?.strip_prefix(br#"","seq":"#)?;
            let seq = seq.split(|byte| !byte.is_ascii_digit()).next()?;
            let watched = watched
                .iter_mut()
                .find(|one| one.region.as_bytes() == region)?;
            Some((watched, std::str::from_utf8(seq).ok()?.parse().ok()?))
        });
        let Some((watched, seq)) = place else {
            return false;
        };
        let is_next = seq == watched.seq + 1;
        watched.seq = seq;
        is_next
    }

    fn subscribed(&self, text: &[u8]) -> Result<(), Fault> {
        #[derive(Deserialize)]
        struct Subscribed {
            region: String,
            epoch: String,
            mode: String,
            head: u64,
        }
        let told: Subscribed = serde_json::from_slice(text)?;
        let mut watched = self.watched.borrow_mut();
        let watched = watched.iter_mut().find(|one| one.region == told.region);
        let watched = watched.ok_or("subscribed to another region")?;
        if watched.epoch.is_some() && told.mode != "resumed" {
            self.not_resumed.set(self.not_resumed.get() + 1);
        }
        if told.mode == "live" {
            watched.seq = told.head;
        }
        watched.epoch = Some(told.epoch);
        Ok(())
    }

    fn live(&self, text: &[u8]) {
        let region = between(text, br#""region":""#, b'"').unwrap_or_default();
        let mut watched = self.watched.borrow_mut();
        for watched in watched.iter_mut() {
            watched.is_live |= watched.region.as_bytes() == region;
        }
    }
}

/// An open socket.
pub(super) struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
    standing: Rc<Standing>,
    tally: Rc<Tally>,
    /// How it ended.
    end: Option<String>,
}

impl Socket {
    /// Opens it, as the client's `number`th one, and waits until all that the client watches is live.
    ///
    /// # Errors
    /// When it is refused.
    pub(super) async fn open(
        place: &Place,
        number: usize,
        standing: &Rc<Standing>,
        tally: &Rc<Tally>,
    ) -> Result<Self, Fault> {
        let (address, pace) = match place {
            Place::Server(door) => (door.address, door.pace),
            Place::Peer { address } | Place::Bare { address } => (*address, Pace::Eager),
        };
        let mut socket = Self {
            stream: connect(address, number, pace).await?,
            buffer: Vec::with_capacity(READ_MOST),
            standing: Rc::clone(standing),
            tally: Rc::clone(tally),
            end: None,
        };
        match place {
            Place::Server(door) => socket.enter(door).await?,
            Place::Peer { .. } => socket.upgrade(address, "/", "").await?,
            Place::Bare { .. } => {}
        }
        Ok(socket)
    }

    async fn enter(&mut self, door: &Door) -> Result<(), Fault> {
        let headers = format!(
            "Sec-WebSocket-Protocol: redress.v1\r\nAuthorization: Bearer {}\r\n",
            door.token
        );
        self.upgrade(door.address, "/api/v1/ws", &headers).await?;
        let mut said = Vec::new();
        for watched in self.standing.watched.borrow_mut().iter_mut() {
            watched.is_live = false;
            let mut subscribe =
                json!({"type": "subscribe", "region": watched.region, "snapshot": false});
            if let Some(epoch) = &watched.epoch {
                subscribe["since"] = json!({"epoch": epoch, "seq": watched.seq});
            }
            said.extend(masked(&subscribe.to_string())?);
        }
        self.stream.write_all(&said).await?;
        self.take_in()?;
        while !self.standing.is_live() {
            self.read(READ_MOST).await?;
            if let Some(end) = &self.end {
                return Err(format!("the socket ended: {end}").into());
            }
        }
        Ok(())
    }

    /// Goes from HTTP to WebSocket.
    async fn upgrade(&mut self, host: SocketAddr, path: &str, headers: &str) -> Result<(), Fault> {
        let asked = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             {headers}\r\n"
        );
        self.stream.write_all(asked.as_bytes()).await?;
        let end = b"\r\n\r\n";
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("closed instead of upgraded".into());
            }
            let found = self.buffer.windows(end.len()).position(|part| part == end);
            if let Some(at) = found {
                let head: Vec<u8> = self.buffer.drain(..at + end.len()).collect();
                let is_upgraded = head.starts_with(b"HTTP/1.1 101");
                let refused = || String::from_utf8_lossy(&head).into_owned();
                return is_upgraded.then_some(()).ok_or_else(|| refused().into());
            }
        }
    }

    /// Reads until the socket ends.
    pub(super) async fn follow(mut self, pace: Pace) {
        if matches!(pace, Pace::Never) {
            self.tally.read_on.notified().await;
        }
        let followed = match pace {
            Pace::Eager | Pace::Never => self.follow_eagerly().await,
            Pace::Bytes(a_second) => self.follow_slowly(a_second).await,
        };
        let end = self.end.take().unwrap_or_else(|| "end".into());
        self.tally
            .ended(followed.map_or_else(|error| error.to_string(), |()| end));
    }

    async fn follow_eagerly(&mut self) -> Result<(), Fault> {
        while self.end.is_none() {
            self.read(READ_MOST).await?;
        }
        Ok(())
    }

    async fn follow_slowly(&mut self, a_second: u64) -> Result<(), Fault> {
        let mut turns = tokio::time::interval(SLOW_TURN);
        // What it may read; it is always less than one turn behind its pace.
        let mut may = 0_f64;
        while self.end.is_none() {
            turns.tick().await;
            may += a_second as f64 * SLOW_TURN.as_secs_f64();
            while may >= 1.0 && self.end.is_none() {
                let read = self.read(READ_MOST.min(may as usize)).await?;
                may -= read as f64;
            }
        }
        Ok(())
    }

    /// Reads once, at most so many bytes, and takes in what is whole; says how many bytes came.
    async fn read(&mut self, most: usize) -> Result<usize, Fault> {
        self.buffer.reserve(most.min(READ_MOST / 2));
        let mut bounded = (&mut self.stream).take(most as u64);
        let read = match bounded.read_buf(&mut self.buffer).await {
            Ok(read) => read,
            Err(_) => {
                self.end.get_or_insert_with(|| "reset".into());
                return Ok(0);
            }
        };
        if read == 0 {
            self.end.get_or_insert_with(|| "end".into());
        } else if let Some(pong) = self.take_in()? {
            self.stream.write_all(&pong).await?;
        }
        Ok(read)
    }

    /// Takes in all frames that are whole; the answer to a ping among them.
    fn take_in(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let mut bytes = std::mem::take(&mut self.buffer);
        let (mut used, mut pong) = (0, None);
        while let Some((frame, length)) = first(&bytes[used..])? {
            used += length;
            match frame {
                Frame::Text(text) => {
                    for line in text.split(|byte| *byte == b'\n') {
                        pong = self.message(line)?.or(pong);
                    }
                }
                Frame::Close(code) => self.end = Some(code.to_string()),
                Frame::Other => {}
            }
        }
        bytes.drain(..used);
        self.buffer = bytes;
        Ok(pong)
    }

    fn message(&mut self, text: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        if text.starts_with(EVENT) {
            let is_next = self.standing.event(text);
            self.tally.arrived(text, is_next);
        } else if text.starts_with(br#"{"type":"ping""#) {
            let t = between(text, br#""t":"#, b',').unwrap_or(b"0");
            let t = std::str::from_utf8(t)?;
            return Ok(Some(masked(&format!(r#"{{"type":"pong","t":{t}}}"#))?));
        } else if text.starts_with(br#"{"type":"subscribed""#) {
            self.standing.subscribed(text)?;
        } else if text.starts_with(br#"{"type":"live""#) {
            self.standing.live(text);
        } else if text.starts_with(br#"{"type":"error""#) {
            return Err(String::from_utf8_lossy(text).into_owned().into());
        }
        Ok(None)
    }
}

/// Connects from one of the loopback's addresses.
async fn connect(address: SocketAddr, number: usize, pace: Pace) -> Result<TcpStream, Fault> {
    let socket = TcpSocket::new_v4()?;
    if !matches!(pace, Pace::Eager) {
        socket.set_recv_buffer_size(SLOW_BUFFER)?;
    }
    let own = Ipv4Addr::new(127, 0, 0, u8::try_from(2 + number / FROM_ONE_ADDRESS)?);
    socket.bind(SocketAddr::new(IpAddr::V4(own), 0))?;
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
