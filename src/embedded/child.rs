//! The PostgreSQL process: started, waited for, and tied to the life of this one.
//!
//! On Linux the kernel shuts it down when we are killed: the parent-death signal, which fires when
//! the *thread* that started the child ends. So each child has a thread of its own that waits for
//! it. Elsewhere the next start shuts down what is left (`previous`).

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::{oneshot, watch};

use super::error::EmbeddedError;
use super::log_file::LogFile;

/// A PostgreSQL that was started by us. Dropping this neither stops it nor loses it.
pub(super) struct Child {
    pid: Pid,
    exit: ExitWatch,
}

impl Child {
    pub(super) async fn spawn(mut command: Command, log: &LogFile) -> Result<Self, EmbeddedError> {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(
            log.writer()
                .map_err(EmbeddedError::folder("write", log.path()))?,
        );
        // Its own process group: Ctrl-C in a terminal is for us, who drain before it stops.
        command.process_group(0);
        end_with_us(&mut command, Signal::INT);
        let (started, start) = oneshot::channel();
        let (ended, exit) = watch::channel(None);
        let outcome = std::thread::Builder::new()
            .name("postgres-parent".to_owned())
            .spawn(move || be_parent(command, started, &ended))
            .map(|_thread| start);
        let started = match outcome {
            Ok(start) => start
                .await
                .unwrap_or_else(|_| Err(io::Error::other("thread ended"))),
            Err(error) => Err(error),
        };
        let exit = ExitWatch(exit);
        started
            .map(|pid| Self { pid, exit })
            .map_err(|source| EmbeddedError::CannotRun {
                program: "postgres".to_owned(),
                source,
            })
    }

    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    /// A view of its end, to be waited on apart from the child.
    pub(super) fn exit(&self) -> ExitWatch {
        self.exit.clone()
    }

    /// Sends a signal unless it has ended: its id may then be another process's.
    pub(super) fn signal(&self, signal: Signal) {
        if self.exit.outcome().is_none() {
            // Fails only when it ended this instant, which is what the signal is for.
            kill_process(self.pid, signal).ok();
        }
    }
}

/// Tells whether and how the child ended.
#[derive(Clone)]
pub(super) struct ExitWatch(watch::Receiver<Option<String>>);

impl ExitWatch {
    /// "exit status: 1" or "signal: 9", once it has ended.
    pub(super) fn outcome(&self) -> Option<String> {
        self.0.borrow().clone()
    }

    pub(super) async fn wait(&mut self) -> String {
        match self.0.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or_default(),
            Err(_thread_gone) => "unknown".to_owned(),
        }
    }

    /// Whether it ends within the time.
    pub(super) async fn wait_for(mut self, patience: Duration) -> bool {
        tokio::time::timeout(patience, self.wait()).await.is_ok()
    }
}

/// The life of the thread: as long as the child's, or the process's.
fn be_parent(
    mut command: Command,
    started: oneshot::Sender<io::Result<Pid>>,
    ended: &watch::Sender<Option<String>>,
) {
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            // Nobody waits for the answer when the start was cancelled.
            started.send(Err(error)).ok();
            return;
        }
    };
    let pid = Pid::from_child(&child);
    if started.send(Ok(pid)).is_err() {
        kill_process(pid, Signal::INT).ok();
    }
    let outcome = match child.wait() {
        Ok(status) => describe(status),
        Err(error) => format!("unknown: {error}"),
    };
    ended.send_replace(Some(outcome));
}

fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("killed by signal {signal}"),
        (None, None) => status.to_string(),
    }
}

/// Asks the kernel to send the signal to the child when the thread that starts it ends.
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "the parent-death signal can only be asked for between fork and exec"
)]
pub(super) fn end_with_us(command: &mut Command, signal: Signal) {
    use rustix::process::{getpid, getppid, set_parent_process_death_signal};

    let parent = getpid();
    // SAFETY: the closure runs in the forked child and makes two plain system calls; it neither
    // allocates nor takes a lock.
    unsafe {
        command.pre_exec(move || {
            set_parent_process_death_signal(Some(signal))?;
            // The parent may have ended before the request was made.
            match getppid() == Some(parent) {
                true => Ok(()),
                false => Err(io::Error::from(io::ErrorKind::Interrupted)),
            }
        });
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn end_with_us(_command: &mut Command, _signal: Signal) {}
