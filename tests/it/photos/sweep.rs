//! What crashes leave in the store is found and removed; a dry run only tells.

use std::fs;
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::{Case, files};
use crate::support::call::call;
use crate::support::{TestApp, eventually};

fn sweep(app: &TestApp, more: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redress"));
    command
        .args(["photos", "sweep"])
        .args(["--database-url", app.database().url(), "--photo-store"])
        .arg(app.photos())
        .args(more);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    said
}

#[actix::test]
async fn a_sweep_removes_blobs_without_a_row_and_nothing_else() {
    let app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    let id = case.send_one(&app).await;
    case.done(&app, &id).await;
    super::quarantine_is_empty(&app).await;
    let nobody = "01990000-0000-7000-8000-000000000000";
    let pictures = app.photos().join("pictures").join(nobody);
    fs::create_dir_all(&pictures).unwrap();
    fs::write(pictures.join("original"), "x").unwrap();
    let quarantine = app.photos().join("quarantine");
    fs::create_dir_all(&quarantine).unwrap();
    fs::write(quarantine.join(nobody), "x").unwrap();
    fs::write(quarantine.join(format!("{nobody}#1")), "x").unwrap();
    let young = sweep(&app, &["--older-than", "3600"]);
    assert!(
        young.contains("uploads\t0") && young.contains("pictures\t0"),
        "{young}"
    );
    let told = sweep(&app, &["--older-than", "0", "--dry-run"]);
    assert!(
        told.contains("uploads\t2") && told.contains("pictures\t1"),
        "{told}"
    );
    assert_eq!(files(&app.photos()).len(), 6);
    let told = sweep(&app, &["--older-than", "0"]);
    assert!(
        told.contains("uploads\t2") && told.contains("pictures\t1"),
        "{told}"
    );
    assert_eq!(files(&app.photos()).len(), 3);
    assert_eq!(case.done(&app, &id).await["status"], "ready");
    app.end().await;
}

#[actix::test]
async fn what_nobody_needs_goes_when_it_is_as_old_as_the_policy_says() {
    let app = TestApp::spawn().await;
    let [first, second, third] =
        [1, 2, 3].map(|n| format!("01990000-0000-7000-8000-00000000000{n}"));
    let at = |part: &str, name: &str, days: u64| {
        let path = app.photos().join(part).join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = fs::File::create(path).unwrap();
        let age = Duration::from_secs(24 * 3600 * days + 60);
        file.set_modified(SystemTime::now() - age).unwrap();
    };
    at("quarantine", &first, 0);
    at("quarantine", &second, 1);
    at("quarantine", &format!("{second}#1"), 1);
    for (name, days) in [(&first, 1), (&second, 6), (&third, 7)] {
        at("pictures", &format!("{name}/original"), days);
    }
    let told = sweep(&app, &[]);
    assert!(
        told.contains("uploads\t2") && told.contains("pictures\t1"),
        "{told}"
    );
    assert_eq!(files(&app.photos()).len(), 3);
    let document = json!({"orphaned_photo_days": 2});
    let set = app.api.put("/api/v1/admin/retention", &document);
    call(set.bearer_auth(app.admin().await)).await.expect(200);
    let told = sweep(&app, &[]);
    assert!(
        told.contains("uploads\t0") && told.contains("pictures\t1"),
        "{told}"
    );
    assert_eq!(files(&app.photos()).len(), 2);
    app.end().await;
}

#[actix::test]
async fn a_photo_whose_pictures_are_gone_fails_when_the_operator_says_so() {
    let app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    let id = case.send_one(&app).await;
    case.done(&app, &id).await;
    fs::remove_dir_all(app.photos().join("pictures")).unwrap();
    let told = sweep(&app, &["--older-than", "0", "--dry-run"]);
    assert!(told.contains("rows\t1"), "{told}");
    assert_eq!(case.done(&app, &id).await["status"], "ready", "only told");
    sweep(&app, &["--older-than", "0"]);
    let photo = eventually("the photo fails", async || {
        let photo = case.photo(&app, &id).await.expect(200);
        (photo["status"] == "failed").then_some(photo)
    })
    .await;
    assert!(
        photo["reason"].as_str().unwrap().contains("gone"),
        "{photo}"
    );
    app.end().await;
}
