//! A server as a process of its own, which a test can kill at any moment.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use reqwest::StatusCode;
use rustix::process::{Pid, Signal, kill_process};

use super::Api;
use super::postgres::TestDatabase;

/// A running `redress serve`.
pub(crate) struct ServerProcess {
    child: Child,
    address: SocketAddr,
}

impl ServerProcess {
    /// Starts a server on `database` and waits until it is ready. Its log is appended to `log`.
    pub(crate) async fn start(
        database: &TestDatabase,
        address: SocketAddr,
        flags: &[&str],
        log: &std::path::Path,
    ) -> Self {
        Self::start_on(database.url(), address, flags, log).await
    }

    /// As [`ServerProcess::start`], on the database at an address.
    pub(crate) async fn start_on(
        database: &str,
        address: SocketAddr,
        flags: &[&str],
        log: &std::path::Path,
    ) -> Self {
        let mut server = Self::spawn(database, address, flags, "", log);
        assert!(server.is_ready().await, "the server ended");
        server
    }

    /// As [`ServerProcess::start_on`], with fail points (`FAILPOINTS`); does not wait.
    pub(crate) fn spawn(
        database: &str,
        address: SocketAddr,
        flags: &[&str],
        fail_points: &str,
        log: &std::path::Path,
    ) -> Self {
        let environment = [("FAILPOINTS", fail_points)];
        Self::spawn_in(&environment, database, address, flags, log)
    }

    /// Starts a server with more variables; does not wait.
    pub(crate) fn spawn_in(
        environment: &[(&str, &str)],
        database: &str,
        address: SocketAddr,
        flags: &[&str],
        log: &std::path::Path,
    ) -> Self {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_redress"))
            .args(["serve", "--database-url", database])
            .args([
                "--listen",
                &address.to_string(),
                "--rate-limits",
                "off",
                "--database-pool-size",
                "8",
            ])
            .args(["--jwt-secret", "a secret of tests that is long enough"])
            .env("DRAIN_WINDOW", "0.2")
            .envs(environment.iter().copied())
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { child, address }
    }

    /// Waits until it is ready; `false` when it ended before.
    pub(crate) async fn is_ready(&mut self) -> bool {
        let api = self.api();
        super::eventually("the server is ready", async || {
            if self.has_ended() {
                return Some(false);
            }
            let answer = api.get("/readyz").send().await.ok()?;
            (answer.status() == StatusCode::OK).then_some(true)
        })
        .await
    }

    /// Whether the process has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Whether it has ended as by `kill -9`.
    #[allow(dead_code, reason = "for the soak, which shares this module")]
    pub(crate) fn was_killed(&mut self) -> bool {
        let status = self.child.try_wait().unwrap();
        status.and_then(|status| status.signal()) == Some(Signal::KILL.as_raw())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn api(&self) -> Api {
        Api::at(&format!("http://{}", self.address))
    }

    /// SIGTERM, and waits for the end; returns whether it was a clean one.
    pub(crate) async fn terminate(self) -> bool {
        self.signal();
        self.ended().await == Some(0)
    }

    /// SIGTERM.
    pub(crate) fn signal(&self) {
        self.send(Signal::TERM);
    }

    /// As if its machine slept.
    pub(crate) fn pause(&self) {
        self.send(Signal::STOP);
    }

    /// Goes on after [`ServerProcess::pause`].
    pub(crate) fn resume(&self) {
        self.send(Signal::CONT);
    }

    /// Its process id.
    #[allow(dead_code, reason = "for the soak, which shares this module")]
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end; returns the exit code.
    pub(crate) async fn ended(mut self) -> Option<i32> {
        super::eventually("the server ends", async || self.child.try_wait().unwrap())
            .await
            .code()
    }

    /// `kill -9`, and waits for the end.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Killed already, or left over by a test that failed.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// An address that nobody listens on.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}
