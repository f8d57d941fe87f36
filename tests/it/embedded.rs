//! The private PostgreSQL, on the real programs of this machine: its life, and how it survives
//! kills, crowded folders and closed doors. Run as root and as an ordinary user, all of it holds.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use redress::embedded::{Cluster, EmbeddedError};
use rustix::process::{Pid, Signal, geteuid, kill_process};
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
    let client = connect(cluster.connection()).await;
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

/// A process that has started a cluster: this program again, running the test below.
struct Holder {
    process: Child,
    postgres: Pid,
    cluster: PathBuf,
}

impl Holder {
    fn start(data: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["embedded::holds_a_cluster_until_killed", "--exact"])
            .args(["--ignored", "--nocapture"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = process.stdin.take().unwrap();
        writeln!(stdin, "{}", data.display()).unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let told = lines.find_map(|line| {
            let (_, told) = line.unwrap().split_once("HOLDING ").map(own)?;
            Some(told)
        });
        let (pid, cluster) = told.unwrap().split_once(' ').map(own).unwrap();
        Self {
            process,
            postgres: Pid::from_raw(pid.parse().unwrap()).unwrap(),
            cluster: cluster.into(),
        }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn own((left, right): (&str, &str)) -> (String, String) {
    (left.to_owned(), right.to_owned())
}

#[tokio::test]
#[ignore = "not a test: the process that other tests kill; reads a data folder from its input"]
async fn holds_a_cluster_until_killed() {
    let mut data = String::new();
    std::io::stdin().read_line(&mut data).unwrap();
    if data.trim().is_empty() {
        return;
    }
    let cluster = start(Path::new(data.trim())).await.unwrap();
    remember(&cluster, "committed before the kill").await;
    println!(
        "HOLDING {} {}",
        cluster.pid(),
        cluster.directory().display()
    );
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn cluster_is_created_once_and_keeps_its_data() {
    let folder = open_folder();
    let data = folder.path().join("data");
    let (mut first, messages) = start_with_messages(&data).await;
    assert!(
        messages.contains("creating the private PostgreSQL"),
        "{messages}"
    );
    assert_eq!(first.directory(), data.join("postgres"));
    remember(&first, "from the first run").await;
    first.stop().await.unwrap();

    let (mut second, messages) = start_with_messages(&data).await;
    assert!(!messages.contains("creating"), "{messages}");
    assert_eq!(remembered(&second).await, ["from the first run"]);
    second.stop().await.unwrap();
    assert!(postgres_processes(second.directory()).is_empty());
}

#[tokio::test]
async fn database_is_durable_private_and_used_by_an_ordinary_role() {
    let folder = open_folder();
    let mut cluster = start(folder.path()).await.unwrap();
    let expected = [
        ("SHOW fsync", "on"),
        ("SHOW synchronous_commit", "on"),
        ("SHOW full_page_writes", "on"),
        ("SHOW listen_addresses", ""),
        ("SHOW server_encoding", "UTF8"),
        ("SHOW data_checksums", "on"),
        ("SELECT current_user::text", "redress"),
        (
            "SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user",
            "false",
        ),
        (
            "SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()",
            "redress",
        ),
    ];
    for (query, answer) in expected {
        assert_eq!(value(&cluster, query).await, answer, "{query}");
    }
    let socket = fs::metadata(folder.path().join("socket")).unwrap();
    assert_eq!(socket.mode() & 0o777, 0o700);
    assert_ne!(fs::metadata(cluster.directory()).unwrap().uid(), 0);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn superuser_is_at_hand_for_maintenance() {
    let folder = open_folder();
    let mut cluster = start(folder.path()).await.unwrap();
    let superuser = connect(cluster.administration()).await;
    superuser
        .batch_execute("CREATE DATABASE scratch")
        .await
        .unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn second_server_on_a_folder_is_refused_with_the_pid_of_the_first() {
    let folder = open_folder();
    let mut first = start(folder.path()).await.unwrap();
    let refusal = refusal(folder.path()).await;
    let pid = std::process::id();
    assert!(refusal.contains(&format!("(process {pid})")), "{refusal}");
    assert!(refusal.contains("--data-dir"), "{refusal}");
    remember(&first, "undisturbed").await;
    first.stop().await.unwrap();
}

#[tokio::test]
async fn killed_server_leaves_committed_data_and_never_two_postgres() {
    let folder = open_folder();
    let mut holder = Holder::start(folder.path());
    for _ in 0..2 {
        holder.kill();
        let mut next = start(folder.path()).await.unwrap();
        assert!(
            remembered(&next)
                .await
                .contains(&"committed before the kill".to_owned())
        );
        assert_eq!(postgres_processes(next.directory()), [next.pid()]);
        next.stop().await.unwrap();
        holder = Holder::start(folder.path());
    }
    holder.kill();
    if cfg!(not(target_os = "linux")) {
        return;
    }
    until("the kernel has had PostgreSQL shut down", || {
        postgres_processes(&holder.cluster).is_empty()
    })
    .await;
}

#[tokio::test]
async fn postgres_that_outlived_its_server_is_shut_down_first() {
    let folder = open_folder();
    let mut holder = Holder::start(folder.path());
    let mut socket = tokio_postgres::Config::new();
    socket.host_path(folder.path().join("socket")).port(5432);
    let client = connect(socket.user("redress").dbname("redress").clone()).await;
    let row = client.query_one("SELECT pg_backend_pid()", &[]).await;
    let session = Pid::from_raw(row.unwrap().get(0)).unwrap();
    // A shutdown waits for its sessions, and this one cannot hear of it.
    kill_process(session, Signal::STOP).unwrap();
    holder.kill();

    let messages = Mutex::new(Vec::new());
    let report = |message: &str| {
        messages.lock().unwrap().push(message.to_owned());
        if message.contains("still runs") {
            kill_process(session, Signal::CONT).unwrap();
        }
    };
    let mut next = Cluster::start(folder.path(), &report).await.unwrap();
    let told = messages.lock().unwrap().join("\n");
    assert!(
        told.contains(&format!("process {}) still runs", holder.postgres)),
        "{told}"
    );
    assert_eq!(postgres_processes(next.directory()), [next.pid()]);
    assert_eq!(remembered(&next).await, ["committed before the kill"]);
    next.stop().await.unwrap();
}

#[tokio::test]
async fn lock_file_naming_another_program_is_no_obstacle() {
    let folder = open_folder();
    let mut first = start(folder.path()).await.unwrap();
    first.stop().await.unwrap();
    drop(first);
    let mut stranger = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let lock_file = folder.path().join("postgres/postmaster.pid");
    fs::write(&lock_file, format!("{}\n/elsewhere\n", stranger.id())).unwrap();

    let (mut second, messages) = start_with_messages(folder.path()).await;
    assert!(
        messages.contains("which is not its PostgreSQL"),
        "{messages}"
    );
    assert!(stranger.try_wait().unwrap().is_none(), "killed a stranger");
    second.stop().await.unwrap();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[tokio::test]
async fn postgres_that_dies_is_reported_with_its_log_and_recovers_at_the_next_start() {
    let folder = open_folder();
    let cluster = start(folder.path()).await.unwrap();
    remember(&cluster, "before the crash").await;
    let died = cluster.died();
    kill_process(Pid::from_raw(cluster.pid()).unwrap(), Signal::KILL).unwrap();
    let told = tokio::time::timeout(PATIENCE, died).await.unwrap();
    assert!(told.contains("killed by signal 9"), "{told}");
    assert!(told.contains("postgres.log"), "{told}");
    drop(cluster);

    let mut next = start(folder.path()).await.unwrap();
    assert_eq!(remembered(&next).await, ["before the crash"]);
    next.stop().await.unwrap();
}

#[tokio::test]
async fn cluster_that_is_dropped_lets_the_next_start_go_ahead() {
    let folder = open_folder();
    drop(start(folder.path()).await.unwrap());
    let mut next = start(folder.path()).await.unwrap();
    assert_eq!(postgres_processes(next.directory()), [next.pid()]);
    next.stop().await.unwrap();
}

#[tokio::test]
async fn stopping_twice_is_stopping_once() {
    let folder = open_folder();
    let mut cluster = start(folder.path()).await.unwrap();
    cluster.stop().await.unwrap();
    cluster.stop().await.unwrap();
}

#[test]
fn cluster_outlives_the_thread_that_started_it() {
    let folder = open_folder();
    let data = folder.path().to_owned();
    let started = std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(start(&data)).unwrap()
    });
    let mut cluster = started.join().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        remember(&cluster, "after the thread").await;
        assert_eq!(remembered(&cluster).await, ["after the thread"]);
        cluster.stop().await.unwrap();
    });
}

#[tokio::test]
async fn half_made_cluster_is_removed_and_made_anew() {
    let folder = open_folder();
    let draft = folder.path().join("postgres.new-cut-short");
    fs::create_dir(&draft).unwrap();
    fs::write(draft.join("PG_VERSION"), "15\n").unwrap();
    let mut cluster = start(folder.path()).await.unwrap();
    assert!(!draft.exists());
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn cluster_of_another_version_is_refused_and_left_untouched() {
    let folder = open_folder();
    let mut cluster = start(folder.path()).await.unwrap();
    cluster.stop().await.unwrap();
    let place = cluster.directory().to_owned();
    drop(cluster);
    fs::write(place.join("PG_VERSION"), "12\n").unwrap();
    let before = contents(&place);

    let refusal = refusal(folder.path()).await;
    assert!(refusal.contains("made by PostgreSQL 12"), "{refusal}");
    assert!(refusal.contains(place.to_str().unwrap()), "{refusal}");
    assert_eq!(contents(&place), before);
}

/// Every path below the folder with its size and the time it was changed.
fn contents(folder: &Path) -> Vec<(PathBuf, u64, i64, i64)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let found = fs::symlink_metadata(&path).unwrap();
        all.push((path.clone(), found.len(), found.mtime(), found.mtime_nsec()));
        if found.is_dir() {
            all.extend(contents(&path));
        }
    }
    all.sort();
    all
}

#[tokio::test]
async fn folder_that_is_no_cluster_is_refused_and_left_untouched() {
    let folder = open_folder();
    fs::create_dir(folder.path().join("postgres")).unwrap();
    if geteuid().is_root() {
        let nobody = Some(65534);
        std::os::unix::fs::chown(folder.path().join("postgres"), nobody, nobody).unwrap();
    }
    fs::write(folder.path().join("postgres/thesis.txt"), "mine").unwrap();
    let refusal = refusal(folder.path()).await;
    assert!(
        refusal.contains("holds no PostgreSQL database"),
        "{refusal}"
    );
    let kept = fs::read_to_string(folder.path().join("postgres/thesis.txt"));
    assert_eq!(kept.unwrap(), "mine");
}

#[tokio::test]
async fn folder_that_cannot_be_written_is_named_in_the_refusal() {
    let folder = folder_with_mode(0o555);
    // Modes do not stop root; a file system without files to be made does.
    let data = match geteuid().is_root() {
        true => Path::new("/sys"),
        false => folder.path(),
    };
    let refusal = refusal(data).await;
    assert!(refusal.contains(data.to_str().unwrap()), "{refusal}");
    assert!(
        refusal.contains("cannot write in the data folder"),
        "{refusal}"
    );
    assert!(refusal.contains("--data-dir"), "{refusal}");
}

#[tokio::test]
async fn file_in_place_of_the_folder_is_named_in_the_refusal() {
    let folder = open_folder();
    let file = folder.path().join("data");
    fs::write(&file, "").unwrap();
    let refusal = refusal(&file).await;
    assert!(refusal.contains("is not a folder"), "{refusal}");
    assert!(refusal.contains(file.to_str().unwrap()), "{refusal}");
}

#[tokio::test]
async fn deep_folder_gets_its_socket_in_a_short_private_folder() {
    let folder = open_folder();
    let data = folder.path().join("deep/".repeat(25));
    // Made by hand: below an `umask 077` the account could not enter what the start makes.
    fs::create_dir_all(&data).unwrap();
    let mut cluster = start(&data).await.unwrap();
    assert_eq!(cluster.directory(), data.join("postgres"));
    let record = fs::read_to_string(data.join("postgres-socket-location")).unwrap();
    let socket = fs::metadata(record.trim()).unwrap();
    assert_eq!(socket.mode() & 0o777, 0o700);
    remember(&cluster, "through a short path").await;
    cluster.stop().await.unwrap();
    assert!(!Path::new(record.trim()).exists());
    drop(cluster);

    let mut again = start(&data).await.unwrap();
    assert_eq!(remembered(&again).await, ["through a short path"]);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn folder_that_postgres_cannot_enter_stays_closed_and_the_cluster_lies_elsewhere() {
    let closed = folder_with_mode(0o700);
    let data = closed.path().join("data");
    let (mut cluster, messages) = start_with_messages(&data).await;
    let place = cluster.directory().to_owned();
    if geteuid().is_root() {
        assert!(place.starts_with("/var/lib/redress"), "{}", place.display());
        assert!(messages.contains("cannot enter"), "{messages}");
        assert!(messages.contains(place.parent().unwrap().to_str().unwrap()));
    } else {
        assert_eq!(place, data.join("postgres"));
    }
    assert_eq!(fs::metadata(closed.path()).unwrap().mode() & 0o777, 0o700);
    remember(&cluster, "behind a closed door").await;
    cluster.stop().await.unwrap();
    drop(cluster);

    let mut again = start(&data).await.unwrap();
    assert_eq!(again.directory(), place);
    assert_eq!(remembered(&again).await, ["behind a closed door"]);
    again.stop().await.unwrap();
    fs::remove_dir_all(place.parent().unwrap()).unwrap();
}

#[tokio::test]
async fn record_of_a_cluster_that_is_gone_is_an_error_and_not_an_empty_database() {
    let folder = open_folder();
    fs::write(
        folder.path().join("postgres-location"),
        "/var/lib/redress/gone\n",
    )
    .unwrap();
    let refusal = refusal(folder.path()).await;
    assert!(
        refusal.contains("/var/lib/redress/gone, which is gone"),
        "{refusal}"
    );
}
