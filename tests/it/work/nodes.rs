//! Two nodes on one database work on the same complaints at the same time.

use futures_util::future::join_all;
use redress::app::Application;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::{COMPLAINTS, account, kinds, read, submitted};
use crate::support::{Answer, Api, TestApp, call, eventually};

/// A server with another node beside it.
struct Pair {
    app: TestApp,
    other: Application,
    nodes: [Api; 2],
}

impl Pair {
    async fn spawn() -> Self {
        let app = TestApp::with(&["--rate-limits", "off"]).await;
        let other = app.another_node().await;
        let nodes = [app.api.clone(), Api::at(&other.url())];
        Self { app, other, nodes }
    }

    /// The log is whole, both nodes count right, and nothing restarted.
    async fn end(self) {
        self.app.assert_log_is_whole().await;
        self.app.complaint_gauges_are_right().await;
        let admin = self.app.admin().await;
        let live = async |node: &Api| {
            let request = node.get("/api/v1/stats").bearer_auth(&admin);
            call(request).await.expect(200)["by_region"].clone()
        };
        eventually("both nodes count the same", async || {
            (live(&self.nodes[0]).await == live(&self.nodes[1]).await).then_some(())
        })
        .await;
        self.other.stop().await;
        self.app.end().await;
    }
}

/// Sends all at once; the answers in their order.
async fn at_once(requests: Vec<RequestBuilder>) -> Vec<Answer> {
    join_all(requests.into_iter().map(call)).await
}

fn count(answers: &[Answer], status: u16) -> usize {
    let alike = answers.iter().filter(|answer| answer.status == status);
    alike.count()
}

#[actix::test]
async fn of_a_hundred_officers_on_two_nodes_who_resolve_at_once_one_does() {
    let pair = Pair::spawn().await;
    let olga = pair.app.olga().await;
    let id = submitted(&pair.app, "north").await;
    let path = format!("{COMPLAINTS}/{id}/status");
    let body = json!({"status": "resolved", "comment": "filled", "version": 1});
    let request = |turn: usize| pair.nodes[turn % 2].patch(&path, &body).bearer_auth(&olga);
    let answers = at_once((0..100).map(request).collect()).await;
    assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 99));
    for stale in answers.into_iter().filter(|answer| answer.status == 409) {
        let problem = stale.problem(409, "stale_version");
        assert_eq!(problem["current"]["status"], "resolved");
    }
    let kinds = kinds(&pair.app, &olga, &id).await;
    assert_eq!(kinds, ["complaint.created", "complaint.status_changed"]);
    pair.end().await;
}

#[actix::test]
async fn moves_both_ways_at_once_on_two_nodes_neither_block_nor_lose_anything() {
    let pair = Pair::spawn().await;
    let (olga, admin) = (pair.app.olga().await, pair.app.admin().await);
    let mut ids = Vec::new();
    for number in 0..20 {
        let home = ["north", "harbour"][number % 2];
        ids.push((submitted(&pair.app, home).await, number % 2));
    }
    for round in 0..4 {
        let request = |(id, home): &(String, usize)| {
            let to = ["harbour", "north"][(home + round) % 2];
            let node = &pair.nodes[(home + round) % 2];
            let path = format!("{COMPLAINTS}/{id}/move");
            node.post(&path, &json!({"region": to})).bearer_auth(&olga)
        };
        let answers = at_once(ids.iter().map(request).collect()).await;
        assert_eq!(count(&answers, 200), 20, "{answers:?}");
    }
    for (id, home) in &ids {
        let now = read(&pair.app, &admin, id).await;
        assert_eq!(now["region"], ["north", "harbour"][*home]);
        assert_eq!(kinds(&pair.app, &admin, id).await.len(), 1 + 4 * 2);
    }
    // One complaint to two regions at once is in one of them, and every move is in its history.
    let id = &ids[0].0;
    let path = format!("{COMPLAINTS}/{id}/move");
    let request = |turn: usize| {
        let to = ["harbour", "old-town"][turn % 2];
        let request = pair.nodes[turn % 2].post(&path, &json!({"region": to}));
        request.bearer_auth(&admin)
    };
    let answers = at_once((0..10).map(request).collect()).await;
    let moved = count(&answers, 200);
    assert_eq!(moved + count(&answers, 409), 10, "{answers:?}");
    assert!(moved > 0);
    assert_eq!(kinds(&pair.app, &admin, id).await.len(), 9 + moved * 2);
    pair.end().await;
}

#[actix::test]
async fn mergers_into_each_other_at_once_on_two_nodes_leave_one_open() {
    let pair = Pair::spawn().await;
    let olga = pair.app.olga().await;
    for _ in 0..10 {
        let north = submitted(&pair.app, "north").await;
        let harbour = submitted(&pair.app, "harbour").await;
        let both = [(&north, &harbour), (&harbour, &north)];
        let request = |(turn, (id, into)): (usize, (&String, &String))| {
            let path = format!("{COMPLAINTS}/{id}/merge");
            let request = pair.nodes[turn].post(&path, &json!({"into": into}));
            request.bearer_auth(&olga)
        };
        let answers = at_once(both.into_iter().enumerate().map(request).collect()).await;
        assert_eq!(
            (count(&answers, 200), count(&answers, 409)),
            (1, 1),
            "{answers:?}"
        );
        let winner = answers.iter().position(|answer| answer.status == 200);
        let (closed, open) = both[winner.unwrap()];
        let now = read(&pair.app, &olga, closed).await;
        assert_eq!(
            (&now["status"], &now["duplicate_of"]),
            (&json!("closed"), &json!(open))
        );
        assert_eq!(read(&pair.app, &olga, open).await["status"], "reported");
    }
    pair.end().await;
}

#[actix::test]
async fn who_takes_supports_and_works_on_two_nodes_at_once_does_so_once() {
    let pair = Pair::spawn().await;
    let (olga, otto) = (pair.app.olga().await, pair.app.otto().await);
    let officers = [
        account(&pair.app, &olga).await,
        account(&pair.app, &otto).await,
    ];
    let id = submitted(&pair.app, "harbour").await;
    let path = format!("{COMPLAINTS}/{id}");
    let take = |turn: usize| {
        let token = [&olga, &otto][turn % 2];
        let request =
            pair.nodes[turn % 2].patch(&format!("{path}/assignee"), &json!({"assignee": "me"}));
        request.bearer_auth(token)
    };
    let answers = at_once((0..20).map(take).collect()).await;
    // The other hears who has it; who has it already hears so again.
    assert_eq!((count(&answers, 200), count(&answers, 409)), (10, 10));
    let holder = read(&pair.app, &olga, &id).await["assignee"].clone();
    assert!(officers.iter().any(|officer| *officer == holder));
    let support = |turn: usize| {
        let body = json!({"reporter": format!("user-{}", turn / 4)});
        let request = pair.nodes[turn % 2].post(&format!("{path}/support"), &body);
        request.header("X-API-Key", &pair.app.demo.api_key)
    };
    let answers = at_once((0..40).map(support).collect()).await;
    assert_eq!(count(&answers, 200), 40, "{answers:?}");
    assert_eq!(read(&pair.app, &olga, &id).await["supporters"], 10);
    let comment = |turn: usize| {
        let body = json!({"text": format!("comment {turn}")});
        let request = pair.nodes[turn % 2].post(&format!("{path}/comments"), &body);
        request.bearer_auth(&olga)
    };
    let answers = at_once((0..20).map(comment).collect()).await;
    assert_eq!(count(&answers, 201), 20, "{answers:?}");
    let comments = read(&pair.app, &olga, &format!("{id}/comments?limit=200")).await;
    assert_eq!(comments["items"].as_array().unwrap().len(), 20);
    pair.end().await;
}

#[actix::test]
async fn the_same_bulk_on_two_nodes_at_once_is_done_once_for_each_complaint() {
    let pair = Pair::spawn().await;
    let olga = pair.app.olga().await;
    let mut ids = Vec::new();
    for number in 0..40 {
        ids.push(submitted(&pair.app, ["north", "harbour"][number % 2]).await);
    }
    let backwards: Vec<_> = ids.iter().rev().cloned().collect();
    let request = |(node, ids): (usize, &Vec<String>)| {
        let step = json!({"action": "acknowledge"});
        let body = json!({"ids": ids, "status": step});
        let request = pair.nodes[node].post(&format!("{COMPLAINTS}/bulk"), &body);
        request.bearer_auth(&olga)
    };
    let bulks = [&ids, &backwards].into_iter().enumerate();
    let answers = at_once(bulks.map(request).collect()).await;
    let results = answers.into_iter().flat_map(|answer| {
        let results = answer.expect(200)["results"].clone();
        results.as_array().unwrap().clone()
    });
    let results: Vec<Value> = results.collect();
    for id in &ids {
        let of_it: Vec<_> = results
            .iter()
            .filter(|result| result["id"] == **id)
            .collect();
        let done = of_it
            .iter()
            .filter(|result| result["complaint"].is_object());
        let refused = of_it.iter().filter(|it| it["problem"]["status"] == 409);
        assert_eq!((done.count(), refused.count()), (1, 1), "{of_it:?}");
        assert_eq!(kinds(&pair.app, &olga, id).await.len(), 2);
    }
    pair.end().await;
}

#[actix::test]
async fn who_is_answered_reads_it_at_once_on_the_other_node() {
    let pair = Pair::spawn().await;
    let olga = pair.app.olga().await;
    let id = submitted(&pair.app, "north").await;
    for turn in 0..20 {
        let severity = ["low", "high"][turn % 2];
        let path = format!("{COMPLAINTS}/{id}");
        let change = pair.nodes[turn % 2].patch(&path, &json!({"severity": severity}));
        let changed = call(change.bearer_auth(&olga)).await.expect(200);
        let there = pair.nodes[(turn + 1) % 2].get(&path).bearer_auth(&olga);
        let seen = call(there).await.expect(200);
        assert_eq!(
            (&seen["severity"], &seen["version"]),
            (&json!(severity), &changed["version"])
        );
        let list = format!("{COMPLAINTS}?severity={severity}&region=north");
        let list = pair.nodes[(turn + 1) % 2].get(&list).bearer_auth(&olga);
        assert_eq!(call(list).await.expect(200)["items"][0]["id"], *id);
    }
    pair.end().await;
}
