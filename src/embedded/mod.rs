//! The private PostgreSQL of the default set-up: a server of our own, made from the system's
//! PostgreSQL programs, that lives and ends with this process.
//!
//! It owns the cluster folder, its socket folder and the child process. It listens on a Unix
//! socket only, writes durably (fsync on) and never runs as root. Two servers never run on one
//! folder: see `folder` (our lock) and `previous` (what a killed server left running).
//! It knows nothing of the schema and must never touch a PostgreSQL that is not its own.

mod account;
mod attach;
mod child;
mod creation;
mod error;
mod folder;
mod installation;
mod location;
mod log_file;
mod memory;
mod preparation;
mod previous;
mod settings;
mod socket;

use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::time::Instant;
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

pub use self::attach::running;
pub use self::error::EmbeddedError;

use self::child::Child;
use self::folder::FolderLock;
use self::log_file::LogFile;
use self::preparation::{Launch, Preparation, Progress};
use self::socket::SocketFolder;

/// The ordinary role, and the database it owns, that the server works with.
const ROLE: &str = "redress";
/// The role that owns the system catalogues; only for maintenance.
const SUPERUSER: &str = "postgres";
/// No TCP port is opened: PostgreSQL only names its socket file after it.
const PORT: u16 = 5432;
/// Crash recovery replays at most `max_wal_size` (2 GB), minutes on a slow disk.
const READY_WITHIN: Duration = Duration::from_secs(600);
/// How long processes of a crashed PostgreSQL may keep its shared memory from a new one.
const REMNANTS_GONE_WITHIN: Duration = Duration::from_secs(30);
const POLL_EVERY: Duration = Duration::from_millis(20);
/// The whole server stops within 10 s; a fast shutdown that needs longer is cut short.
const FAST_STOP_WITHIN: Duration = Duration::from_secs(7);
const IMMEDIATE_STOP_WITHIN: Duration = Duration::from_secs(2);

/// A running private PostgreSQL.
///
/// Call [`Cluster::stop`] for an orderly end. A cluster that is dropped instead is told to shut
/// down but not waited for, and one whose process dies is shut down by the kernel (on Linux).
pub struct Cluster {
    launch: Launch,
    socket: SocketFolder,
    log: LogFile,
    child: Child,
    /// On the data folder and the cluster; let go when PostgreSQL has ended.
    locks: Vec<FolderLock>,
}

impl Cluster {
    /// Starts the PostgreSQL of `data_dir`, creating folder and cluster on first use.
    ///
    /// `report` receives one-line progress messages meant for the log. Returns when the database
    /// answers. A PostgreSQL left running by a killed server is shut down first.
    ///
    /// # Errors
    /// Each variant of [`EmbeddedError`]; nothing is left running.
    pub async fn start(
        data_dir: &Path,
        report: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<Self, EmbeddedError> {
        let preparation = prepare(data_dir, report).await?;
        let give_up_on_remnants = Instant::now() + REMNANTS_GONE_WITHIN;
        previous::clear_away(&preparation.launch.cluster, report).await?;
        let mut cluster = Self::launch(preparation).await?;
        while let Err(error) = cluster.wait_until_ready(report).await {
            let retry = error.is_about_remnants() && Instant::now() < give_up_on_remnants;
            if !retry {
                return Err(error);
            }
            tokio::time::sleep(POLL_EVERY * 10).await;
            cluster.launch_again().await?;
        }
        Ok(cluster)
    }

    /// How to connect: Unix socket, ordinary role and database `redress`.
    pub fn connection(&self) -> tokio_postgres::Config {
        self.connection_as(ROLE, ROLE)
    }

    /// How to connect as the superuser, to the database `postgres`: for backups, maintenance and tests.
    ///
    /// The running server uses [`Cluster::connection`] only.
    pub fn administration(&self) -> tokio_postgres::Config {
        self.connection_as(SUPERUSER, "postgres")
    }

    /// The folder of the cluster (`PGDATA`), outside the data folder where that cannot be entered.
    pub fn directory(&self) -> &Path {
        &self.launch.cluster
    }

    /// The process id of PostgreSQL's parent process.
    pub fn pid(&self) -> i32 {
        self.child.pid().as_raw_nonzero().get()
    }

    /// Resolves when PostgreSQL has ended, to how it ended and the tail of its log.
    ///
    /// The future stands alone, so that it can be watched while the cluster is in use. It resolves
    /// after [`Cluster::stop`] too: who stops a cluster no longer watches it.
    pub fn died(&self) -> impl Future<Output = String> + Send + use<> {
        let mut exit = self.child.exit();
        let log = self.log.clone();
        async move {
            let outcome = exit.wait().await;
            format!("PostgreSQL ended ({outcome}); {}", log.tail().await)
        }
    }

    /// Shuts PostgreSQL down: fast (connections are cut, data is flushed), within 9 s.
    ///
    /// A flush that takes longer than 7 s is cut short, which is as safe as a crash is: the next
    /// start replays the log. The folder is free for another server then. Stopping twice is no error.
    ///
    /// # Errors
    /// [`EmbeddedError::DoesNotStop`] when the process is there after that.
    pub async fn stop(&mut self) -> Result<(), EmbeddedError> {
        let steps = [
            (Signal::INT, FAST_STOP_WITHIN),
            (Signal::QUIT, IMMEDIATE_STOP_WITHIN),
        ];
        for (signal, patience) in steps {
            self.child.signal(signal);
            if self.child.exit().wait_for(patience).await {
                self.socket.remove().await;
                self.locks.clear();
                return Ok(());
            }
        }
        Err(EmbeddedError::DoesNotStop {
            pid: self.pid(),
            cluster: self.launch.cluster.clone(),
        })
    }

    fn connection_as(&self, role: &str, database: &str) -> tokio_postgres::Config {
        let mut config = tokio_postgres::Config::new();
        config
            .host_path(self.socket.path())
            .port(PORT)
            .user(role)
            .dbname(database);
        config
    }

    async fn launch(preparation: Preparation) -> Result<Self, EmbeddedError> {
        let Preparation {
            locks,
            socket,
            log,
            launch,
        } = preparation;
        let child = Child::spawn(launch.command(), &log).await?;
        Ok(Self {
            launch,
            socket,
            log,
            child,
            locks,
        })
    }

    async fn launch_again(&mut self) -> Result<(), EmbeddedError> {
        self.log = self.log.begin_again()?;
        self.child = Child::spawn(self.launch.command(), &self.log).await?;
        Ok(())
    }

    async fn wait_until_ready(
        &self,
        report: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<(), EmbeddedError> {
        let started = Instant::now();
        let mut next_report = started + Duration::from_secs(5);
        loop {
            if let Some(outcome) = self.child.exit().outcome() {
                return Err(EmbeddedError::EndedWhileStarting {
                    outcome,
                    log: self.log.tail().await,
                });
            }
            if self.answers().await? {
                return Ok(());
            }
            if started.elapsed() > READY_WITHIN {
                return Err(EmbeddedError::NotReady {
                    minutes: READY_WITHIN.as_secs() / 60,
                    log: self.log.tail().await,
                });
            }
            if Instant::now() > next_report {
                next_report += Duration::from_secs(10);
                report("PostgreSQL is still recovering after a crash; waiting for it");
            }
            tokio::time::sleep(POLL_EVERY).await;
        }
    }

    /// Whether a connection succeeds; an error only when waiting cannot help.
    async fn answers(&self) -> Result<bool, EmbeddedError> {
        let config = self.connection();
        let attempt = tokio::time::timeout(Duration::from_secs(5), config.connect(NoTls)).await;
        match attempt {
            Ok(Ok(_)) => Ok(true),
            Ok(Err(error)) => match error.code() {
                None | Some(&SqlState::CANNOT_CONNECT_NOW) => Ok(false),
                Some(_) => Err(EmbeddedError::Refused {
                    cluster: self.launch.cluster.clone(),
                    source: error,
                }),
            },
            Err(_elapsed) => Ok(false),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.child.signal(Signal::INT);
    }
}

/// Runs the blocking part of a start on its own thread and passes its messages on.
async fn prepare(
    data_dir: &Path,
    report: &(dyn Fn(&str) + Send + Sync),
) -> Result<Preparation, EmbeddedError> {
    let (progress, mut messages) = Progress::channel();
    let folder = data_dir.to_owned();
    let work = tokio::task::spawn_blocking(move || Preparation::make(&folder, &progress));
    while let Some(message) = messages.recv().await {
        report(&message);
    }
    work.await
        .map_err(|source| EmbeddedError::Interrupted { source })?
}

/// Whether the process exists; a process of another user exists too.
fn is_alive(pid: Pid) -> bool {
    !matches!(
        rustix::process::test_kill_process(pid),
        Err(rustix::io::Errno::SRCH)
    )
}
