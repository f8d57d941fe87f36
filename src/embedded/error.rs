//! Why the private PostgreSQL could not be run, each with what to do about it.

use std::io;
use std::path::PathBuf;

/// A failure of the private PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The data folder, or something in it, cannot be made, read or written.
    #[error(
        "cannot {action} {}: {source}; make it writable for this user (and not full) or choose another folder with --data-dir",
        path.display()
    )]
    Folder {
        /// What was being done, as a verb phrase.
        action: &'static str,
        /// What it was being done to.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The path given as the data folder is a file.
    #[error("{} is not a folder; choose another with --data-dir", path.display())]
    NotAFolder {
        /// The path given.
        path: PathBuf,
    },
    /// Another running server holds the folder.
    #[error(
        "the folder {} is in use by another server ({holder}); stop that one or choose another folder with --data-dir",
        path.display()
    )]
    InUse {
        /// The folder that is held.
        path: PathBuf,
        /// "process 4711", or "process unknown" in the instant before it has written its id.
        holder: String,
    },
    /// No PostgreSQL of a supported version is installed, or its account cannot run it.
    #[error(
        "found no PostgreSQL server programs (initdb and postgres, version {oldest} or newer) that {account} can run, looked in PATH and {looked_in}; run scripts/setup, install the PostgreSQL server package of your system, or use a running server with DATABASE_URL"
    )]
    NoPostgres {
        /// The oldest major version that is supported.
        oldest: u32,
        /// The system account that must be able to run them.
        account: String,
        /// The folders searched beside `PATH`.
        looked_in: String,
    },
    /// The cluster was made by a version of PostgreSQL that is not installed.
    #[error(
        "the database in {} was made by PostgreSQL {found}, but installed is {installed}; install PostgreSQL {found} beside it, or move the data over with pg_upgrade or pg_dump; nothing was touched",
        cluster.display()
    )]
    OtherVersion {
        /// The cluster folder.
        cluster: PathBuf,
        /// The version that made it.
        found: u32,
        /// What is installed, "15" or "14 and 16" or "none".
        installed: String,
    },
    /// A folder stands where the cluster belongs, but it is none.
    #[error(
        "{} exists but holds no PostgreSQL database (no readable PG_VERSION); move it away or choose another folder with --data-dir",
        path.display()
    )]
    NotACluster {
        /// The folder in the way.
        path: PathBuf,
    },
    /// The data folder refers to a cluster elsewhere which is gone.
    #[error(
        "{} says that the database lies in {}, which is gone; restore that folder, or remove the file to begin with an empty database",
        record.display(),
        home.display()
    )]
    ClusterGone {
        /// The file that remembers the place.
        record: PathBuf,
        /// The place.
        home: PathBuf,
    },
    /// The cluster belongs to root, or to another user than the one we run as.
    #[error(
        "the database in {} belongs to user {owner}, and PostgreSQL cannot run as that user from here; start the server as the owner (or as root, where the owner is not root), or choose another folder with --data-dir",
        cluster.display()
    )]
    ForeignOwner {
        /// The cluster folder.
        cluster: PathBuf,
        /// The numeric user id of its owner.
        owner: u32,
    },
    /// Started by root, but there is no other account to run PostgreSQL as.
    #[error(
        "PostgreSQL refuses to run as root and none of the accounts {tried} exists; create one (useradd --system postgres), start the server as an ordinary user, or use a running PostgreSQL with DATABASE_URL"
    )]
    NoAccount {
        /// The names tried.
        tried: String,
    },
    /// The user id of a process has no name, without which PostgreSQL does not run.
    #[error(
        "user {uid} has no name in the system's list of users, which PostgreSQL needs; add it (/etc/passwd) or start the server as another user"
    )]
    NamelessUser {
        /// The numeric user id.
        uid: u32,
    },
    /// An existing cluster lies below a folder its account cannot enter.
    #[error(
        "the database runs as {account}, which cannot enter {}; allow that (chmod o+x on the closed folder above it) or move the data folder",
        folder.display()
    )]
    CannotEnter {
        /// The account that owns the cluster.
        account: String,
        /// The folder it cannot enter.
        folder: PathBuf,
    },
    /// There is no place for the socket whose path is short enough.
    #[error(
        "found no folder for the database's socket: {} is too deep (a socket's path may have {limit} bytes) and none of {tried} can be used; choose a shorter --data-dir",
        folder.display()
    )]
    NoSocketFolder {
        /// The folder that is too deep.
        folder: PathBuf,
        /// The longest path allowed.
        limit: usize,
        /// The runtime folders tried.
        tried: String,
    },
    /// A new cluster does not fit on the disk.
    #[error(
        "the disk of {} is nearly full: {free_mb} MB free, a new database needs {needed_mb} MB; make room or choose another folder with --data-dir",
        folder.display()
    )]
    DiskFull {
        /// The folder that was to hold the cluster.
        folder: PathBuf,
        /// Megabytes available.
        free_mb: u64,
        /// Megabytes needed.
        needed_mb: u64,
    },
    /// One of PostgreSQL's programs could not be started.
    #[error("cannot run {program}: {source}; check the PostgreSQL installation and who may run it")]
    CannotRun {
        /// The program.
        program: String,
        /// The system's reason.
        source: io::Error,
    },
    /// Making the cluster failed; what was there before is untouched.
    #[error(
        "{program} could not create the database in {}: {output}; make room or choose another folder with --data-dir if the folder is at fault",
        cluster.display()
    )]
    NotCreated {
        /// The program that failed.
        program: &'static str,
        /// The cluster folder.
        cluster: PathBuf,
        /// The last lines it printed.
        output: String,
    },
    /// A PostgreSQL left by an earlier run cannot be stopped.
    #[error(
        "PostgreSQL of an earlier run (process {pid}) still runs in {} and does not stop; stop it (kill -INT {pid}) and start again",
        cluster.display()
    )]
    DoesNotStop {
        /// The process.
        pid: i32,
        /// The cluster folder.
        cluster: PathBuf,
    },
    /// PostgreSQL ended before it was ready.
    #[error("PostgreSQL ended while starting ({outcome}); {log}")]
    EndedWhileStarting {
        /// Exit code or signal.
        outcome: String,
        /// Where its log is, and its last lines.
        log: String,
    },
    /// PostgreSQL did not become ready in time.
    #[error("PostgreSQL was not ready after {minutes} minutes; {log}")]
    NotReady {
        /// How long was waited.
        minutes: u64,
        /// Where its log is, and its last lines.
        log: String,
    },
    /// PostgreSQL runs but does not let us in.
    #[error(
        "the database in {} refuses our connection: {source}; undo changes made to its roles or its pg_hba.conf settings",
        cluster.display()
    )]
    Refused {
        /// The cluster folder.
        cluster: PathBuf,
        /// PostgreSQL's reason.
        source: tokio_postgres::Error,
    },
    /// The start was interrupted because this process is ending.
    #[error("the start of the private PostgreSQL was interrupted: {source}")]
    Interrupted {
        /// What happened to the thread.
        source: tokio::task::JoinError,
    },
}

impl EmbeddedError {
    /// For `map_err`: says what was being done to which path.
    pub(super) fn folder(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Folder {
            action,
            path,
            source,
        }
    }

    /// Whether processes of a crashed PostgreSQL still hold its memory, which passes by itself.
    pub(super) fn is_about_remnants(&self) -> bool {
        matches!(self, Self::EndedWhileStarting { log, .. } if log.contains("still in use"))
    }
}
