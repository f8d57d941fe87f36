//! The stage of a benchmark: an empty folder below `target/`, a private PostgreSQL in it, and the
//! programs that lie beside this one.

use std::path::{Path, PathBuf};

use redress::embedded::Cluster;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Command;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};

use crate::cores::Split;
use crate::{Fault, say};

const CHECKPOINT: &str = include_str!("../sql/checkpoint.sql");
/// The file that says that a folder's database is complete.
const KEPT: &str = "kept";

/// A running PostgreSQL and where things are.
pub(crate) struct Stage {
    pub(crate) folder: PathBuf,
    pub(crate) cluster: Cluster,
    /// The server's program.
    pub(crate) redress: PathBuf,
    /// This program.
    pub(crate) own: PathBuf,
    split: Option<Split>,
}

impl Stage {
    /// Sets it up; what an earlier run left in the folder is removed.
    ///
    /// # Errors
    /// When the server's program is missing or PostgreSQL does not start.
    pub(crate) async fn set(name: &str) -> Result<Self, Fault> {
        Self::on(name, true, None).await
    }

    /// As [`Self::set`], with a core for what is tested, and the others for everything else.
    ///
    /// # Errors
    /// When the server's program is missing or PostgreSQL does not start.
    pub(crate) async fn set_apart(name: &str) -> Result<Self, Fault> {
        Self::on(name, true, Split::begin()).await
    }

    /// Sets it up on what the run before left there, if it did; whether it did.
    ///
    /// # Errors
    /// When the server's program is missing or PostgreSQL does not start.
    pub(crate) async fn set_again(name: &str) -> Result<(Self, bool), Fault> {
        let stage = Self::on(name, false, None).await?;
        let is_old = stage.folder.join(KEPT).exists();
        Ok((stage, is_old))
    }

    async fn on(name: &str, is_new: bool, split: Option<Split>) -> Result<Self, Fault> {
        let own = std::env::current_exe()?;
        let redress = own.with_file_name("redress");
        if !redress.exists() {
            return Err(format!(
                "{} is missing: cargo build --release --workspace",
                redress.display()
            )
            .into());
        }
        let target = own.ancestors().nth(2).ok_or("no target folder")?;
        let folder = target.join("loadtest").join(name);
        if folder.exists() && (is_new || !folder.join(KEPT).exists()) {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let cluster = Cluster::start(&folder, &|line| say(line)).await?;
        Ok(Self {
            folder,
            cluster,
            redress,
            own,
            split,
        })
    }

    /// A program that is tested: on its own core, if there is one for it.
    pub(crate) fn under_test(&self, program: &Path) -> Command {
        match &self.split {
            Some(split) => split.under_test(program),
            None => Command::new(program),
        }
    }

    /// Which core does what, as a condition of a report.
    pub(crate) fn cores(&self) -> String {
        let shared = || "all processes share all cores".to_owned();
        self.split.as_ref().map_or_else(shared, Split::said)
    }

    /// PostgreSQL as `DATABASE_URL`.
    ///
    /// # Errors
    /// When it listens on no socket.
    pub(crate) fn database_url(&self) -> Result<String, Fault> {
        let config = self.cluster.connection();
        let Some(Host::Unix(socket)) = config.get_hosts().first() else {
            return Err("the cluster has no socket".into());
        };
        let socket = socket.display().to_string().replace('/', "%2F");
        Ok(format!("postgres://redress@{socket}:5432/redress"))
    }

    /// Runs statements, and returns PostgreSQL's version.
    ///
    /// # Errors
    /// What PostgreSQL says.
    pub(crate) async fn execute(&self, statements: &str) -> Result<String, Fault> {
        Self::execute_on(&self.cluster.connection(), statements).await
    }

    /// Writes what the stage was filled with to the disk, so that it does not happen while something is measured, and
    /// returns PostgreSQL's version.
    ///
    /// # Errors
    /// What PostgreSQL says.
    pub(crate) async fn checkpoint(&self) -> Result<String, Fault> {
        Self::execute_on(&self.cluster.administration(), CHECKPOINT).await
    }

    async fn execute_on(config: &Config, statements: &str) -> Result<String, Fault> {
        let (client, connection) = config.connect(NoTls).await?;
        let driver = tokio::spawn(connection);
        client.batch_execute(statements).await?;
        let version = client
            .query_one("SHOW server_version", &[])
            .await?
            .try_get(0)?;
        drop(client);
        driver.await??;
        Ok(version)
    }

    /// A connection to PostgreSQL for one schema. It ends when the client is dropped.
    ///
    /// # Errors
    /// What PostgreSQL says.
    pub(crate) async fn connect(&self, schema: &str) -> Result<Client, Fault> {
        let mut config = self.cluster.connection();
        let (client, connection) = config
            .options(format!("-c search_path={schema}"))
            .connect(NoTls)
            .await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Runs a subcommand of the server's program on one schema, such as an import of a file.
    ///
    /// # Errors
    /// What it says when it fails.
    pub(crate) async fn administer(
        &self,
        schema: &str,
        words: &[&str],
        file: &Path,
    ) -> Result<(), Fault> {
        let output = Command::new(&self.redress)
            .args(words)
            .arg(file)
            .args(["--database-schema", schema])
            .args(["--database-url", &self.database_url()?])
            .output()
            .await?;
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }

    /// Kills PostgreSQL, as a loss of power would, and starts it again on what it left.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn crash(self) -> Result<Self, Fault> {
        let Self {
            folder,
            cluster,
            redress,
            own,
            split,
        } = self;
        let died = cluster.died();
        let pid = Pid::from_raw(cluster.pid()).ok_or("PostgreSQL has no process")?;
        kill_process(pid, Signal::KILL)?;
        died.await;
        // Its locks on the folder go with it.
        drop(cluster);
        let cluster = Cluster::start(&folder, &|line| say(line)).await?;
        Ok(Self {
            folder,
            cluster,
            redress,
            own,
            split,
        })
    }

    /// Stops PostgreSQL and leaves the folder for [`Self::set_again`].
    ///
    /// # Errors
    /// When PostgreSQL does not stop.
    pub(crate) async fn leave(mut self) -> Result<(), Fault> {
        self.cluster.stop().await?;
        Ok(std::fs::write(self.folder.join(KEPT), "")?)
    }

    /// Stops PostgreSQL and removes the folder.
    ///
    /// # Errors
    /// When PostgreSQL does not stop.
    pub(crate) async fn strike(mut self) -> Result<(), Fault> {
        self.cluster.stop().await?;
        std::fs::remove_dir_all(&self.folder)?;
        Ok(())
    }
}
