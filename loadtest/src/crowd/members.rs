//! The process of a crowd: obeys [`Order`]s with all its sockets in one thread.

use std::io::{BufRead, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use serde_json::{Value, to_value};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::order::{Back, Done, Order, Pace, Place, Text};
use super::socket::Socket;
use super::standing::Standing;
use super::tally::Tally;
use crate::Fault;
use crate::dice::Dice;
use crate::puppet::FAILED;
use crate::report::percentile;

/// Sockets that are opened at once.
const AT_ONCE: usize = 64;
/// The first back-off of a client that was cut (`docs/PROTOCOL.md`), and the last.
const BACK_OFF: Duration = Duration::from_millis(500);
const BACK_OFF_MOST: Duration = Duration::from_secs(30);
/// How often a client tries to come back.
const ATTEMPTS: u32 = 10;

/// Obeys its standard input until that ends.
///
/// # Errors
/// When nobody hears the answers.
pub(crate) async fn run() -> Result<(), Fault> {
    let (told, mut orders) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if told.send(line).is_err() {
                break;
            }
        }
    });
    let mut members = Members::new();
    while let Some(line) = orders.recv().await {
        let answer = match members.obey(serde_json::from_str(&line)?).await {
            Ok(answer) => answer.to_string(),
            Err(error) => format!("{FAILED}{}", error.to_string().replace('\n', " ")),
        };
        let mut out = std::io::stdout();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

/// A client and its socket.
struct Member {
    standing: Rc<Standing>,
    socket: JoinHandle<()>,
}

/// All of them.
struct Members {
    members: Vec<Member>,
    place: Option<Place>,
    tally: Rc<Tally>,
    /// Sockets that were ever opened.
    opened: usize,
}

impl Members {
    fn new() -> Self {
        Self {
            members: Vec::new(),
            place: None,
            tally: Rc::new(Tally::new()),
            opened: 0,
        }
    }

    async fn obey(&mut self, order: Order) -> Result<Value, Fault> {
        let done = to_value(Done {})?;
        Ok(match order {
            Order::Open { sockets, place } => {
                self.open(sockets, place).await?;
                done
            }
            Order::Begin { events } => {
                self.tally.begin(events * self.members.len());
                done
            }
            Order::End => to_value(self.tally.end().await?)?,
            Order::Text => {
                let text = self.tally.text().ok_or("no event came yet")?;
                to_value(Text { text })?
            }
            Order::Tell => to_value(self.tally.tell(self.open_sockets()))?,
            Order::ReadOn => {
                self.tally.read_on.notify_waiters();
                done
            }
            Order::Cut => {
                self.cut().await;
                done
            }
            Order::Return => to_value(self.come_back().await?)?,
        })
    }

    async fn open(&mut self, sockets: usize, place: Place) -> Result<(), Fault> {
        let whole = self.members.len() + sockets;
        while self.members.len() < whole {
            let from = self.members.len();
            let opening = (from..whole.min(from + AT_ONCE)).map(|number| {
                let standing = Rc::new(Standing::of(&place, number));
                let (place, tally) = (&place, &self.tally);
                async move {
                    let socket = Socket::open(place, number, &standing, tally).await?;
                    Ok::<_, Fault>((standing, socket))
                }
            });
            let pace = pace(&place);
            for (standing, socket) in try_join_all(opening).await? {
                let socket = tokio::task::spawn_local(socket.follow(pace));
                self.members.push(Member { standing, socket });
            }
        }
        self.opened += sockets;
        self.place = Some(place);
        Ok(())
    }

    fn open_sockets(&self) -> usize {
        let is_open = |member: &&Member| !member.socket.is_finished();
        self.members.iter().filter(is_open).count()
    }

    async fn cut(&mut self) {
        for member in &self.members {
            member.socket.abort();
            member.standing.events.set(0);
        }
        for member in &mut self.members {
            // Waited for: a task that ends lets go of its socket. That it was aborted is no news.
            drop((&mut member.socket).await);
        }
    }

    async fn come_back(&mut self) -> Result<Back, Fault> {
        let place = self.place.clone().ok_or("nobody was there")?;
        let begun = Instant::now();
        self.tally.begin(0);
        let coming = self.members.iter().enumerate().map(|(number, member)| {
            one_back(&place, self.opened + number, &member.standing, &self.tally)
        });
        let (mut took, mut refused) = (Vec::new(), 0);
        for (back, member) in try_join_all(coming)
            .await?
            .into_iter()
            .zip(&mut self.members)
        {
            member.socket = back.socket;
            took.push(u32::try_from((back.live_at - begun).as_micros())?);
            refused += back.refused;
        }
        self.opened += self.members.len();
        let standings = self.members.iter().map(|member| &member.standing);
        let events = standings.clone().map(|standing| standing.events.get());
        Ok(Back {
            p50_ms: percentile(&mut took, 0.5) / 1000.0,
            p99_ms: percentile(&mut took, 0.99) / 1000.0,
            last_ms: percentile(&mut took, 1.0) / 1000.0,
            fewest: events.clone().min().unwrap_or(0),
            most: events.max().unwrap_or(0),
            out_of_turn: self.tally.tell(0).out_of_turn,
            not_resumed: standings.map(|standing| standing.not_resumed.get()).sum(),
            refused,
        })
    }
}

/// A client that is back.
struct OneBack {
    socket: JoinHandle<()>,
    live_at: Instant,
    refused: usize,
}

/// Comes back as the protocol asks: after a random time, longer after each attempt.
async fn one_back(
    place: &Place,
    number: usize,
    standing: &Rc<Standing>,
    tally: &Rc<Tally>,
) -> Result<OneBack, Fault> {
    let mut dice = Dice::of(number as u64);
    let mut last = None;
    for attempt in 0..ATTEMPTS {
        let longest = BACK_OFF_MOST.min(BACK_OFF * 2_u32.pow(attempt));
        tokio::time::sleep(longest.mul_f64(dice.share())).await;
        match Socket::open(place, number, standing, tally).await {
            Ok(socket) => {
                return Ok(OneBack {
                    live_at: Instant::now(),
                    socket: tokio::task::spawn_local(socket.follow(pace(place))),
                    refused: attempt as usize,
                });
            }
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| "no attempt was made".into()))
}

fn pace(place: &Place) -> Pace {
    match place {
        Place::Server(door) => door.pace,
        Place::Peer { .. } | Place::Bare { .. } => Pace::Eager,
    }
}
