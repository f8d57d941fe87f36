//! One client's socket: how it is opened, what it watches, and how it reads.

use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::frames::{Frame, between, first, masked};
use super::order::{Door, Pace, Place};
use super::standing::{EVENT, Standing};
use super::tally::Tally;
use super::upgrade::upgrade;
use crate::Fault;

/// Room for what one read brings; only what is used takes memory.
const READ_MOST: usize = 16 * 1024;
/// What the system buffers for one who reads slowly: as much as a phone's would.
const SLOW_BUFFER: u32 = 64 * 1024;
/// How often one who reads slowly reads.
const SLOW_TURN: Duration = Duration::from_millis(50);
/// Sockets from one address of the loopback, which has 28 000 ports, of which some are not free yet.
const FROM_ONE_ADDRESS: usize = 10_000;

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
            Place::Peer { .. } => {
                upgrade(&mut socket.stream, &mut socket.buffer, address, "/", "").await?;
            }
            Place::Bare { .. } => {}
        }
        Ok(socket)
    }

    async fn enter(&mut self, door: &Door) -> Result<(), Fault> {
        let headers = format!(
            "Sec-WebSocket-Protocol: redress.v1\r\nAuthorization: Bearer {}\r\n",
            door.token
        );
        let (stream, buffer) = (&mut self.stream, &mut self.buffer);
        upgrade(stream, buffer, door.address, "/api/v1/ws", &headers).await?;
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
        } else if let Some(pong) = self.take_in()?
            && self.stream.write_all(&pong).await.is_err()
        {
            self.end.get_or_insert_with(|| "reset".into());
        }
        Ok(read)
    }

    /// Takes in all frames that are whole; the answer to a ping among them.
    fn take_in(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let mut bytes = std::mem::take(&mut self.buffer);
        let (mut used, mut pong, now) = (0, None, Instant::now());
        while let Some((frame, length)) = first(&bytes[used..])? {
            used += length;
            match frame {
                // One object, as the server sends them now: looked at byte by byte, frames would cost
                // the clients more than it takes to read them.
                Frame::Text(text) if !text.contains(&b'\n') => {
                    pong = self.message(text, now)?.or(pong);
                }
                Frame::Text(text) => {
                    for line in text.split(|byte| *byte == b'\n') {
                        pong = self.message(line, now)?.or(pong);
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

    fn message(&mut self, text: &[u8], now: Instant) -> Result<Option<Vec<u8>>, Fault> {
        if text.starts_with(EVENT) {
            let is_next = self.standing.event(text);
            self.tally.arrived(text, is_next, now);
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
    // Each crowd has addresses of its own.
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let last = u8::try_from(2 + number / FROM_ONE_ADDRESS)?;
    socket.bind((Ipv4Addr::new(127, high, low, last), 0).into())?;
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
