//! A PostgreSQL that a run may stop and start, behind a proxy whose address stays.

use std::path::{Path, PathBuf};

use redress::embedded::Cluster;
use redress::store::connect::Database;
use redress::store::migrate;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};

use super::support::eventually;
use super::support::postgres::TestDatabase;
use super::support::program::data_folder;
use super::support::proxy::{Place, Proxy};

pub(super) struct OwnPostgres {
    folder: TempDir,
    cluster: Option<Cluster>,
    pub(super) proxy: Proxy,
}

impl OwnPostgres {
    /// Starts it, with an empty, migrated database.
    pub(super) async fn start(seed: u64) -> Self {
        let folder = data_folder();
        let cluster = Cluster::start(folder.path(), &|_| {}).await.unwrap();
        let proxy = Proxy::before(place(&cluster), seed).await;
        let own = Self {
            folder,
            cluster: Some(cluster),
            proxy,
        };
        let database = Database::from_url(&own.url(), "redress").unwrap();
        migrate::migrate(&database).await.unwrap();
        own
    }

    /// As `DATABASE_URL`.
    pub(super) fn url(&self) -> String {
        let address = self.proxy.address();
        format!("postgres://redress@{address}/redress?sslmode=disable")
    }

    pub(super) fn database(&self) -> TestDatabase {
        TestDatabase::at(&self.url(), "redress")
    }

    /// A connection as the superuser, which does not go through the proxy.
    pub(super) async fn administer(&self) -> Client {
        connect(&self.cluster.as_ref().unwrap().administration()).await
    }

    /// The folder of its socket.
    pub(super) fn socket_folder(&self) -> PathBuf {
        let place = place(self.cluster.as_ref().unwrap());
        let Place::Unix(path) = place else {
            panic!("it listens on a Unix socket")
        };
        path.parent().unwrap().to_owned()
    }

    /// The folder of the cluster.
    pub(super) fn directory(&self) -> &Path {
        self.cluster.as_ref().unwrap().directory()
    }

    /// Where a run may put more.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops it as a crash does: immediately, without a checkpoint.
    pub(super) async fn crash(&mut self) {
        let cluster = self.cluster.take().unwrap();
        let died = cluster.died();
        kill_process(Pid::from_raw(cluster.pid()).unwrap(), Signal::QUIT).unwrap();
        died.await;
    }

    /// Starts it again, with recovery.
    pub(super) async fn start_again(&mut self) {
        self.start_apart().await;
        let cluster = self.cluster.as_ref().unwrap();
        self.proxy.forward_to(place(cluster));
    }

    /// Starts it again, and leaves the proxy as it is.
    pub(super) async fn start_apart(&mut self) {
        let cluster = Cluster::start(self.folder.path(), &|_| {}).await.unwrap();
        self.cluster = Some(cluster);
    }

    /// Its database in the server's schema, not through the proxy.
    pub(super) fn by_socket(&self) -> Config {
        let mut config = self.cluster.as_ref().unwrap().connection();
        config.options("-c search_path=redress");
        config
    }
}

/// Opens a connection, as soon as it can be had.
pub(super) async fn connect(config: &Config) -> Client {
    let opened = async || config.connect(NoTls).await.ok();
    let (client, connection) = eventually("PostgreSQL answers", opened).await;
    tokio::spawn(connection);
    client
}

fn place(cluster: &Cluster) -> Place {
    let config = cluster.administration();
    let Some(Host::Unix(folder)) = config.get_hosts().first() else {
        panic!("it listens on a Unix socket")
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    Place::Unix(folder.join(format!(".s.PGSQL.{port}")))
}
