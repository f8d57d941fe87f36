//! What an earlier run left behind: a PostgreSQL that still runs on our cluster is shut down, a
//! lock file whose process is another program's by now is removed.
//!
//! Called under our own lock, so whatever runs there has lost its server. A lock file of a process
//! that is gone is left to PostgreSQL, which then replays its log.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::Instant;

use super::error::EmbeddedError;
use super::{POLL_EVERY, is_alive};

/// A fast shutdown flushes what is in memory; an immediate one does not.
const STEPS: [(Signal, Duration); 2] = [
    (Signal::INT, Duration::from_secs(30)),
    (Signal::QUIT, Duration::from_secs(10)),
];

/// Returns when nothing runs on the cluster and PostgreSQL can be started.
pub(super) async fn clear_away(
    cluster: &Path,
    report: &(dyn Fn(&str) + Send + Sync),
) -> Result<(), EmbeddedError> {
    let lock_file = cluster.join("postmaster.pid");
    let Some(pid) = recorded_pid(&lock_file).await? else {
        return Ok(());
    };
    if runs_on(pid, cluster).await {
        report(&format!(
            "PostgreSQL of an earlier run (process {pid}) still runs in {}; shutting it down",
            cluster.display()
        ));
        return shut_down(pid, cluster).await;
    }
    if is_alive(pid) {
        report(&format!(
            "{} names process {pid}, which is not its PostgreSQL; removing the file",
            lock_file.display()
        ));
        return match tokio::fs::remove_file(&lock_file).await {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(EmbeddedError::folder("remove", lock_file)(error))
            }
            Ok(()) | Err(_) => Ok(()),
        };
    }
    Ok(())
}

/// The first line of `postmaster.pid`.
async fn recorded_pid(lock_file: &Path) -> Result<Option<Pid>, EmbeddedError> {
    let text = match tokio::fs::read_to_string(lock_file).await {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(EmbeddedError::folder("read", lock_file)(source)),
    };
    let first = text.lines().next().unwrap_or_default().trim();
    Ok(first.parse().ok().and_then(Pid::from_raw))
}

async fn shut_down(pid: Pid, cluster: &Path) -> Result<(), EmbeddedError> {
    for (signal, patience) in STEPS {
        match kill_process(pid, signal) {
            Ok(()) | Err(Errno::SRCH) => {}
            Err(_) => break,
        }
        let deadline = Instant::now() + patience;
        while runs_on(pid, cluster).await && Instant::now() < deadline {
            tokio::time::sleep(POLL_EVERY).await;
        }
        if !runs_on(pid, cluster).await {
            return Ok(());
        }
    }
    Err(EmbeddedError::DoesNotStop {
        pid: pid.as_raw_nonzero().get(),
        cluster: cluster.to_owned(),
    })
}

/// Whether the process is a PostgreSQL started on this cluster: ids are used again.
///
/// We start it with the cluster's path as an argument. `/proc/PID/cmdline` may be read by all, also
/// in a container where root may not look into other users' processes; a zombie's is empty.
#[cfg(target_os = "linux")]
async fn runs_on(pid: Pid, cluster: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;

    let Ok(command_line) = tokio::fs::read(format!("/proc/{pid}/cmdline")).await else {
        return false;
    };
    command_line
        .split(|&byte| byte == 0)
        .any(|argument| argument == cluster.as_os_str().as_bytes())
}

/// Without `/proc` a living process of that id is taken for ours.
#[cfg(not(target_os = "linux"))]
fn runs_on(pid: Pid, _cluster: &Path) -> impl Future<Output = bool> {
    std::future::ready(is_alive(pid))
}
