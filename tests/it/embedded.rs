//! The private PostgreSQL, on the real programs of this machine: its life, and how it survives
//! kills, crowded folders and closed doors. Run as root and as an ordinary user, all of it holds.

mod folders;
mod kills;
mod life;

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use redress::embedded::{Cluster, EmbeddedError};
use rustix::process::Pid;
use tempfile::TempDir;
use tokio::time::Instant;
use tokio_postgres::{Client, NoTls};

const PATIENCE: Duration = Duration::from_secs(60);

/// A folder that PostgreSQL's account can enter, gone at the end of the test.
fn open_folder() -> TempDir {
    folder_with_mode(0o711)
}

fn folder_with_mode(mode: u32) -> TempDir {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(mode))
        .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        .unwrap()
}

async fn start(data: &Path) -> Result<Cluster, EmbeddedError> {
    Cluster::start(data, &|_| {}).await
}

async fn start_with_messages(data: &Path) -> (Cluster, String) {
    let messages = Mutex::new(String::new());
    let report = |message: &str| {
        let mut all = messages.lock().unwrap();
        all.push_str(message);
        all.push('\n');
    };
    let cluster = Cluster::start(data, &report).await.unwrap();
    (cluster, messages.into_inner().unwrap())
}

/// The error of a start that must fail.
async fn refusal(data: &Path) -> String {
    match start(data).await {
        Ok(_) => panic!("started in {}", data.display()),
        Err(error) => error.to_string(),
    }
}

async fn connect(config: tokio_postgres::Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn remember(cluster: &Cluster, what: &str) {
    remember_by(&connect(cluster.connection()).await, what).await;
}

async fn remember_by(client: &Client, what: &str) {
    let table = "CREATE TABLE IF NOT EXISTS remembered (what text NOT NULL)";
    client.batch_execute(table).await.unwrap();
    let insert = "INSERT INTO remembered VALUES ($1)";
    client.execute(insert, &[&what]).await.unwrap();
}

async fn remembered(cluster: &Cluster) -> Vec<String> {
    let client = connect(cluster.connection()).await;
    let rows = client.query("SELECT what FROM remembered ORDER BY what", &[]);
    rows.await.unwrap().iter().map(|row| row.get(0)).collect()
}

async fn value(cluster: &Cluster, query: &str) -> String {
    let client = connect(cluster.connection()).await;
    client.query_one(query, &[]).await.unwrap().get(0)
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The parent processes of PostgreSQL that run on the cluster.
#[cfg(target_os = "linux")]
fn postgres_processes(cluster: &Path) -> Vec<i32> {
    let runs_on = |pid: &i32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let cluster = cluster.to_str().unwrap().as_bytes();
        line.split(|&byte| byte == 0).any(|word| word == cluster)
    };
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(runs_on).collect()
}

#[cfg(not(target_os = "linux"))]
fn postgres_processes(cluster: &Path) -> Vec<i32> {
    let listed = Command::new("ps").args(["-axo", "pid=,args="]).output();
    let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
    let started_on = format!("-D {} ", cluster.display());
    let lines = listed.lines().filter(|line| line.contains(&started_on));
    let pids = lines.filter_map(|line| line.split_whitespace().next()?.parse().ok());
    pids.collect()
}

/// A server that has started a cluster.
struct Holder {
    process: Child,
    postgres: Pid,
    cluster: PathBuf,
}

impl Holder {
    async fn start(data: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_redress"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut told = lines.by_ref().map(Result::unwrap);
        assert!(
            told.any(|line| line.contains("ready at")),
            "it is not ready"
        );
        std::thread::spawn(move || lines.for_each(drop));
        let client = connect(redress::embedded::running(data).unwrap()).await;
        remember_by(&client, "committed before the kill").await;
        let directory = client.query_one("SHOW data_directory", &[]).await.unwrap();
        let cluster = PathBuf::from(directory.get::<_, String>(0));
        let pid_file = fs::read_to_string(cluster.join("postmaster.pid")).unwrap();
        let pid = pid_file.lines().next().unwrap().parse().unwrap();
        Self {
            process,
            postgres: Pid::from_raw(pid).unwrap(),
            cluster,
        }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
