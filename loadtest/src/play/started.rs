//! A server of our own with its PostgreSQL: an empty database with the demonstration's content, on a free
//! port, in a folder below `target/`. Both can be killed and started again.

use std::net::SocketAddr;

use redress::demo::DemoFile;

use crate::server::Server;
use crate::stage::Stage;
use crate::{Fault, say};

/// The schema and, below the stage's folder, the data folder.
const NAME: &str = "redress";
/// Room for as many sockets as a run has, from one address and by three accounts; a photo's pictures may
/// take longer where no compiler made them fast.
const FLAGS: [&str; 6] = [
    "--demo",
    "--max-connections-account=100000",
    "--max-connections-address=100000",
    "--max-connections=100000",
    "--rate-connections=100000",
    "--photo-time=30",
];

/// Where it runs.
pub(crate) struct Started {
    stage: Option<Stage>,
    server: Option<Server>,
    address: SocketAddr,
}

impl Started {
    /// Starts both.
    ///
    /// # Errors
    /// When one does not start.
    pub(crate) async fn begin(name: &str) -> Result<Self, Fault> {
        let stage = Stage::set(name).await?;
        let server = Server::start(&stage, NAME, &FLAGS).await?;
        Ok(Self {
            address: server.address,
            server: Some(server),
            stage: Some(stage),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The demonstration's credentials.
    ///
    /// # Errors
    /// When the server left none.
    pub(crate) fn demo(&self) -> Result<DemoFile, Fault> {
        let folder = &self.stage()?.folder;
        Ok(DemoFile::read(&folder.join(NAME).join("demo.json"))?)
    }

    /// The process ids of the server and of PostgreSQL, of what runs now.
    pub(crate) fn pids(&self) -> (Option<u32>, Option<u32>) {
        let server = self.server.as_ref().map(|server| server.pid);
        let database = self.stage.as_ref().map(|stage| stage.cluster.pid());
        (server, database.and_then(|pid| pid.try_into().ok()))
    }

    /// Kills the server, and starts another one where it was.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn kill_server(&mut self) -> Result<(), Fault> {
        let server = self.server.take().ok_or("there is no server")?;
        server.kill().await?;
        let stage = self.stage()?;
        let server = Server::start_at(self.address, stage, NAME, &FLAGS).await?;
        self.server = Some(server);
        Ok(())
    }

    /// Kills PostgreSQL, and starts it again on what it left; returns when the server is ready again.
    ///
    /// # Errors
    /// When it does not start, or the server does not find it.
    pub(crate) async fn kill_database(&mut self) -> Result<(), Fault> {
        let stage = self.stage.take().ok_or("there is no database")?;
        self.stage = Some(stage.crash().await?);
        let server = self.server.as_ref().ok_or("there is no server")?;
        server.wait_until_ready().await
    }

    /// What the database has: complaints, and regions whose events are not numbered without a gap.
    ///
    /// # Errors
    /// What PostgreSQL says.
    pub(crate) async fn stored(&self) -> Result<(i64, i64), Fault> {
        let client = self.stage()?.connect(NAME).await?;
        let count = |statement| client.query_one(statement, &[]);
        let complaints = count(include_str!("../../sql/complaints_stored.sql")).await?;
        let gaps = count(include_str!("../../sql/regions_with_gaps.sql")).await?;
        Ok((complaints.try_get(0)?, gaps.try_get(0)?))
    }

    /// The version of PostgreSQL.
    ///
    /// # Errors
    /// What PostgreSQL says.
    pub(crate) async fn database_version(&self) -> Result<String, Fault> {
        self.stage()?.execute("").await
    }

    /// Stops both, and removes the folder.
    ///
    /// # Errors
    /// When one does not stop.
    pub(crate) async fn end(mut self) -> Result<(), Fault> {
        if let Some(server) = self.server.take() {
            say("stopping the server");
            server.stop().await?;
        }
        match self.stage.take() {
            Some(stage) => stage.strike().await,
            None => Ok(()),
        }
    }

    fn stage(&self) -> Result<&Stage, Fault> {
        self.stage
            .as_ref()
            .ok_or_else(|| "there is no database".into())
    }
}
