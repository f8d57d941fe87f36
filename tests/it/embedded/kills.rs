//! Two servers, killed servers and what they leave behind: never two PostgreSQL on one folder.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use redress::embedded::Cluster;
use rustix::process::{Pid, Signal, kill_process};

use super::{
    Holder, connect, open_folder, postgres_processes, refusal, remember, remembered, start,
    start_with_messages, until,
};

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
    let mut holder = Holder::start(folder.path()).await;
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
        holder = Holder::start(folder.path()).await;
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
    let mut holder = Holder::start(folder.path()).await;
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
async fn half_made_cluster_is_removed_and_made_anew() {
    let folder = open_folder();
    let draft = folder.path().join("postgres.new-cut-short");
    fs::create_dir(&draft).unwrap();
    fs::write(draft.join("PG_VERSION"), "15\n").unwrap();
    let mut cluster = start(folder.path()).await.unwrap();
    assert!(!draft.exists());
    cluster.stop().await.unwrap();
}
