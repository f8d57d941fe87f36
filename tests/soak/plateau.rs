//! What a server holds: memory, descriptors, threads, sessions. After a storm it holds what it held before.

use std::fs;

use super::support::Api;
use super::support::process::ServerProcess;

#[derive(Debug, Clone, Copy)]
pub(super) struct Plateau {
    pub(super) resident_mib: usize,
    descriptors: usize,
    threads: usize,
    sessions: usize,
}

impl Plateau {
    pub(super) async fn of(server: &ServerProcess) -> Self {
        let folder = format!("/proc/{}", server.pid());
        let status = fs::read_to_string(format!("{folder}/status")).unwrap();
        let figure = |name: &str| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap();
            let word = line.split_whitespace().next().unwrap();
            word.parse::<usize>().unwrap()
        };
        Self {
            resident_mib: figure("VmRSS:") / 1024,
            descriptors: fs::read_dir(format!("{folder}/fd")).unwrap().count(),
            threads: figure("Threads:"),
            sessions: sessions(&server.api()).await,
        }
    }

    /// What is left over from a storm since an earlier look; `None` when nothing is.
    ///
    /// The pool may have opened more connections meanwhile, and the allocator keeps some of what it had.
    pub(super) fn left_over(&self, before: &Self, mib: usize) -> Option<String> {
        let is_back = self.descriptors <= before.descriptors + 24
            && self.threads <= before.threads + 4
            && self.sessions <= before.sessions
            && self.resident_mib <= before.resident_mib + mib;
        (!is_back).then(|| format!("before {before:?}, after {self:?}"))
    }
}

async fn sessions(api: &Api) -> usize {
    let request = api.get("/api/v1/websocket/health");
    let health = request.send().await.unwrap();
    let health: serde_json::Value = health.json().await.unwrap();
    health["connections"].as_u64().unwrap() as usize
}
