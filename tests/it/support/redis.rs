//! A Redis of the test's own.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use redis::Client;
use rustix::process::{Pid, Signal, kill_process};

use super::eventually;

/// The running Redis; killed when it goes out of scope.
pub(crate) struct Redis {
    address: SocketAddr,
    child: Child,
}

impl Redis {
    /// Starts it at an address and waits until it answers.
    pub(crate) async fn start(address: SocketAddr) -> Self {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &address.port().to_string()])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is missing: scripts/setup --test-tools installs it");
        let redis = Self { address, child };
        eventually("Redis answers", async || redis.flush().await).await;
        redis
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Forgets everything; `None` when it does not answer.
    pub(crate) async fn flush(&self) -> Option<()> {
        let client = Client::open(format!("redis://{}", self.address)).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.ok()?;
        redis::cmd("FLUSHALL")
            .exec_async(&mut connection)
            .await
            .ok()
    }

    /// Sends a signal, such as SIGSTOP.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
