//! What the kernel says of a process: its CPU time and its memory.

use std::fs;
use std::time::{Duration, Instant};

use crate::Fault;

/// CPU time of all its threads so far, in nanoseconds (`schedstat`, finer than the ticks of `stat`).
///
/// # Errors
/// When the process is gone.
pub(crate) fn cpu_ns(pid: u32) -> Result<u64, Fault> {
    let mut sum = 0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        let ran = text.split_whitespace().next().ok_or("empty schedstat")?;
        sum += ran.parse::<u64>()?;
    }
    Ok(sum)
}

/// CPU time so far of the children of a process, such as PostgreSQL's: those that ended are not in it.
///
/// # Errors
/// When `/proc` cannot be read.
pub(crate) fn children_cpu_ns(parent: u32) -> Result<u64, Fault> {
    let mut sum = 0;
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if parent_of(pid) == Some(parent) {
            // One that ends meanwhile counts no more.
            sum += cpu_ns(pid).unwrap_or(0);
        }
    }
    Ok(sum)
}

/// The parent of a process, if it still runs.
fn parent_of(pid: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold anything; it ends with the last bracket.
    let (_, rest) = text.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

/// Its resident memory in bytes.
///
/// # Errors
/// When the process is gone.
pub(crate) fn resident_bytes(pid: u32) -> Result<u64, Fault> {
    told_bytes(pid, "VmRSS:")
}

/// Its own memory in bytes: without pages of files, which the kernel brings in and takes out as it likes.
///
/// # Errors
/// When the process is gone.
pub(crate) fn anonymous_bytes(pid: u32) -> Result<u64, Fault> {
    told_bytes(pid, "RssAnon:")
}

fn told_bytes(pid: u32, name: &str) -> Result<u64, Fault> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    let kilobytes = kilobytes.ok_or_else(|| format!("no {name} in the status of {pid}"))?;
    Ok(kilobytes.parse::<u64>()? * 1024)
}

/// How many files and sockets it has open.
///
/// # Errors
/// When the process is gone.
pub(crate) fn open_files(pid: u32) -> Result<usize, Fault> {
    Ok(fs::read_dir(format!("/proc/{pid}/fd"))?.count())
}

/// Waits until it uses less than 2 % of a core, for ten seconds at most.
///
/// # Errors
/// When the process is gone.
pub(crate) async fn settle(pid: u32) -> Result<(), Fault> {
    let begun = Instant::now();
    let mut before = cpu_ns(pid)?;
    while begun.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = cpu_ns(pid)?;
        if now - before < 20_000_000 {
            break;
        }
        before = now;
    }
    Ok(())
}
