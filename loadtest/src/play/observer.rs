//! A look at everything once a second: what the players did, what the sockets heard, what the server used.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::histogram::Histogram;
use super::players::Players;
use super::progress::Progress;
use super::scrape::Scrape;
use super::sockets::Heard;
use crate::process::{anonymous_bytes, children_cpu_ns, cpu_ns, resident_bytes};

/// Looks between two scrapes: as many seconds.
const SCRAPE_EVERY: u64 = 5;

/// A second of a run.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Row {
    /// Seconds since the beginning, at its end.
    pub(crate) at: f64,
    /// Deeds that ended, and those that failed.
    pub(crate) ended: u64,
    pub(crate) errors: u64,
    pub(crate) in_flight: usize,
    pub(crate) p50_ms: f64,
    pub(crate) p95_ms: f64,
    pub(crate) p99_ms: f64,
    /// Events that sockets read.
    pub(crate) events: u64,
    pub(crate) push_p50_ms: f64,
    pub(crate) push_p99_ms: f64,
    pub(crate) sockets: usize,
    /// Cores in use; none when it could not be told.
    pub(crate) server_cpu: Option<f64>,
    pub(crate) database_cpu: Option<f64>,
    pub(crate) client_cpu: Option<f64>,
    pub(crate) server_bytes: Option<u64>,
    /// Of it what is no page of a file; known of a server on this machine.
    pub(crate) server_own_bytes: Option<u64>,
    /// Of that what the program holds; told with each scrape.
    pub(crate) server_held_bytes: Option<u64>,
    /// Which process that was.
    pub(crate) server_pid: Option<u32>,
}

/// Which processes are looked at; they change when they are killed.
pub(crate) type Processes = Rc<RefCell<(Option<u32>, Option<u32>)>>;

/// What is looked at.
pub(crate) struct Observed {
    pub(crate) players: Rc<Players>,
    pub(crate) heard: Arc<Heard>,
    pub(crate) processes: Processes,
    pub(crate) begun: Instant,
    pub(crate) in_flight: Rc<Cell<usize>>,
    pub(crate) progress: Progress,
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) rows: Vec<Row>,
    pub(crate) push: Histogram,
    /// What the server told last of its CPU time, in seconds.
    told_cpu: Option<f64>,
}

/// CPU time so far.
#[derive(Clone, Copy, Default)]
struct Used {
    server: Option<u64>,
    database: Option<u64>,
    client: Option<u64>,
}

impl Observed {
    /// Looks until it is told to stop, and writes down what there is to see.
    pub(crate) async fn watch(mut self, seen: Rc<RefCell<Seen>>, stopped: watch::Receiver<bool>) {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        seconds.tick().await;
        let (mut before, mut looked, mut events) = (self.used(), Instant::now(), 0);
        for number in 1_u64.. {
            seconds.tick().await;
            let mut row = self.row(&mut events, &seen);
            let (used, now) = (self.used(), Instant::now());
            row.cpu(before, used, now - looked);
            (before, looked) = (used, now);
            self.progress.tell(&row);
            seen.borrow_mut().rows.push(row);
            if *stopped.borrow() {
                return;
            }
            if number.is_multiple_of(SCRAPE_EVERY) {
                self.scrape(&seen).await;
            }
        }
    }

    fn row(&self, events: &mut u64, seen: &RefCell<Seen>) -> Row {
        let mut times = Histogram::default();
        self.heard.take_times(&mut times);
        let all = self.heard.events.load(Ordering::Relaxed);
        let heard = all - std::mem::replace(events, all);
        let mut counts = self.players.tally.0.borrow_mut();
        let now = Instant::now();
        // What waited for a database that was killed is no figure of the server's.
        if !counts.met_outage(now - Duration::from_secs(1), now) {
            seen.borrow_mut().push.add(&times);
        }
        let second = std::mem::take(&mut counts.second);
        let server_pid = self.processes.borrow().0;
        Row {
            at: self.begun.elapsed().as_secs_f64(),
            ended: second.times.count(),
            errors: second.errors,
            in_flight: self.in_flight.get(),
            p50_ms: second.times.ms(0.5),
            p95_ms: second.times.ms(0.95),
            p99_ms: second.times.ms(0.99),
            events: heard,
            push_p50_ms: times.ms(0.5),
            push_p99_ms: times.ms(0.99),
            sockets: self.heard.live.load(Ordering::Relaxed),
            server_bytes: server_pid.and_then(|pid| resident_bytes(pid).ok()),
            server_own_bytes: server_pid.and_then(|pid| anonymous_bytes(pid).ok()),
            server_pid,
            ..Row::default()
        }
    }

    fn used(&self) -> Used {
        let (server, database) = *self.processes.borrow();
        Used {
            server: server.and_then(|pid| cpu_ns(pid).ok()),
            database: database.and_then(|pid| children_cpu_ns(pid).ok()),
            client: cpu_ns(std::process::id()).ok(),
        }
    }

    /// Plays the scraper. What the program holds it alone knows; of a server elsewhere nothing else is known.
    async fn scrape(&self, seen: &RefCell<Seen>) {
        let at = Instant::now();
        let page = Scrape::get(&self.players.requests).await;
        let outcome = page.as_ref().map(drop).map_err(|_| "no figures".to_owned());
        self.players.tally.ended("scrape", at, outcome);
        // Whoever is refused finds out with the next request; the token is good for a while.
        self.players.keep_passes().await.unwrap_or_default();
        let Ok(page) = page else {
            return;
        };
        let told = |series| Some(page.value(series) as u64).filter(|bytes| *bytes > 0);
        let is_elsewhere = self.processes.borrow().0.is_none();
        let mut seen = seen.borrow_mut();
        if let Some(row) = seen.rows.last_mut() {
            row.server_held_bytes = told("memory_allocated_bytes");
            if is_elsewhere {
                row.server_bytes = told("process_resident_memory_bytes");
            }
        }
        if is_elsewhere {
            seen.note_cpu(page.value("process_cpu_seconds_total"));
        }
    }
}

impl Seen {
    /// CPU seconds that the server's own figures tell, which are whole ones: their growth over the run so
    /// far, spread over the rows since the last scrape.
    fn note_cpu(&mut self, seconds: f64) {
        let told = self.told_cpu.replace(seconds);
        let Some(before) = told else {
            return;
        };
        let used = (seconds - before).max(0.0) / SCRAPE_EVERY as f64;
        for row in self.rows.iter_mut().rev().take(SCRAPE_EVERY as usize) {
            row.server_cpu = Some(used);
        }
    }
}

impl Row {
    fn cpu(&mut self, before: Used, after: Used, time: Duration) {
        let cores = |before: Option<u64>, after: Option<u64>| {
            // A process that was started again begins at nothing.
            let used = after?.checked_sub(before?)?;
            Some(used as f64 / 1e9 / time.as_secs_f64())
        };
        self.server_cpu = cores(before.server, after.server);
        self.database_cpu = cores(before.database, after.database);
        self.client_cpu = cores(before.client, after.client);
    }
}
