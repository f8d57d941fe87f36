//! The epoch: clients begin anew when the database has another history, and go on when it has the same.

use redress::demo::DemoFile;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::failover::Failover;
use crate::support::officer::Came;
use crate::support::process::{ServerProcess, free_address};
use crate::support::program::{Ended, argument, data_folder, demo_file, run};
use crate::support::{Api, Officer, call, eventually};

/// Two nodes on a PostgreSQL that can fail over.
struct Nodes {
    database: Failover,
    folder: TempDir,
    nodes: Vec<ServerProcess>,
    demo: DemoFile,
    token: String,
}

impl Nodes {
    async fn start() -> Self {
        let (database, folder) = (Failover::start(), data_folder());
        let data = argument(folder.path());
        let mut nodes = Vec::new();
        for number in 0..2 {
            let log = folder.path().join(format!("{number}.log"));
            let flags = ["--demo", "--data-dir", data];
            let url = database.url();
            nodes.push(ServerProcess::start_on(&url, free_address(), &flags, &log).await);
        }
        let demo = DemoFile::read(&demo_file(folder.path())).unwrap();
        let admin = &demo.admin;
        let token = nodes[0].api().login(&admin.email, &admin.password).await;
        Self {
            database,
            folder,
            nodes,
            demo,
            token,
        }
    }

    /// A watcher of `north` at a node, with what came up to `live`.
    async fn watch(&self, node: usize, since: Option<(&str, i64)>) -> (Officer, Vec<Value>) {
        let mut officer = Officer::connect(self.nodes[node].address(), &self.token).await;
        let came = officer.join("north", since).await;
        (officer, came)
    }

    /// Submits at the first node until it is stored.
    async fn submit(&self) {
        let body = json!({"category": "pothole", "region": "north", "address": "Quay 1",
            "description": "a hole"});
        eventually("a submission is stored", async || {
            let request = self.nodes[0].api().post("/api/v1/complaints", &body);
            let answer = call(request.header("X-API-Key", &self.demo.api_key)).await;
            assert!([201, 503].contains(&answer.status), "{answer:?}");
            (answer.status == 201).then_some(())
        })
        .await;
    }

    /// `redress epoch` with a word.
    async fn epoch(&self, word: &str) -> Ended {
        let url = self.database.url();
        run(&["epoch", "--database-url", &url, word], "").await
    }
}

/// Reads events up to this number.
async fn read_up_to(officer: &mut Officer, last: i64) {
    while officer.event().await["seq"] != last {}
}

/// The last words of a node that begins anew.
async fn sent_away(officer: &mut Officer) {
    let told = officer.object().await;
    assert_eq!(told["type"], "reconnect", "{told}");
    assert_eq!(told["reason"], "epoch", "{told}");
    match officer.next().await {
        Came::Close(4000, _) => {}
        other @ (Came::Object(_) | Came::Close(..) | Came::End) => {
            panic!("expected a close, got {other:?}")
        }
    }
}

async fn metric(api: &Api, series: &str) -> i64 {
    let page = call(api.get("/metrics")).await.text;
    let line = page.lines().find_map(|line| line.strip_prefix(series));
    line.map_or(0, |value| value.trim().parse().unwrap())
}

/// Waits until a node is ready; one that begins anew breaks connections off.
async fn ready(api: &Api) {
    eventually("the node is ready", async || {
        let answer = api.get("/readyz").send().await.ok()?;
        (answer.status() == 200).then_some(())
    })
    .await;
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[actix::test]
async fn a_standby_that_lost_events_begins_a_new_epoch_and_no_number_of_the_old_one_is_believed() {
    let mut nodes = Nodes::start().await;
    let (mut officer, came) = nodes.watch(1, None).await;
    let (epoch, head) = (text(&came[0]["epoch"]).to_owned(), came[0]["head"].as_i64());
    let head = head.unwrap();
    nodes.submit().await;
    nodes.database.copy();
    // The copy does not get these.
    for _ in 0..2 {
        nodes.submit().await;
    }
    read_up_to(&mut officer, head + 3).await;

    nodes.database.fail_over();
    sent_away(&mut officer).await;
    for node in &nodes.nodes {
        ready(&node.api()).await;
    }
    let (mut officer, came) = nodes.watch(1, Some((&epoch, head + 3))).await;
    assert_eq!(came[0]["mode"], "snapshot", "{}", came[0]);
    assert_eq!(came[0]["head"], head + 1);
    assert_ne!(came[0]["epoch"], epoch.as_str());
    let new_epoch = text(&came[0]["epoch"]).to_owned();
    nodes.submit().await;
    assert_eq!(officer.event().await["seq"], head + 2);

    let client = nodes.database.connect().await;
    let sql = "SELECT count(*) FROM complaints WHERE status = 'reported'";
    let reported: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
    for node in &nodes.nodes {
        let api = node.api();
        eventually("its counts are the database's", async || {
            let counted = metric(&api, r#"active_complaints_total{status="reported"}"#).await;
            (counted == reported).then_some(())
        })
        .await;
        assert_eq!(metric(&api, "begun_anew_total").await, 1);
        let since = Some((&*new_epoch, head + 1));
        let mut again = Officer::connect(node.address(), &nodes.token).await;
        let came = again.join("north", since).await;
        assert_eq!(came[0]["mode"], "resumed");
        assert_eq!(came[0]["epoch"], new_epoch.as_str(), "one for all nodes");
    }
    let log = std::fs::read_to_string(nodes.folder.path().join("0.log")).unwrap();
    assert!(log.contains("begins anew"), "{log}");
}

#[actix::test]
async fn a_promotion_that_an_operator_keeps_lets_clients_go_on_from_where_they_were() {
    let mut nodes = Nodes::start().await;
    let (mut officer, came) = nodes.watch(1, None).await;
    let (epoch, head) = (text(&came[0]["epoch"]).to_owned(), came[0]["head"].as_i64());
    let head = head.unwrap();
    nodes.submit().await;
    read_up_to(&mut officer, head + 1).await;
    let kept = nodes.epoch("keep").await;
    assert_eq!(kept.code, Some(0), "{}", kept.err);
    assert!(kept.out.contains(&epoch), "{}", kept.out);
    nodes.database.copy();

    nodes.database.fail_over();
    sent_away(&mut officer).await;
    ready(&nodes.nodes[0].api()).await;
    ready(&nodes.nodes[1].api()).await;
    nodes.submit().await;
    let (mut officer, came) = nodes.watch(1, Some((&epoch, head + 1))).await;
    assert_eq!(came[0]["mode"], "resumed", "{}", came[0]);
    assert_eq!(came[0]["epoch"], epoch.as_str());
    // The node may or may not have heard of the submission at the other one by now.
    let missed = came.iter().find(|object| object["type"] == "event");
    let next = match missed {
        Some(event) => event.clone(),
        None => officer.event().await,
    };
    assert_eq!(next["seq"], head + 2);
    // The next one is not kept any more.
    let shown = nodes.epoch("show").await;
    assert!(shown.out.contains(&epoch), "{}", shown.out);
    assert!(!shown.out.contains("kept"), "{}", shown.out);
}

#[actix::test]
async fn an_operator_begins_a_new_epoch_and_all_nodes_follow_within_moments() {
    let nodes = Nodes::start().await;
    let (mut here, came) = nodes.watch(0, None).await;
    let (mut there, _) = nodes.watch(1, None).await;
    let (epoch, head) = (text(&came[0]["epoch"]).to_owned(), came[0]["head"].as_i64());
    let bumped = nodes.epoch("bump").await;
    assert_eq!(bumped.code, Some(0), "{}", bumped.err);
    assert!(!bumped.out.contains(&epoch), "{}", bumped.out);
    sent_away(&mut here).await;
    sent_away(&mut there).await;
    for number in 0..2 {
        ready(&nodes.nodes[number].api()).await;
        let (_, came) = nodes.watch(number, Some((&epoch, head.unwrap()))).await;
        assert_eq!(came[0]["mode"], "snapshot");
        assert_eq!(came[0]["head"].as_i64(), head, "nothing was lost");
        assert!(bumped.out.contains(text(&came[0]["epoch"])));
    }
    let client = nodes.database.connect().await;
    let sql = "SELECT count(*) FROM presence_nodes";
    let known: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(known, 2, "a node that begins anew is the same one");
    for node in nodes.nodes {
        assert!(node.terminate().await, "it stops in order as before");
    }
}

#[actix::test]
async fn a_dump_that_is_restored_over_the_tables_begins_a_new_epoch() {
    let database = crate::support::postgres::TestDatabase::create().await;
    let shown = async || {
        let url = database.url();
        let shown = run(&["epoch", "--database-url", url, "show"], "").await;
        assert_eq!(shown.code, Some(0), "{}", shown.err);
        shown.out
    };
    let log = tempfile::NamedTempFile::new().unwrap();
    let node = ServerProcess::start(&database, free_address(), &[], log.path()).await;
    let before = shown().await;
    assert!(!before.contains("another history"), "{before}");
    assert!(node.terminate().await);
    // What `pg_restore --clean` does to each table.
    let client = database.connect().await;
    let restore = "CREATE TABLE restored (LIKE installation INCLUDING ALL);
        INSERT INTO restored SELECT * FROM installation;
        DROP TABLE installation;
        ALTER TABLE restored RENAME TO installation";
    client.batch_execute(restore).await.unwrap();
    assert!(shown().await.contains("another history"));
    let node = ServerProcess::start(&database, free_address(), &[], log.path()).await;
    let after = shown().await;
    assert!(!after.contains("another history"), "{after}");
    assert_ne!(before.lines().next(), after.lines().next(), "another epoch");
    drop((node, client));
    database.remove().await;
}
