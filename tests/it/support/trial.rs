//! A trial: some write and some follow while a test does its worst, and the history checker judges.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_postgres::Client;

use super::eventually;
use super::follower::{Follower, Goal};
use super::history::{Interest, Log, Truth, check};
use super::writer::Writer;

/// How long everybody may take to arrive where the database is.
const ARRIVAL: Duration = Duration::from_secs(60);
/// The pause of a writer between two complaints.
const PACE: Duration = Duration::from_millis(10);

/// Who takes part, and of what.
pub(crate) struct Trial {
    pub(crate) regions: Vec<String>,
    token: String,
    api_key: String,
    seed: u64,
    goal: watch::Sender<Option<Goal>>,
    is_cut: watch::Sender<bool>,
    followers: Vec<JoinHandle<Log>>,
    writers: Vec<JoinHandle<Vec<String>>>,
    is_over: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
    heard: Arc<AtomicUsize>,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// Complaints that were acknowledged.
    pub(crate) acknowledged: usize,
    /// Events that were committed.
    pub(crate) events: usize,
    /// How long everybody took to arrive where the database is.
    pub(crate) arrival: Duration,
    /// Messages that clients were told.
    pub(crate) heard: usize,
    /// What was wrong; empty when nothing was.
    pub(crate) faults: Vec<String>,
}

impl Verdict {
    /// Fails unless all was well and something happened.
    #[track_caller]
    pub(crate) fn assert_good(&self) {
        assert!(self.faults.is_empty(), "{:#?}", self.faults);
        let much = self.acknowledged > 0 && self.heard > self.acknowledged;
        assert!(self.arrival < ARRIVAL, "{self:?}");
        assert!(much && self.events >= self.acknowledged, "{self:?}");
    }
}

impl Trial {
    /// Nobody takes part yet. The token may follow all regions.
    pub(crate) fn new(regions: &[String], token: &str, api_key: &str, seed: u64) -> Self {
        Self {
            regions: regions.to_vec(),
            token: token.to_owned(),
            api_key: api_key.to_owned(),
            seed,
            goal: watch::channel(None).0,
            is_cut: watch::channel(false).0,
            followers: Vec::new(),
            writers: Vec::new(),
            is_over: Arc::default(),
            acknowledged: Arc::default(),
            heard: Arc::default(),
        }
    }

    /// Some follow two regions each by an address: every third with a filter, every second one cutting
    /// its socket now and then, every fifth one forgetting what it had when it comes back.
    pub(crate) fn follow(&mut self, address: SocketAddr, count: usize) {
        for _ in 0..count {
            let number = self.followers.len();
            let interest = (number % 3 == 2).then(|| Interest {
                min_severity: Some("high".into()),
                ..Interest::default()
            });
            let regions: BTreeSet<&String> = [number, number + 1]
                .map(|place| &self.regions[place % self.regions.len()])
                .into();
            let follower = Follower {
                regions: regions.into_iter().cloned().collect(),
                interest,
                cuts_within: (number % 2 == 1).then_some(300),
                is_forgetful: number % 5 == 4,
                ..self.follower(&format!("follower {number}"), address)
            };
            self.add(follower);
        }
    }

    /// One more follows.
    pub(crate) fn add(&mut self, follower: Follower) {
        let seed = self.seed + self.followers.len() as u64;
        let goal = self.goal.subscribe();
        self.followers
            .push(actix::spawn(follower.follow(goal, seed)));
    }

    /// A plain follower of all regions, to be changed at will.
    pub(crate) fn follower(&self, name: &str, address: SocketAddr) -> Follower {
        Follower {
            name: name.to_owned(),
            address,
            token: self.token.clone(),
            regions: self.regions.clone(),
            interest: None,
            cuts_within: None,
            is_forgetful: false,
            is_cut: self.is_cut.subscribe(),
            patience: Duration::from_secs(5),
            heard: Arc::clone(&self.heard),
        }
    }

    /// Some submit and change complaints at these servers until the trial is over.
    pub(crate) fn write(&mut self, servers: &[SocketAddr], count: usize) {
        self.write_to(servers, count, &self.regions.clone());
    }

    /// As [`Trial::write`], of some regions only.
    pub(crate) fn write_to(&mut self, servers: &[SocketAddr], count: usize, regions: &[String]) {
        for number in 0..count {
            let writer = Writing {
                writer: Writer::new(servers, &self.api_key),
                regions: regions.to_vec(),
                token: self.token.clone(),
                is_over: Arc::clone(&self.is_over),
                acknowledged: Arc::clone(&self.acknowledged),
            };
            self.writers.push(actix::spawn(writer.write(number)));
        }
    }

    /// Takes the network from all followers at once, or gives it back.
    pub(crate) fn cut(&self, is_cut: bool) {
        self.is_cut.send_replace(is_cut);
    }

    /// How many complaints were acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::SeqCst)
    }

    /// How many messages the followers heard.
    pub(crate) fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }

    /// Waits until some more complaints are acknowledged and some more messages heard.
    pub(crate) async fn goes_on(&self) {
        let (acknowledged, heard) = (self.acknowledged() + 20, self.heard() + 40);
        eventually("writers and followers go on", async || {
            (self.acknowledged() >= acknowledged && self.heard() >= heard).then_some(())
        })
        .await;
    }

    /// Ends the writing; the ids that were acknowledged.
    pub(crate) async fn end_writing(&mut self) -> Vec<String> {
        self.is_over.store(true, Ordering::SeqCst);
        let written = join_all(self.writers.drain(..)).await;
        written.into_iter().flat_map(Result::unwrap).collect()
    }

    /// Ends the writing, sends everybody to where the database is, and judges what they were told.
    pub(crate) async fn judge(mut self, database: &mut Client) -> Verdict {
        let written = self.end_writing().await;
        let truth = Truth::read(database).await;
        self.judge_by(&truth, &written).await
    }

    /// Judges by a truth and by what was acknowledged in it.
    pub(crate) async fn judge_by(self, truth: &Truth, written: &[String]) -> Verdict {
        let heads = self
            .regions
            .iter()
            .map(|region| (region.clone(), truth.head(region)));
        let goal = Goal {
            epoch: truth.epoch.clone(),
            heads: heads.collect(),
            until: Instant::now() + ARRIVAL,
        };
        let begun = Instant::now();
        self.goal.send_replace(Some(goal));
        let logs: Vec<Log> = join_all(self.followers)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let arrival = begun.elapsed();
        let mut faults: Vec<String> = check(truth, &logs)
            .iter()
            .map(|one| format!("{one:?}"))
            .collect();
        let mut created = BTreeSet::new();
        for id in truth.created() {
            if !created.insert(id.clone()) {
                faults.push(format!("complaint {id} was created twice"));
            }
        }
        let is_there = |id: &String| created.contains(id) || truth.erased.contains(id);
        let lost = written.iter().filter(|id| !is_there(id));
        faults.extend(lost.map(|id| format!("complaint {id} was acknowledged and is lost")));
        Verdict {
            acknowledged: written.len(),
            events: truth.count(),
            arrival,
            heard: self.heard.load(Ordering::SeqCst),
            faults,
        }
    }
}

/// One who writes.
struct Writing {
    writer: Writer,
    regions: Vec<String>,
    token: String,
    is_over: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
}

impl Writing {
    /// Submits complaints and changes each; some are closed, so that snapshots have something to leave out.
    async fn write(self, number: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for turn in number.. {
            if self.is_over.load(Ordering::SeqCst) {
                break;
            }
            let region = &self.regions[turn % self.regions.len()];
            let id = self.writer.submit(region, turn).await;
            self.acknowledged.fetch_add(1, Ordering::SeqCst);
            let status = if turn.is_multiple_of(4) {
                "acknowledged"
            } else {
                "rejected"
            };
            self.writer.set_status(&self.token, &id, status, turn).await;
            ids.push(id);
            tokio::time::sleep(PACE).await;
        }
        ids
    }
}
