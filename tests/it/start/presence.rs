//! `redress watch --presence` on the private PostgreSQL: what a person sees of others.

use serde_json::json;

use super::Embedded;
use crate::support::program::{Program, argument, data_folder, demo_file};
use crate::support::{Officer, call, eventually};

#[actix::test]
async fn watch_prints_joins_leaves_and_claims() {
    let data = data_folder();
    let server = Embedded::start(data.path()).await;
    let api = &server.api;
    let file = demo_file(data.path());
    let watching = Program::start(&[
        "watch",
        "--region",
        "north",
        "--demo-file",
        argument(&file),
        "--no-snapshot",
        "--presence",
    ]);
    let shows = async |words: &str| {
        eventually(words, async || {
            let out = watching.out();
            let line = |line: &&str| {
                line.split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .contains(words)
            };
            out.lines().find(line).map(str::to_owned)
        })
        .await
    };
    let officer = &server.demo.officers[0];
    let officer = api.login(&officer.email, &officer.password).await;
    let me = call(api.get("/api/v1/auth/me").bearer_auth(&officer))
        .await
        .expect(200);
    let olga = me["name"].as_str().unwrap();
    shows("north online ").await;
    shows(olga).await;

    let admin = &server.demo.admin;
    let token = api.login(&admin.email, &admin.password).await;
    let me = call(api.get("/api/v1/auth/me").bearer_auth(&token))
        .await
        .expect(200);
    let name = me["name"].as_str().unwrap();
    let mut overseer = Officer::connect(server.address, &token).await;
    overseer.join("north", None).await;
    shows(&format!("north joined {name}")).await;
    drop(overseer);
    shows(&format!("north left {name}")).await;

    let body =
        json!({"category": "pothole", "region": "north", "address": "a", "description": "a hole"});
    let receipt = call(api.post("/api/v1/complaints", &body))
        .await
        .expect(201);
    let id = receipt["id"].as_str().unwrap();
    let path = format!("/api/v1/complaints/{id}/claim");
    call(api.put(&path, &json!({})).bearer_auth(&officer))
        .await
        .expect(200);
    shows(&format!("north on the way {olga} to {id} until")).await;
    assert_eq!(
        call(api.delete(&path).bearer_auth(&officer)).await.status,
        204
    );
    shows(&format!("north not any more {olga} to {id} (released)")).await;
    drop(watching);
    server.program.kill();
}
