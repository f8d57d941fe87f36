//! Its ordinary life: made once, durable, private, stopped, and missed when it dies.

use std::fs;
use std::os::unix::fs::MetadataExt;

use rustix::process::{Pid, Signal, kill_process};

use super::{
    PATIENCE, connect, open_folder, postgres_processes, remember, remembered, start,
    start_with_messages, value,
};

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
        ("SHOW min_wal_size", "1GB"),
        (
            // LZ4 wherever this PostgreSQL has it.
            "SELECT (CASE WHEN 'lz4' = ANY (enumvals) THEN setting = 'lz4' ELSE setting IN ('on', 'pglz') END)::text
            FROM pg_settings WHERE name = 'wal_compression'",
            "true",
        ),
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
async fn stopping_twice_is_stopping_once() {
    let folder = open_folder();
    let mut cluster = start(folder.path()).await.unwrap();
    cluster.stop().await.unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn cluster_that_is_dropped_lets_the_next_start_go_ahead() {
    let folder = open_folder();
    drop(start(folder.path()).await.unwrap());
    let mut next = start(folder.path()).await.unwrap();
    assert_eq!(postgres_processes(next.directory()), [next.pid()]);
    next.stop().await.unwrap();
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
