//! The officers' sockets: held open in a thread of their own, so that reading them does not delay requests.

mod watcher;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::LocalSet;

use super::histogram::Histogram;
use crate::Fault;
use watcher::Watcher;

/// How long all sockets may take to open.
const PATIENCE: Duration = Duration::from_secs(60);
/// New ones at a time.
const AT_ONCE: usize = 50;

/// An account with regions, by which sockets are opened.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) regions: Vec<String>,
    pub(crate) token: watch::Receiver<String>,
}

/// What the sockets count, for both threads.
#[derive(Default)]
pub(crate) struct Heard {
    /// Events that came, those of a catching up among them.
    pub(crate) events: AtomicU64,
    /// Those of a catching up.
    pub(crate) caught_up: AtomicU64,
    /// Events that were not the next of their region.
    pub(crate) out_of_turn: AtomicU64,
    /// Sockets that are live now.
    pub(crate) live: AtomicUsize,
    /// Sockets that were opened again.
    pub(crate) reopened: AtomicU64,
    /// Clients that were not resumed where they were.
    pub(crate) not_resumed: AtomicU64,
    /// How sockets ended: a close code, or words.
    pub(crate) ends: Mutex<BTreeMap<String, u64>>,
    /// From an event's time to its being read, since the last look.
    times: Mutex<Histogram>,
}

impl Heard {
    /// The times since the last look.
    pub(crate) fn take_times(&self, into: &mut Histogram) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        into.clear();
        into.add(&times);
        times.clear();
    }

    fn arrived(&self, us: u64) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.note(us);
    }

    fn ended(&self, how: &str) {
        // Of an answer in place of an upgrade the first line says it.
        let how: String = how
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(80)
            .collect();
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = ends.contains_key(&how) || ends.len() < 20;
        let how = if is_known { how } else { "others".into() };
        *ends.entry(how).or_default() += 1;
    }
}

/// The sockets. Dropping this closes them.
pub(crate) struct Sockets {
    pub(crate) heard: Arc<Heard>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Sockets {
    /// Opens so many, one door after the other; returns when all are live.
    ///
    /// # Errors
    /// When they are not after a minute.
    pub(crate) async fn open(
        address: SocketAddr,
        count: usize,
        doors: Vec<Door>,
    ) -> Result<Self, Fault> {
        let heard = Arc::new(Heard::default());
        let (stop, stopped) = watch::channel(false);
        let told = Arc::clone(&heard);
        let thread = std::thread::Builder::new()
            .name("sockets".into())
            .spawn(move || hold(address, count, &doors, &told, &stopped))?;
        let sockets = Self {
            heard,
            stop,
            thread: Some(thread),
        };
        let all_live = async {
            while sockets.heard.live.load(Ordering::Relaxed) < count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, all_live).await.is_err() {
            let live = sockets.heard.live.load(Ordering::Relaxed);
            let ends = sockets.heard.ends.lock().map(|ends| format!("{ends:?}"));
            let ends = ends.unwrap_or_default();
            return Err(
                format!("{live} of {count} sockets are live; refused or ended: {ends}").into(),
            );
        }
        Ok(sockets)
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has been told already.
            thread.join().unwrap_or_default();
        }
    }
}

/// The thread: holds the sockets until it is told to stop.
fn hold(
    address: SocketAddr,
    count: usize,
    doors: &[Door],
    heard: &Arc<Heard>,
    stopped: &watch::Receiver<bool>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        heard.ended("no runtime");
        return;
    };
    let local = LocalSet::new();
    let room = std::rc::Rc::new(tokio::sync::Semaphore::new(AT_ONCE));
    for number in 0..count {
        let door = doors[number % doors.len()].clone();
        let watcher = Watcher::new(address, door, Arc::clone(heard), number as u64);
        local.spawn_local(watcher.stay(std::rc::Rc::clone(&room)));
    }
    let mut stopped = stopped.clone();
    local.block_on(&runtime, async move {
        stopped
            .wait_for(|is_told| *is_told)
            .await
            .map(drop)
            .unwrap_or_default();
    });
}
