//! A client that follows regions by the rule of the protocol, comes back however its socket ends, and keeps
//! a log of everything it was told.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::history::{Interest, Log, Position, Seen};
use super::officer::{Came, Officer};

/// How long an upgrade may take.
const OPENING: Duration = Duration::from_secs(5);

/// Where everybody must arrive.
#[derive(Debug, Clone)]
pub(crate) struct Goal {
    pub(crate) epoch: String,
    pub(crate) heads: BTreeMap<String, i64>,
    /// Who is not there by then never will be.
    pub(crate) until: Instant,
}

/// What a client is to do.
#[derive(Clone)]
pub(crate) struct Follower {
    pub(crate) name: String,
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    pub(crate) regions: Vec<String>,
    pub(crate) interest: Option<Interest>,
    /// It cuts its own socket after a random number of messages up to this one.
    pub(crate) cuts_within: Option<usize>,
    /// It begins anew, with a snapshot, each time that it comes back.
    pub(crate) is_forgetful: bool,
    /// While this is so it has no network: its socket ends, and it opens none.
    pub(crate) is_cut: watch::Receiver<bool>,
    /// After so long without a word it takes its socket for dead.
    pub(crate) patience: Duration,
    /// Counts what all followers hear.
    pub(crate) heard: Arc<AtomicUsize>,
}

impl Follower {
    /// Follows until it is where the goal says, or the goal's time is over.
    pub(crate) async fn follow(self, goal: watch::Receiver<Option<Goal>>, seed: u64) -> Log {
        let regions: Vec<&str> = self.regions.iter().map(String::as_str).collect();
        let mut log = Log::new(&self.name, &regions);
        log.interest.clone_from(&self.interest);
        let mut following = Following {
            log,
            at: BTreeMap::new(),
            goal,
            random: StdRng::seed_from_u64(seed),
            plan: self,
        };
        while !following.is_done() {
            following.connect().await;
        }
        following.log
    }
}

struct Following {
    plan: Follower,
    log: Log,
    at: BTreeMap<String, Position>,
    goal: watch::Receiver<Option<Goal>>,
    random: StdRng,
}

impl Following {
    fn is_done(&self) -> bool {
        let goal = self.goal.borrow();
        let Some(goal) = &*goal else { return false };
        let is_there = |region: &String| {
            self.at
                .get(region)
                .is_some_and(|at| at.epoch == goal.epoch && Some(&at.seq) == goal.heads.get(region))
        };
        self.plan.regions.iter().all(is_there) || Instant::now() > goal.until
    }

    /// One socket, and the pause behind it.
    async fn connect(&mut self) {
        let is_back = self.plan.is_cut.wait_for(|is_cut| !is_cut).await.is_ok();
        if !is_back || self.is_done() {
            return;
        }
        let request = Officer::request(self.plan.address, Some(&self.plan.token));
        if let Ok(Ok(mut officer)) = timeout(OPENING, Officer::open(request)).await {
            self.listen(&mut officer).await;
            self.log.end_of_socket();
        }
        if !self.is_done() {
            let pause = Duration::from_millis(self.random.random_range(10..150));
            tokio::time::sleep(pause).await;
        }
    }

    /// Subscribes from where it is and listens; `None` at the end of the socket.
    async fn listen(&mut self, officer: &mut Officer) -> Option<()> {
        let first = self.next(officer).await?;
        if first["type"] != "connected" {
            return None;
        }
        if self.plan.is_forgetful {
            self.at.clear();
        }
        let asked = self.at.clone();
        for region in self.plan.regions.clone() {
            let mut message = json!({"type": "subscribe", "region": region});
            if let Some(at) = asked.get(&region) {
                message["since"] = json!({"epoch": at.epoch, "seq": at.seq});
            }
            if let Some(interest) = &self.plan.interest {
                message["filter"] = interest.filter();
            }
            officer.try_say(message).await.then_some(())?;
        }
        let most = self
            .plan
            .cuts_within
            .map(|most| self.random.random_range(1..most));
        let mut heard = 0;
        while !self.is_done() && most.is_none_or(|most| heard < most) {
            let message = self.next(officer).await?;
            heard += 1;
            self.plan.heard.fetch_add(1, Ordering::Relaxed);
            match message["type"].as_str().unwrap_or_default() {
                "ping" => {
                    let seen: BTreeMap<&String, i64> = self
                        .at
                        .iter()
                        .map(|(region, at)| (region, at.seq))
                        .collect();
                    let pong = json!({"type": "pong", "t": message["t"], "seen": seen});
                    officer.try_say(pong).await.then_some(())?;
                }
                // It is overloaded, or its database is away.
                "error" => return None,
                _ => self.hear(&message, &asked),
            }
        }
        None
    }

    /// The next message, within the client's patience, or before its goal's time is over.
    async fn next(&mut self, officer: &mut Officer) -> Option<Value> {
        let until = Instant::now() + self.plan.patience;
        let mut is_cut = self.plan.is_cut.clone();
        loop {
            tokio::select! {
                came = tokio::time::timeout_at(until, officer.receive()) => return match came {
                    Ok(Came::Object(object)) => Some(object),
                    Ok(Came::Close(..) | Came::End) | Err(_) => None,
                },
                _ = is_cut.wait_for(|is_cut| *is_cut) => return None,
                changed = self.goal.changed() => {
                    if changed.is_err() || self.is_done() {
                        return None;
                    }
                }
            }
        }
    }

    /// Notes a message and moves on by it.
    fn hear(&mut self, message: &Value, asked: &BTreeMap<String, Position>) {
        let region = message["region"].as_str().unwrap_or_default();
        self.log.hear(message, asked.get(region));
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        let seq = message["seq"].as_i64().unwrap_or_default();
        match message["type"].as_str().unwrap_or_default() {
            "event" | "skipped_to" => {
                if let Some(at) = self.at.get_mut(region) {
                    at.seq = at.seq.max(seq);
                }
            }
            "snapshot" if message["last"] == true => {
                let epoch = text("epoch");
                self.at.insert(region.to_owned(), Position { epoch, seq });
            }
            "unsubscribed" => self.log.note(region, Seen::Left),
            _ => {}
        }
    }
}
