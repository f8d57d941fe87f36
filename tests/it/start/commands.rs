//! The subcommands on the data: beside a running server, and alone.

use serde_json::json;

use super::Embedded;
use crate::support::program::{Ended, argument, data_folder, run};
use crate::support::{call, eventually};

/// Runs a subcommand on a data folder; its output.
pub(super) async fn on(data: &std::path::Path, words: &[&str], input: &str) -> Ended {
    run(&[words, &["--data-dir", argument(data)]].concat(), input).await
}

/// As [`on`], of a subcommand that must succeed.
pub(super) async fn done(data: &std::path::Path, words: &[&str], input: &str) -> String {
    let ended = on(data, words, input).await;
    assert_eq!(ended.code, Some(0), "{words:?}: {}", ended.err);
    ended.out
}

pub(super) const ANN: [&str; 10] = [
    "account",
    "create",
    "--email",
    "ann@other.example",
    "--name",
    "Ann",
    "--role",
    "officer",
    "--region",
    "north",
];

#[actix::test]
async fn accounts_keys_regions_and_categories_are_managed_beside_a_running_server() {
    let data = data_folder();
    let server = Embedded::start(data.path()).await;
    let data = data.path();
    let created = done(data, &ANN, "").await;
    let password = created
        .lines()
        .find_map(|line| line.split_once("once): "))
        .unwrap()
        .1;
    let token = server.api.login("ann@other.example", password).await;
    let list = done(data, &["account", "list"], "").await;
    let line = list.lines().find(|line| line.contains("ann@other.example"));
    let (id, line) = line.unwrap().split_once('\t').unwrap();
    assert_eq!(line, "ann@other.example\tofficer\tactive\tnorth\tAnn");
    // The id is the one that a complaint is given to.
    let complaint =
        json!({"category": "pothole", "region": "north", "address": "a", "description": "b"});
    let complaint = call(server.api.post("/api/v1/complaints", &complaint)).await;
    let complaint = complaint.expect(201)["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/complaints/{complaint}/assignee");
    let given = server.api.patch(&path, &json!({"assignee": id}));
    let given = call(given.bearer_auth(&token)).await.expect(200);
    assert_eq!(given["assignee"], id);
    let set = [
        "account",
        "set-password",
        "--email",
        "ANN@other.example",
        "--password-stdin",
    ];
    done(data, &set, "a new long password\n").await;
    let me = |token: String| call(server.api.get("/api/v1/auth/me").bearer_auth(token));
    me(token).await.problem(401, "unauthorized");
    let token = server
        .api
        .login("ann@other.example", "a new long password")
        .await;
    done(
        data,
        &["account", "deactivate", "--email", "ann@other.example"],
        "",
    )
    .await;
    me(token).await.problem(401, "unauthorized");

    let key = done(
        data,
        &["apikey", "create", "--name", "app", "--scope", "read"],
        "",
    )
    .await;
    let id = key
        .lines()
        .next()
        .unwrap()
        .split(' ')
        .nth(3)
        .unwrap()
        .to_owned();
    let key = key
        .lines()
        .find_map(|line| line.split_once("once): "))
        .unwrap()
        .1;
    let list = || {
        call(
            server
                .api
                .get("/api/v1/complaints")
                .header("X-API-Key", key),
        )
    };
    list().await.expect(200);
    done(data, &["apikey", "revoke", &id], "").await;
    list().await.problem(401, "unauthorized");
    assert!(
        done(data, &["apikey", "list"], "")
            .await
            .contains("revoked")
    );

    let regions = json!({"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": "south", "properties": {"name": "South"}, "geometry": null}]});
    let file = data.join("regions.geojson");
    std::fs::write(&file, regions.to_string()).unwrap();
    let import = ["region", "import", argument(&file)];
    assert!(done(data, &import, "").await.contains("1 region created"));
    assert!(done(data, &["region", "list"], "").await.contains("south"));
    let square = |id: &str, size: u32| {
        json!({"type": "Feature", "id": id, "properties": {"name": id}, "geometry": {"type": "Polygon",
            "coordinates": [[[100, 0], [100 + size, 0], [100 + size, size], [100, size], [100, 0]]]}})
    };
    let regions =
        json!({"type": "FeatureCollection", "features": [square("large", 2), square("small", 1)]});
    std::fs::write(&file, regions.to_string()).unwrap();
    let warned = done(data, &import, "").await;
    assert!(
        warned.contains("warning: small and large overlap"),
        "{warned}"
    );
    let file = data.join("categories.csv");
    let csv = "id,name,duplicate_radius_m,duplicate_days\nnoise-at-night,Noise,300,2\n";
    std::fs::write(&file, csv).unwrap();
    done(data, &["category", "import", argument(&file)], "").await;
    eventually(
        "the server knows how near and old duplicates are",
        async || {
            let list = call(server.api.get("/api/v1/categories")).await.expect(200);
            let categories = list["categories"].as_array().unwrap().iter();
            let mut imported = categories.filter(|it| it["id"] == "noise-at-night");
            imported
                .any(|it| it["duplicate_radius_m"] == 300 && it["duplicate_days"] == 2)
                .then_some(())
        },
    )
    .await;
    assert!(
        done(data, &["category", "list"], "")
            .await
            .contains("noise-at-night")
    );
    // The running server takes complaints of both without a restart.
    let body = json!({"category": "noise-at-night", "region": "south", "address": "a", "description": "b"});
    eventually("the server knows them", async || {
        let answer = call(server.api.post("/api/v1/complaints", &body)).await;
        (answer.status == 201).then_some(())
    })
    .await;
    server.program.kill();
}

#[actix::test]
async fn the_first_admin_is_created_before_the_first_start() {
    let data = data_folder();
    let admin = [
        "account",
        "create",
        "--email",
        "boss@other.example",
        "--name",
        "Boss",
        "--role",
        "admin",
        "--password-stdin",
    ];
    let created = done(data.path(), &admin, "a good long password\n").await;
    assert_eq!(created, "created admin boss@other.example\n");
    let again = on(data.path(), &admin, "a good long password\n").await;
    assert_eq!(again.code, Some(1));
    assert!(
        again
            .err
            .contains("another account has this e-mail address"),
        "{}",
        again.err
    );
    let weak = on(data.path(), &admin, "short\n").await;
    assert!(weak.err.contains("at least 10 characters"), "{}", weak.err);
    let off = ["account", "deactivate", "--email", "boss@other.example"];
    let off = on(data.path(), &off, "").await;
    assert!(off.err.contains("last active admin"), "{}", off.err);
    let unknown = on(data.path(), &ANN, "").await;
    assert!(unknown.err.contains("north"), "{}", unknown.err);
    let list = done(data.path(), &["account", "list"], "").await;
    assert_eq!(list.lines().count(), 1, "{list}");
    assert!(list.contains("boss@other.example\tadmin\tactive"), "{list}");
}
