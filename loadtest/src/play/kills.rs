//! Kills the server and its database in the middle of a run, and starts them again.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::observer::Processes;
use super::players::Players;
use super::started::Started;
use crate::{Fault, say};

/// What is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Victim {
    Server,
    Database,
}

/// When, as shares of the run. Behind the last kill of the server there is a long stretch of one process,
/// in whose first half the database goes twice more.
const KILLS: [(f64, Victim); 6] = [
    (0.08, Victim::Server),
    (0.14, Victim::Database),
    (0.20, Victim::Server),
    (0.26, Victim::Database),
    (0.32, Victim::Database),
    (0.38, Victim::Database),
];
/// After all is there again clients come back, at most so much later by the protocol's last wait.
const GRACE: Duration = Duration::from_secs(6);

/// One kill.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Kill {
    pub(crate) victim: Victim,
    /// Seconds since the beginning.
    pub(crate) at: f64,
    /// Until the server was ready again.
    pub(crate) away_s: f64,
}

/// Kills by the timetable; returns when it is through.
///
/// # Errors
/// When something does not start again.
pub(crate) async fn go_on(
    started: &mut Started,
    players: &Rc<Players>,
    processes: &Processes,
    (begun, time): (Instant, Duration),
    kills: &Rc<RefCell<Vec<Kill>>>,
) -> Result<(), Fault> {
    for (share, victim) in KILLS {
        tokio::time::sleep_until((begun + time.mul_f64(share)).into()).await;
        let at = begun.elapsed().as_secs_f64();
        say(&format!("\n{at:4.0} s: killing the {victim:?}"));
        players.tally.outage_begins();
        let killed = Instant::now();
        match victim {
            Victim::Server => {
                processes.replace((None, started.pids().1));
                started.kill_server().await?;
                players.requests.forget();
            }
            Victim::Database => started.kill_database().await?,
        }
        processes.replace(started.pids());
        let away_s = killed.elapsed().as_secs_f64();
        say(&format!("ready again after {away_s:.1} s"));
        kills.borrow_mut().push(Kill { victim, at, away_s });
        tokio::time::sleep(GRACE).await;
        players.tally.outage_ends();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kills_come_in_order_and_leave_the_longest_stretch_for_the_last() {
        assert!(KILLS.is_sorted_by_key(|(share, _)| *share));
        let servers = KILLS.iter().filter(|(_, victim)| *victim == Victim::Server);
        let shares: Vec<f64> = servers.map(|(share, _)| *share).collect();
        assert!(
            1.0 - shares.last().unwrap() > 0.75,
            "of half an hour more than 22 minutes"
        );
        assert!(
            KILLS.last().unwrap().0 < 0.2 + 0.8 / 3.0,
            "before the samples that count"
        );
    }
}
