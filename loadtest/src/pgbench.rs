//! Runs PostgreSQL's own `pgbench`, the yardstick that anybody can repeat, over the cluster's socket.

use std::error::Error;
use std::path::{Path, PathBuf};

use redress::embedded::Cluster;
use serde::Serialize;
use tokio::process::Command;
use tokio_postgres::config::Host;

/// What `pgbench` said of one run.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PgbenchRun {
    pub(crate) clients: usize,
    pub(crate) per_second: f64,
    pub(crate) average_ms: f64,
}

/// `pgbench` and the cluster that it measures.
pub(crate) struct Pgbench {
    program: PathBuf,
    socket: PathBuf,
}

impl Pgbench {
    /// The program that lies beside the server program which runs the cluster.
    ///
    /// # Errors
    /// When PostgreSQL does not say which program runs it, or it listens on no socket.
    pub(crate) fn of(cluster: &Cluster) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let options = std::fs::read_to_string(cluster.directory().join("postmaster.opts"))?;
        let server = options.split_whitespace().next().unwrap_or_default();
        let config = cluster.connection();
        let Some(Host::Unix(socket)) = config.get_hosts().first() else {
            return Err("the cluster has no socket".into());
        };
        Ok(Self {
            program: Path::new(server).with_file_name("pgbench"),
            socket: socket.clone(),
        })
    }

    /// Runs a script, prepared, with two threads.
    ///
    /// # Errors
    /// When it cannot run or says something unexpected.
    pub(crate) async fn run(
        &self,
        script: &Path,
        clients: usize,
        seconds: u64,
    ) -> Result<PgbenchRun, Box<dyn Error + Send + Sync>> {
        let (clients_word, seconds) = (clients.to_string(), seconds.to_string());
        let output = Command::new(&self.program)
            .args([
                "--no-vacuum",
                "--protocol=prepared",
                "--jobs=2",
                "--client",
                &clients_word,
            ])
            .args([
                "--time",
                &seconds,
                "--username=redress",
                "--port=5432",
                "--host",
            ])
            .arg(&self.socket)
            .arg("--file")
            .arg(script)
            .arg("redress")
            .output()
            .await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let figure = |name: &str| -> Option<f64> {
            let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
            rest.split_whitespace().next()?.parse().ok()
        };
        match (figure("tps = "), figure("latency average = ")) {
            (Some(per_second), Some(average_ms)) => Ok(PgbenchRun {
                clients,
                per_second,
                average_ms,
            }),
            _ => Err(format!("{text}{}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    }
}
