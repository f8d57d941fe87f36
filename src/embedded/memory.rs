//! How much memory there is: for the size of PostgreSQL's cache.

use std::fs;

/// The machine's memory, or what the container may use of it, in MiB; `None` where the system does not tell.
pub(super) fn mib() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo").ok()?;
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").unwrap_or_default();
    let machine = total_kib(&machine)? / 1024;
    Some(limit_bytes(&limit).map_or(machine, |bytes| machine.min(bytes / 1024 / 1024)))
}

/// `MemTotal` of `/proc/meminfo` (proc(5)), in KiB.
fn total_kib(meminfo: &str) -> Option<u64> {
    let total = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    total.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// A control group's `memory.max` in bytes; `None`: no limit.
fn limit_bytes(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_the_kernel_writes_it() {
        let meminfo = "MemTotal:       24613560 kB\nMemFree:         1024 kB\n";
        assert_eq!(total_kib(meminfo), Some(24_613_560));
        assert_eq!(total_kib("MemFree: 1 kB"), None);
        assert_eq!(limit_bytes("max\n"), None);
        assert_eq!(limit_bytes("1073741824\n"), Some(1_073_741_824));
    }
}
