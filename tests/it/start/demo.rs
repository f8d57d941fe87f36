//! `serve --demo` on the private PostgreSQL: what a newcomer sees, and what survives.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use redress::demo::DemoFile;
use serde_json::{Value, json};

use super::Embedded;
use crate::support::postgres::TestDatabase;
use crate::support::process::free_address;
use crate::support::program::{Program, argument, data_folder, demo_file};
use crate::support::{Api, call, eventually};

/// The commands that were printed, each as it is pasted.
fn printed_commands(out: &str) -> Vec<String> {
    let paragraphs = out
        .split("\n\n")
        .filter(|paragraph| !paragraph.starts_with(' '));
    let is_command =
        |paragraph: &&str| paragraph.starts_with("curl") || paragraph.contains(" watch --");
    paragraphs.filter(is_command).map(str::to_owned).collect()
}

fn pasted(command: &str) -> Value {
    let output = Command::new("bash").args(["-c", command]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{command}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{command}: {text}"))
}

#[actix::test]
async fn a_newcomer_gets_credentials_and_commands_that_work_as_printed() {
    let data = data_folder();
    let server = Embedded::start(data.path()).await;
    let file = demo_file(data.path());
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).unwrap();
    let shape: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(shape["base_url"], format!("http://{}", server.address));
    for pointer in [
        "/admin/email",
        "/admin/password",
        "/officers/1/email",
        "/officers/1/password",
        "/officers/1/regions/1",
        "/api_key",
        "/regions/2/id",
        "/categories/11",
    ] {
        assert!(
            shape.pointer(pointer).unwrap().is_string(),
            "{pointer}: {text}"
        );
    }
    assert!(shape["regions"][2]["latitude"].is_f64() && shape["regions"][2]["longitude"].is_f64());
    for account in shape["officers"]
        .as_array()
        .unwrap()
        .iter()
        .chain([&shape["admin"]])
    {
        let (email, password) = (account["email"].as_str(), account["password"].as_str());
        server.api.login(email.unwrap(), password.unwrap()).await;
        assert!(server.program.out().contains(password.unwrap()));
    }
    assert!(
        !server.program.err().contains(&server.demo.api_key),
        "a credential is logged"
    );
    let commands = printed_commands(&server.program.out());
    assert_eq!(commands.len(), 3, "{}", server.program.out());
    let receipt = pasted(&commands[1]);
    assert_eq!(receipt["status"], "reported");
    let list = pasted(&commands[2]);
    assert_eq!(list["items"][0]["id"], receipt["id"]);
    assert!(list["items"][0]["due_at"].is_string(), "{list}");
    server.program.kill();
}

#[actix::test]
async fn the_demo_shows_deadlines_and_business_hours() {
    let data = data_folder();
    let server = Embedded::start(data.path()).await;
    let olga = &server.demo.officers[0];
    let olga = server.api.login(&olga.email, &olga.password).await;
    let get = |path: &str| call(server.api.get(path).bearer_auth(&olga));
    let hours = get("/api/v1/regions/harbour/calendar").await.expect(200);
    assert_eq!(hours["time_zone"], "Europe/Berlin");
    let rules = get("/api/v1/categories/pothole/deadlines")
        .await
        .expect(200);
    assert_eq!(rules[0]["clock"], "business");
    // A working day in the harbour, a day elsewhere.
    let due_after = async |region: &str| {
        let body =
            json!({"category": "pothole", "region": region, "address": "a", "description": "b"});
        let receipt = call(server.api.post("/api/v1/complaints", &body)).await;
        let id = receipt.expect(201)["id"].as_str().unwrap().to_owned();
        let complaint = get(&format!("/api/v1/complaints/{id}")).await.expect(200);
        let time = |member: &str| -> jiff::Timestamp {
            complaint[member].as_str().unwrap().parse().unwrap()
        };
        time("due_at").duration_since(time("created_at")).as_hours()
    };
    assert_eq!(due_after("north").await, 24);
    assert_ne!(due_after("harbour").await, 24);
    server.program.kill();
}

#[actix::test]
async fn the_printed_watch_command_shows_a_complaint_that_arrives() {
    let data = data_folder();
    let server = Embedded::start(data.path()).await;
    let watch = printed_commands(&server.program.out()).remove(0);
    let output = data.path().join("watched");
    let command = format!("exec {watch} --json --count 1 > {}", output.display());
    let mut watching = Command::new("bash").args(["-c", &command]).spawn().unwrap();
    let admin = server
        .api
        .login(&server.demo.admin.email, &server.demo.admin.password)
        .await;
    eventually("somebody watches", async || {
        let stats = server
            .api
            .get("/api/v1/websocket/stats")
            .bearer_auth(&admin);
        let stats = call(stats).await.expect(200);
        (stats["by_region"]["north"] == 1).then_some(())
    })
    .await;
    let body = json!({"category": "pothole", "region": "north", "address": "a", "description": "seen live"});
    call(server.api.post("/api/v1/complaints", &body))
        .await
        .expect(201);
    let status = eventually("the watch ends", async || watching.try_wait().unwrap()).await;
    assert!(status.success());
    let watched = std::fs::read_to_string(&output).unwrap();
    assert!(watched.contains("seen live"), "{watched}");
    server.program.kill();
}

#[actix::test]
async fn a_killed_server_keeps_what_it_acknowledged_and_shows_no_credentials_again() {
    let data = data_folder();
    let server = Embedded::start(data.path()).await;
    let key = server.demo.api_key.clone();
    let submit = |api: Api, key: String| async move {
        let body =
            json!({"category": "pothole", "region": "north", "address": "a", "description": "b"});
        let request = api
            .post("/api/v1/complaints", &body)
            .header("X-API-Key", key);
        let answer = request.send().await.ok()?;
        let receipt: Value = answer.json().await.ok()?;
        Some(receipt["id"].as_str()?.to_owned())
    };
    let mut acknowledged = Vec::new();
    for _ in 0..20 {
        acknowledged.push(submit(server.api.clone(), key.clone()).await.unwrap());
    }
    let under_way: Vec<_> = (0..10)
        .map(|_| actix::spawn(submit(server.api.clone(), key.clone())))
        .collect();
    server.program.kill();
    for one in under_way {
        acknowledged.extend(one.await.unwrap());
    }
    let again = Embedded::start(data.path()).await;
    assert_eq!(again.demo.admin.password, server.demo.admin.password);
    assert!(
        !again.program.out().contains(&again.demo.admin.password),
        "{}",
        again.program.out()
    );
    let admin = again
        .api
        .login(&again.demo.admin.email, &again.demo.admin.password)
        .await;
    for id in acknowledged {
        let request = again.api.get(&format!("/api/v1/complaints/{id}"));
        call(request.bearer_auth(&admin)).await.expect(200);
    }
    again.program.kill();
}

#[actix::test]
async fn a_demo_whose_first_start_was_killed_is_completed_by_the_next() {
    // At which row of the demo's data the first start is killed; none: at the credentials' draft.
    let moments = [
        None,
        Some("SELECT 1 FROM regions"),
        Some("SELECT 1 FROM accounts WHERE role = 'admin'"),
        Some("SELECT 1 FROM accounts WHERE role = 'officer'"),
    ];
    for moment in moments {
        let (database, data) = (TestDatabase::create().await, data_folder());
        // It does not exist yet: with a database elsewhere nobody else makes it.
        let folder = data.path().join("new");
        let start = || {
            let listen = free_address().to_string();
            let flags = [
                "serve",
                "--demo",
                "--listen",
                &listen,
                "--data-dir",
                argument(&folder),
            ];
            let secret = ["--jwt-secret", "a secret of tests that is long enough"];
            let database = ["--database-url", database.url()];
            (
                Program::start(&[&flags[..], &secret, &database].concat()),
                listen,
            )
        };
        let client = database.connect().await;
        let (first, _) = start();
        eventually("the demo is under way", async || match moment {
            None => folder.join("demo.pending.json").exists().then_some(()),
            Some(query) => client.query(query, &[]).await.unwrap().first().map(drop),
        })
        .await;
        first.kill();
        let (mut second, listen) = start();
        second.says("ready at ").await;
        let demo = DemoFile::read(&demo_file(&folder)).unwrap();
        let api = Api::at(&format!("http://{listen}"));
        api.login(&demo.admin.email, &demo.admin.password).await;
        for officer in &demo.officers {
            api.login(&officer.email, &officer.password).await;
        }
        let body = json!({"category": demo.categories[11], "region": demo.regions[2].id, "address": "a", "description": "b"});
        let request = api.post("/api/v1/complaints", &body);
        call(request.header("X-API-Key", &demo.api_key))
            .await
            .expect(201);
        assert!(!folder.join("demo.pending.json").exists());
        drop(client);
        second.kill();
        database.remove().await;
    }
}

#[actix::test]
async fn a_draft_of_another_database_is_none_of_this_ones_business() {
    let (database, data) = (TestDatabase::create().await, data_folder());
    let client = database.connect().await;
    let region = "INSERT INTO regions (id, name) VALUES ('ours', 'Ours')";
    client.batch_execute(region).await.unwrap();
    let draft = json!({"installation": "00000000-0000-7000-8000-000000000000",
        "demo": redress::demo::draft("http://x").unwrap()});
    std::fs::write(data.path().join("demo.pending.json"), draft.to_string()).unwrap();
    let listen = free_address().to_string();
    let mut program = Program::start(&[
        "serve",
        "--demo",
        "--listen",
        &listen,
        "--data-dir",
        argument(data.path()),
        "--jwt-secret",
        "a secret of tests that is long enough",
        "--database-url",
        database.url(),
    ]);
    program.says("this database is not new").await;
    program.says("ready at ").await;
    let count = client
        .query_one("SELECT count(*) FROM accounts", &[])
        .await
        .unwrap();
    assert_eq!(count.get::<_, i64>(0), 0);
    drop(client);
    program.kill();
    database.remove().await;
}
