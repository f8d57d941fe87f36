//! A run from its first socket to its last answer.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use redress::demo::DemoFile;
use tokio::sync::watch;
use tokio::task::spawn_local;

use super::agreement::{self, Line, Played};
use super::deed::Weights;
use super::interrupt::Interrupt;
use super::kills::{self, Kill};
use super::observer::{Observed, Processes, Seen};
use super::players::Players;
use super::profile::Plan;
use super::progress::Progress;
use super::scrape::Scrape;
use super::sockets::{Door, Sockets};
use super::started::Started;
use super::tally::{Counts, Known};
use super::timetable::Timetable;
use crate::{Fault, say};

/// Most deeds under way; beyond it an arrival fails at once.
const IN_FLIGHT: usize = 20_000;
/// How long answers that are missing at the end are waited for: longer than one may take.
const LAST_ANSWERS: Duration = Duration::from_secs(20);
/// How long the server's counters may take to be equal to the players': photos are made, waves are sent.
const AGREEMENT: Duration = Duration::from_secs(15);

/// What is played with what.
pub(super) struct Setting {
    pub(super) address: SocketAddr,
    pub(super) demo: DemoFile,
    pub(super) plan: Plan,
    pub(super) weights: Weights,
    pub(super) seed: u64,
    pub(super) with_kills: bool,
    pub(super) interrupt: Interrupt,
}

/// What came of it.
pub(super) struct Finished {
    pub(super) setting: Setting,
    pub(super) counts: Counts,
    pub(super) seen: Seen,
    pub(super) sockets: SocketsEnd,
    /// None where others may have driven the server too, or it was killed in between.
    pub(super) agreement: Option<Vec<Line>>,
    pub(super) kills: Vec<Kill>,
    pub(super) seconds: f64,
    /// Complaints that were still open when it ended.
    pub(super) open: usize,
    pub(super) is_whole: bool,
}

/// What the sockets came to.
pub(super) struct SocketsEnd {
    pub(super) events: u64,
    pub(super) caught_up: u64,
    pub(super) out_of_turn: u64,
    pub(super) reopened: u64,
    pub(super) not_resumed: u64,
    pub(super) ends: Vec<(String, u64)>,
}

/// Everything that takes part, while it does.
struct Stage {
    players: Rc<Players>,
    sockets: Sockets,
    processes: Processes,
    seen: Rc<RefCell<Seen>>,
    kills: Rc<RefCell<Vec<Kill>>>,
    in_flight: Rc<Cell<usize>>,
}

/// Plays it; the server that was started comes back, whatever happened.
pub(super) async fn run(
    setting: Setting,
    mut started: Option<Started>,
) -> (Option<Started>, Result<Finished, Fault>) {
    let finished = perform(setting, &mut started).await;
    (started, finished)
}

async fn perform(setting: Setting, started: &mut Option<Started>) -> Result<Finished, Fault> {
    let entered = enter(&setting, started.as_ref());
    let stage = setting.interrupt.unless(entered).await?;
    let before = stage.players.tally.0.borrow().known.clone();
    let first = Scrape::get(&stage.players.requests).await;
    let first = first.map_err(|failure| failure.said());
    let begun = Instant::now();
    say("everybody is there: it begins");
    let (stop, stopped) = watch::channel(false);
    let observer = spawn_local(
        stage
            .observed(&setting, begun)
            .watch(Rc::clone(&stage.seen), stopped),
    );
    let played = tokio::select! {
        played = all_of_it(&setting, &stage, started, begun) => played.map(|()| true),
        () = setting.interrupt.clone().came() => Ok(false),
    };
    if matches!(played, Ok(false)) {
        say("\nended early; what was played so far is reported");
    }
    let seconds = begun.elapsed().as_secs_f64();
    stage.last_answers().await;
    stop.send_replace(true);
    observer.await?;
    let is_whole = played?;
    let is_ours_alone = started.is_some() && !setting.with_kills;
    let agreement = match first {
        Ok(first) if is_ours_alone => Some(stage.agree(&first, &before).await),
        Ok(_) | Err(_) => None,
    };
    Ok(stage.end(setting, agreement, seconds, is_whole))
}

/// Signs everybody in and opens the sockets.
async fn enter(setting: &Setting, started: Option<&Started>) -> Result<Stage, Fault> {
    let players = Players::enter(setting.address, &setting.demo).await?;
    let officers = players.officers.iter().map(|officer| Door {
        regions: officer.regions.clone(),
        token: officer.pass.token(),
    });
    let sockets = Sockets::open(setting.address, setting.plan.sockets, officers.collect()).await?;
    let pids = started.map_or((None, None), Started::pids);
    Ok(Stage {
        players,
        sockets,
        processes: Rc::new(RefCell::new(pids)),
        seen: Rc::default(),
        kills: Rc::default(),
        in_flight: Rc::default(),
    })
}

/// All arrivals, with the kills between them.
async fn all_of_it(
    setting: &Setting,
    stage: &Stage,
    started: &mut Option<Started>,
    begun: Instant,
) -> Result<(), Fault> {
    let arrivals = stage.arrive(setting, begun);
    match started {
        Some(started) if setting.with_kills => {
            let span = (begun, setting.plan.time());
            let (players, processes) = (&stage.players, &stage.processes);
            let killing = kills::go_on(started, players, processes, span, &stage.kills);
            let ((), killed) = tokio::join!(arrivals, killing);
            killed
        }
        Some(_) | None => {
            arrivals.await;
            Ok(())
        }
    }
}

impl Stage {
    fn observed(&self, setting: &Setting, begun: Instant) -> Observed {
        Observed {
            players: Rc::clone(&self.players),
            heard: Arc::clone(&self.sockets.heard),
            processes: Rc::clone(&self.processes),
            begun,
            in_flight: Rc::clone(&self.in_flight),
            progress: Progress::of(setting.plan.time().as_secs_f64()),
        }
    }

    /// Lets everything happen at its time.
    async fn arrive(&self, setting: &Setting, begun: Instant) {
        for arrival in Timetable::of(&setting.plan, &setting.weights, setting.seed) {
            let at = begun + arrival.at;
            tokio::time::sleep_until(at.into()).await;
            if self.in_flight.get() >= IN_FLIGHT {
                let why = format!("{IN_FLIGHT} deeds are under way already");
                self.players.tally.ended(arrival.deed.name(), at, Err(why));
                continue;
            }
            self.in_flight.set(self.in_flight.get() + 1);
            let (players, in_flight) = (Rc::clone(&self.players), Rc::clone(&self.in_flight));
            spawn_local(async move {
                players.play(arrival, at).await;
                in_flight.set(in_flight.get() - 1);
            });
        }
    }

    async fn last_answers(&self) {
        let begun = Instant::now();
        while self.in_flight.get() > 0 && begun.elapsed() < LAST_ANSWERS {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Compares until everything is equal, or it is not for a while.
    async fn agree(&self, first: &Scrape, before: &Known) -> Vec<Line> {
        let begun = Instant::now();
        loop {
            let known = self.players.tally.0.borrow().known.clone();
            let heard = self.sockets.heard.events.load(Ordering::Relaxed);
            let page = Scrape::get(&self.players.requests).await;
            let played = Played {
                known: &known,
                before,
                heard,
            };
            let lines = agreement::compare(first, &page.unwrap_or_default(), &played);
            if lines.iter().all(|line| line.agrees) || begun.elapsed() > AGREEMENT {
                return lines;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    fn end(
        self,
        setting: Setting,
        agreement: Option<Vec<Line>>,
        seconds: f64,
        is_whole: bool,
    ) -> Finished {
        let heard = &self.sockets.heard;
        let ends = heard.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let sockets = SocketsEnd {
            events: heard.events.load(Ordering::Relaxed),
            caught_up: heard.caught_up.load(Ordering::Relaxed),
            out_of_turn: heard.out_of_turn.load(Ordering::Relaxed),
            reopened: heard.reopened.load(Ordering::Relaxed),
            not_resumed: heard.not_resumed.load(Ordering::Relaxed),
            ends: ends.clone().into_iter().collect(),
        };
        drop(ends);
        Finished {
            setting,
            counts: self.players.tally.0.take(),
            seen: self.seen.take(),
            sockets,
            agreement,
            kills: self.kills.take(),
            seconds,
            open: self.players.caseload.borrow().open(),
            is_whole,
        }
    }
}
