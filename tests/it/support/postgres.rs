//! One PostgreSQL for the whole test process, a database for each test.
//!
//! It is the one of `TEST_DATABASE_URL` (its role must be allowed to create databases), or a private
//! one that ends with the process. Databases are copies of a migrated template.

use std::fs::Permissions;
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use redress::embedded::Cluster;
use redress::store::connect::Database;
use redress::store::migrate;
use tokio::sync::OnceCell;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};

use super::proxy::Place;

struct Server {
    /// As a role that may create databases.
    administration: Config,
    /// The role that owns the tests' databases.
    owner: String,
    _cluster: Option<Cluster>,
}

static SERVER: OnceCell<Result<Server, String>> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A database of its own; dropped by [`TestDatabase::remove`].
pub(crate) struct TestDatabase {
    name: String,
    url: String,
}

impl TestDatabase {
    /// A migrated, empty database.
    pub(crate) async fn create() -> Self {
        Self::copy_of(Some(&template_name())).await
    }

    /// A database without any table.
    #[allow(dead_code, reason = "for tests of the start, which are in the making")]
    pub(crate) async fn create_empty() -> Self {
        Self::copy_of(None).await
    }

    /// A database that somebody else looks after.
    #[allow(dead_code, reason = "for the soak, which shares this module")]
    pub(crate) fn at(url: &str, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            url: url.to_owned(),
        }
    }

    async fn copy_of(template: Option<&str>) -> Self {
        let server = server().await;
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let name = format!("redress_test_{}_{number}", std::process::id());
        create_database(server, &name, template).await;
        let url = url_of(&server.administration, &server.owner, &name);
        Self { name, url }
    }

    /// As `DATABASE_URL` for a server.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Where its server listens.
    pub(crate) fn place(&self) -> Place {
        let config: Config = self.url.parse().unwrap();
        let port = config.get_ports().first().copied().unwrap_or(5432);
        match &config.get_hosts()[0] {
            Host::Unix(folder) => Place::Unix(folder.join(format!(".s.PGSQL.{port}"))),
            Host::Tcp(host) => {
                let mut addresses = (host.as_str(), port).to_socket_addrs().unwrap();
                Place::Tcp(addresses.next().unwrap())
            }
        }
    }

    /// As `DATABASE_URL` for a server that comes by another address, such as a proxy's.
    pub(crate) fn url_by(&self, address: SocketAddr) -> String {
        let config: Config = self.url.parse().unwrap();
        let user = config.get_user().unwrap_or_default();
        let password = config.get_password().map(String::from_utf8_lossy);
        let password = password.map_or_else(String::new, |password| format!(":{password}"));
        format!(
            "postgres://{user}{password}@{address}/{}?sslmode=disable",
            self.name
        )
    }

    /// A connection of the test's own, in the server's schema.
    pub(crate) async fn connect(&self) -> Client {
        connect_to(&self.url).await
    }

    /// A connection that may end other connections.
    pub(crate) async fn administer(&self) -> Client {
        connect(&server().await.administration).await
    }

    /// The database's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Ends all connections and drops the database.
    pub(crate) async fn remove(self) {
        let client = connect(&server().await.administration).await;
        let drop = format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name);
        client.batch_execute(&drop).await.unwrap();
    }
}

async fn server() -> &'static Server {
    let started = SERVER.get_or_init(start).await;
    started.as_ref().unwrap()
}

/// Made once: where the migrations fail, each test says so at once.
async fn start() -> Result<Server, String> {
    let server = match given_url() {
        Some(url) => {
            let administration: Config = url.parse().unwrap();
            let owner = administration.get_user().unwrap().to_owned();
            Server {
                administration,
                owner,
                _cluster: None,
            }
        }
        None => {
            let cluster = Cluster::start(&folder(), &|_| {}).await.unwrap();
            Server {
                administration: cluster.administration(),
                owner: "redress".into(),
                _cluster: Some(cluster),
            }
        }
    };
    create_database(&server, &template_name(), None).await;
    let url = url_of(&server.administration, &server.owner, &template_name());
    let template = Database::from_url(&url, "redress").unwrap();
    let migrated = migrate::migrate(&template).await;
    migrated
        .map(|_| server)
        .map_err(|error| format!("the migrations fail: {error:?}"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "which server to use is the caller's choice"
)]
fn given_url() -> Option<String> {
    std::env::var("TEST_DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

fn template_name() -> String {
    format!("redress_template_{}", std::process::id())
}

async fn create_database(server: &Server, name: &str, template: Option<&str>) {
    let client = connect(&server.administration).await;
    let template = template.unwrap_or("template0");
    let create = format!(
        "CREATE DATABASE \"{name}\" OWNER \"{}\" TEMPLATE \"{template}\"",
        server.owner
    );
    // The connection that migrated the template may not be gone yet.
    super::eventually(&create, async || client.batch_execute(&create).await.ok()).await;
}

/// A connection to the database at an address, in the server's schema.
pub(crate) async fn connect_to(url: &str) -> Client {
    let mut config: Config = url.parse().unwrap();
    config.options("-c search_path=redress");
    connect(&config).await
}

async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A folder that PostgreSQL's account can enter; folders of earlier runs are taken away.
fn folder() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for entry in std::fs::read_dir(home).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        let owner = name
            .strip_prefix("cluster-")
            .and_then(|pid| pid.parse::<i32>().ok());
        let alive = owner.is_some_and(|pid| Path::new(&format!("/proc/{pid}")).exists());
        if owner.is_some() && !alive {
            // Left by a run that was killed; two runs may clear it away at once.
            std::fs::remove_dir_all(entry.path()).ok();
        }
    }
    let folder = home.join(format!("cluster-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, Permissions::from_mode(0o711)).unwrap();
    folder
}

fn url_of(server: &Config, user: &str, database: &str) -> String {
    let port = server.get_ports().first().copied().unwrap_or(5432);
    let password = server
        .get_password()
        .map(|password| String::from_utf8(password.to_vec()).unwrap());
    let credentials = match password {
        Some(password) => format!("{user}:{password}"),
        None => user.to_owned(),
    };
    match &server.get_hosts()[0] {
        Host::Tcp(host) => {
            format!("postgres://{credentials}@{host}:{port}/{database}?sslmode=disable")
        }
        Host::Unix(path) => {
            let path = path.display().to_string().replace('/', "%2F");
            format!("postgres://{credentials}@{path}:{port}/{database}")
        }
    }
}
