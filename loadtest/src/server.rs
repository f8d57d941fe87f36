//! A server under test: a process of its own, on a free port of the loopback.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::Fault;
use crate::http::{Connection, request};
use crate::stage::Stage;

/// How long a server may take to be ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// The running server. It ends when this is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    folder: std::path::PathBuf,
    child: Child,
}

impl Server {
    /// Starts it on a schema of the stage's PostgreSQL; its log goes to a file. Returns when it is ready.
    ///
    /// # Errors
    /// When it does not become ready.
    pub(crate) async fn start(stage: &Stage, schema: &str, flags: &[&str]) -> Result<Self, Fault> {
        Self::start_at(free_address()?, stage, schema, flags).await
    }

    /// As [`Self::start`], on an address that is free.
    ///
    /// # Errors
    /// When it does not become ready.
    pub(crate) async fn start_at(
        address: SocketAddr,
        stage: &Stage,
        schema: &str,
        flags: &[&str],
    ) -> Result<Self, Fault> {
        let folder = stage.folder.join(schema);
        std::fs::create_dir_all(&folder)?;
        let log = folder.join("server.log");
        let log = File::options().create(true).append(true).open(log)?;
        let child = stage
            .under_test(&stage.redress)
            .args([
                "serve",
                "--rate-limits=off",
                // A year of complaints must not go in the middle of a measurement.
                "--retention=off",
                "--log-format=json",
                "--listen",
            ])
            .arg(address.to_string())
            .args([
                "--database-schema",
                schema,
                "--database-url",
                &stage.database_url()?,
            ])
            .args([
                "--jwt-secret=a secret of load tests, long enough",
                "--access-token-ttl=7200",
            ])
            .arg("--data-dir")
            .arg(&folder)
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            // Ctrl-C in a terminal is for us, who have to ask it for its figures before it ends.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let server = Self {
            address,
            pid: child.id().ok_or("the server ended at once")?,
            folder,
            child,
        };
        server.wait_until_ready().await?;
        Ok(server)
    }

    /// Waits until it takes requests.
    ///
    /// # Errors
    /// When it does not within a while.
    pub(crate) async fn wait_until_ready(&self) -> Result<(), Fault> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Ok(mut connection) = Connection::open(self.address).await {
                let asked = request("GET", "/readyz", self.address, "", b"");
                if connection
                    .ask(&asked)
                    .await
                    .is_ok_and(|answer| answer.status == 200)
                {
                    return Ok(());
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!(
            "the server is not ready; see {}",
            self.folder.join("server.log").display()
        )
        .into())
    }

    /// An access token.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) async fn login(&self, email: &str, password: &str) -> Result<String, Fault> {
        let body = json!({"email": email, "password": password}).to_string();
        let asked = request(
            "POST",
            "/api/v1/auth/login",
            self.address,
            "",
            body.as_bytes(),
        );
        let answer = Connection::open(self.address).await?.ask(&asked).await?;
        let tokens: Value = serde_json::from_slice(&answer.body)?;
        let token = tokens.get("access_token").and_then(Value::as_str);
        Ok(token.ok_or("the login was refused")?.to_owned())
    }

    /// A series of `/metrics`.
    ///
    /// # Errors
    /// When the server does not answer.
    pub(crate) async fn metric(&self, series: &str) -> Result<f64, Fault> {
        let asked = request("GET", "/metrics", self.address, "", b"");
        let answer = Connection::open(self.address).await?.ask(&asked).await?;
        let page = String::from_utf8(answer.body)?;
        let value = page
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        Ok(value.unwrap_or("0").trim().parse()?)
    }

    /// Kills it with SIGKILL, as a loss of power would, and waits until it is gone.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub(crate) async fn kill(mut self) -> Result<(), Fault> {
        Ok(self.child.kill().await?)
    }

    /// Stops it in order.
    ///
    /// # Errors
    /// When it cannot be told.
    pub(crate) async fn stop(mut self) -> Result<(), Fault> {
        let told = Command::new("kill")
            .arg(self.pid.to_string())
            .status()
            .await?;
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        if told.success() && ended.is_ok() {
            return Ok(());
        }
        self.child.kill().await?;
        Ok(())
    }
}

fn free_address() -> Result<SocketAddr, Fault> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
