//! Folders that are foreign, closed, deep or no folders: an error that names them, or a way around.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use super::{
    folder_with_mode, open_folder, refusal, remember, remembered, start, start_with_messages,
};

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
