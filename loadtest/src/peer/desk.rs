//! The peer's processes: a supervisor and two workers, in a process group of their own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, Command};
use tokio_postgres::config::Host;

use crate::Fault;
use crate::http::{Connection, request};
use crate::peers::interpreter;
use crate::process::{children_cpu_ns, cpu_ns};
use crate::stage::Stage;

/// What it is made of.
pub(super) const PACKAGES: [&str; 7] = [
    "fastapi==0.165.0",
    "uvicorn==0.54.0",
    "websockets==17.4",
    "sqlalchemy[asyncio]==2.1.9",
    "asyncpg==0.32.0",
    "uvloop==0.23.0",
    "httptools==0.9.0",
];
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peer/desk.py");
const PATIENCE: Duration = Duration::from_secs(30);

/// The peer. All its processes end when this is dropped.
pub(super) struct Desk {
    pub(super) address: SocketAddr,
    pid: u32,
    child: Child,
}

impl Desk {
    /// Installs it unless it is there, and starts it; returns when it answers.
    ///
    /// # Errors
    /// When it cannot be installed, or does not answer.
    pub(super) async fn start(stage: &Stage) -> Result<Self, Fault> {
        let home = stage.folder.parent().ok_or("no folder for the peer")?;
        let python = interpreter(&home.join("peers"), &PACKAGES).await?;
        let config = stage.cluster.connection();
        let Some(Host::Unix(socket)) = config.get_hosts().first() else {
            return Err("the cluster has no socket".into());
        };
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let log = std::fs::File::create(stage.folder.join("peer.log"))?;
        let child = Command::new(python)
            .arg(SCRIPT)
            .arg(address.port().to_string())
            .env("PEER_SOCKET", Path::new(socket))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .process_group(0)
            .spawn()?;
        let desk = Self {
            address,
            pid: child.id().ok_or("the peer ended at once")?,
            child,
        };
        desk.wait_until_ready(&stage.folder).await?;
        Ok(desk)
    }

    async fn wait_until_ready(&self, folder: &Path) -> Result<(), Fault> {
        let begun = Instant::now();
        let asked = request("GET", "/health", self.address, "", b"");
        while begun.elapsed() < PATIENCE {
            if let Ok(mut connection) = Connection::open(self.address).await
                && connection
                    .ask(&asked)
                    .await
                    .is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let log = folder.join("peer.log");
        Err(format!("the peer is not ready; see {}", log.display()).into())
    }

    /// CPU time of all its processes so far, in nanoseconds.
    ///
    /// # Errors
    /// When it is gone.
    pub(super) fn cpu_ns(&self) -> Result<u64, Fault> {
        Ok(cpu_ns(self.pid)? + children_cpu_ns(self.pid)?)
    }

    /// Stops it in order.
    ///
    /// # Errors
    /// When it cannot be told.
    pub(super) async fn stop(mut self) -> Result<(), Fault> {
        let pid = self.own_pid().ok_or("the peer has no process")?;
        kill_process(pid, Signal::TERM)?;
        tokio::time::timeout(PATIENCE, self.child.wait()).await??;
        Ok(())
    }

    fn own_pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.pid).ok()?)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Its workers would go on without it; a group that is gone is what is wanted.
        if let Some(group) = self.own_pid() {
            kill_process_group(group, Signal::KILL).unwrap_or_default();
        }
    }
}
