//! What the kernel says of a process: its CPU time and its memory.

use std::fs;

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

/// Its resident memory in bytes.
///
/// # Errors
/// When the process is gone.
pub(crate) fn resident_bytes(pid: u32) -> Result<u64, Fault> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    Ok(kilobytes.ok_or("no VmRSS")?.parse::<u64>()? * 1024)
}
