//! A Redis of the test's own, which a test can kill, start again and pause.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use redis::Client;
use rustix::process::{Pid, Signal, kill_process};

use super::eventually;
use super::process::free_address;

/// A running redis-server; killed when it goes out of scope.
pub(crate) struct Redis {
    address: SocketAddr,
    child: Child,
}

impl Redis {
    /// Starts one on a free port.
    pub(crate) async fn start() -> Self {
        Self::start_at(free_address()).await
    }

    async fn start_at(address: SocketAddr) -> Self {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &address.port().to_string()])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is missing: scripts/setup --test-tools installs it");
        let redis = Self { address, child };
        eventually("Redis answers", async || {
            let client = redis.client();
            client.get_multiplexed_async_connection().await.ok()
        })
        .await;
        redis
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// As `REDIS_URL` for a server.
    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// A client of the test's own.
    pub(crate) fn client(&self) -> Client {
        Client::open(self.url()).unwrap()
    }

    /// Ends it at once; what it held is lost.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts another one where the first one was.
    pub(crate) async fn restart(&mut self) {
        *self = Self::start_at(self.address).await;
    }

    /// Connections stay, and nothing answers.
    pub(crate) fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Goes on after [`Redis::pause`].
    pub(crate) fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // Killed already, or at its end.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
