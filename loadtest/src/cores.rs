//! Which core does what: a server under test, or a yardstick of it, has one core to itself; whatever
//! loads it (this program, its crowds, PostgreSQL) has the others. And how many files may be open.

use std::path::Path;
use std::process::Stdio;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::process::Command;

use crate::{Fault, say};

/// The program that says on which cores a process runs (util-linux).
const TASKSET: &str = "taskset";

/// This process kept off the first core until this is dropped. Its children are too, unless they are
/// started by [`Split::under_test`].
pub(crate) struct Split {
    all: String,
    server: String,
    load: String,
}

impl Split {
    /// Keeps this process off the first of its cores; `None` where that cannot be.
    pub(crate) fn begin() -> Option<Self> {
        let all = allowed()?;
        let cores = cores(&all);
        let (server, load) = cores.split_first()?;
        if load.is_empty() {
            say("one core only: server and load share it");
            return None;
        }
        let load: Vec<String> = load.iter().map(usize::to_string).collect();
        let split = Self {
            all,
            server: server.to_string(),
            load: load.join(","),
        };
        if !keep_to(&split.load) {
            say("taskset (util-linux) is missing: server and load share all cores");
            return None;
        }
        Some(split)
    }

    /// A program on the core of what is tested.
    pub(crate) fn under_test(&self, program: &Path) -> Command {
        let mut command = Command::new(TASKSET);
        command.args(["--cpu-list", &self.server]).arg(program);
        command
    }

    /// As a condition of a report.
    pub(crate) fn said(&self) -> String {
        let Self { server, load, .. } = self;
        format!("server and yardsticks on core {server}, clients and PostgreSQL on core {load}")
    }
}

impl Drop for Split {
    fn drop(&mut self) {
        keep_to(&self.all);
    }
}

/// Keeps all threads of this process to some cores; whether that was possible.
fn keep_to(cores: &str) -> bool {
    let own = std::process::id().to_string();
    let told = std::process::Command::new(TASKSET)
        .args(["--all-tasks", "--cpu-list", "--pid", cores, &own])
        .stdout(Stdio::null())
        .status();
    told.is_ok_and(|status| status.success())
}

/// The cores on which this process may run, as the kernel writes them: `0-1,4`.
fn allowed() -> Option<String> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let list = text
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    Some(list.trim().to_owned())
}

fn cores(list: &str) -> Vec<usize> {
    let ranges = list.split(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse().ok()?..=last.parse().ok()?)
    });
    ranges.flatten().collect()
}

/// Lets this process, and those that it starts, open as many files as the system allows; fails when
/// that is less than `needed`.
///
/// # Errors
/// With the limit and how to raise it.
pub(crate) fn open_files(needed: usize) -> Result<(), Fault> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised)?;
    match limit.maximum {
        Some(most) if most < needed as u64 => Err(format!(
            "{most} files may be open, {needed} are needed: raise the limit (ulimit -Hn)"
        )
        .into()),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::cores;

    #[test]
    fn lists_of_cores_are_read() {
        assert_eq!(cores("0-1"), [0, 1]);
        assert_eq!(cores("3,5-7"), [3, 5, 6, 7]);
    }
}
