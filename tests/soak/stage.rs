//! What most runs stand on: a database with regions, a node, writers and followers.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::say;
use super::support::process::{ServerProcess, free_address};
use super::support::trial::{Trial, Verdict};
use super::support::world::World;

/// Regions of a run.
pub(super) const REGIONS: usize = 4;
/// The flags of every node: heartbeats that tell soon of a dead line.
pub(super) const FLAGS: [&str; 4] = ["--ping-interval-ms", "1000", "--database-answer-wait", "12"];
/// Heartbeats of a node whose clients are many.
pub(super) const CALM: [&str; 2] = ["--ping-interval-ms", "20000"];

/// What came of a run.
pub(super) struct Outcome {
    pub(super) faults: Vec<String>,
    /// What was counted and measured, for the summary.
    pub(super) figures: String,
}

impl Outcome {
    /// Of a verdict, with more figures.
    pub(super) fn of(verdict: Verdict, figures: &str) -> Self {
        let Verdict {
            acknowledged,
            events,
            heard,
            arrival,
            faults,
        } = verdict;
        let arrival = longest(&[arrival]);
        Self {
            faults,
            figures: format!(
                "{acknowledged} acknowledged, {events} events, {heard} messages heard, all there after {arrival}; {figures}"
            ),
        }
    }

    /// Fails the run for one more reason.
    pub(super) fn unless(mut self, is_good: bool, fault: &str) -> Self {
        if !is_good {
            self.faults.push(fault.to_owned());
        }
        self
    }
}

/// Starts a node of a world and waits until it is ready.
pub(super) async fn node(world: &World, name: &str, flags: &[&str]) -> ServerProcess {
    let own: &[&str] = if flags.starts_with(&CALM) {
        &[]
    } else {
        &FLAGS
    };
    let flags = [own, &["--node-name", name], flags].concat();
    ServerProcess::start(&world.database, free_address(), &flags, &world.log(name)).await
}

/// A trial on the world's regions as its admin, who logs in at a node.
pub(super) async fn trial(world: &World, node: &ServerProcess, seed: u64) -> Trial {
    let admin = &world.demo.admin;
    let token = node.api().login(&admin.email, &admin.password).await;
    Trial::new(&world.regions, &token, &world.demo.api_key, seed)
}

/// Judges a trial by its world's database, which is removed.
pub(super) async fn judge(trial: Trial, world: World) -> Verdict {
    let mut client = world.database.connect().await;
    let verdict = trial.judge(&mut client).await;
    drop(client);
    world.database.remove().await;
    verdict
}

/// How long it takes until complaints are acknowledged and heard again.
pub(super) async fn recovery(trial: &Trial) -> Duration {
    let begun = Instant::now();
    trial.goes_on().await;
    begun.elapsed()
}

/// The longest of some durations, for the summary.
pub(super) fn longest(durations: &[Duration]) -> String {
    let longest = durations.iter().max().copied().unwrap_or_default();
    format!("{:.1} s", longest.as_secs_f64())
}

/// Says how far a run is, now and then.
pub(super) fn progress(turn: usize, of: usize, trial: &Trial) {
    if turn.is_multiple_of(10) || turn == of {
        let (acknowledged, heard) = (trial.acknowledged(), trial.heard());
        say(&format!(
            "  {turn} of {of}: {acknowledged} acknowledged, {heard} messages heard"
        ));
    }
}

/// Writers and followers at one address.
pub(super) fn people(trial: &mut Trial, address: SocketAddr, writers: usize, followers: usize) {
    trial.write(&[address], writers);
    trial.follow(address, followers);
}
