//! Orders of lists, and their cursors.

use std::collections::BTreeSet;

use serde_json::json;

use super::{COMPLAINTS, fill, ids, list, submitted_as};
use crate::support::{TestApp, call};

/// Every order of every list, with the statuses given or not: both ways to read a list.
const ORDERS: &[&str] = &[
    "sort=created_at&order=desc",
    "sort=created_at&order=asc",
    "sort=updated_at&order=desc",
    "sort=updated_at&order=asc",
    "sort=due_at&order=desc",
    "sort=due_at&order=asc",
    "sort=created_at&order=desc&open=true",
    "sort=created_at&order=asc&open=true",
    "sort=updated_at&order=desc&open=true",
    "sort=updated_at&order=asc&open=true",
    "q=hole&order=asc",
    "category=pothole&sort=updated_at",
];

#[actix::test]
async fn pages_of_every_order_lose_and_repeat_nothing() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let client = app.database().connect().await;
    fill(&client, 50).await;
    // Many equal times: the id decides.
    let times = "UPDATE complaints SET updated_at = to_timestamp(1700000000 + extract(second FROM created_at)::int % 5),
                                       due_at = to_timestamp(1700000000 + extract(second FROM created_at)::int % 3)";
    client.batch_execute(times).await.unwrap();
    for order in ORDERS {
        let whole = list(&app, &admin, &format!("{order}&limit=200")).await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = list(&app, &admin, &format!("{order}&limit=7{cursor}")).await;
            seen.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, ids(&whole), "{order}");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 50, "{order}");
    }
    app.end().await;
}

#[actix::test]
async fn an_order_by_the_last_change_follows_the_changes() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let first = submitted_as(&app, &json!({})).await;
    let second = submitted_as(&app, &json!({})).await;
    app.api.set_status(&admin, &first, "on_hold").await;
    let order = async |query: &str| ids(&list(&app, &admin, query).await);
    let changed_last = [first.clone(), second.clone()];
    assert_eq!(order("sort=updated_at").await, changed_last);
    assert_eq!(order("sort=updated_at&open=true").await, changed_last);
    let changed_first = [second, first];
    assert_eq!(order("sort=updated_at&order=asc").await, changed_first);
    assert_eq!(order("").await, changed_first);
    app.end().await;
}

#[actix::test]
async fn a_cursor_of_another_order_is_refused() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    for _ in 0..2 {
        submitted_as(&app, &json!({})).await;
    }
    let page = list(&app, &admin, "limit=1").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    for query in [
        "order=asc",
        "sort=updated_at",
        "sort=due_at&order=desc",
        "near=0,0,1",
    ] {
        let path = format!("{COMPLAINTS}?{query}&cursor={cursor}");
        let answer = call(app.api.get(&path).bearer_auth(&admin)).await;
        answer.problem(400, "malformed");
    }
    list(&app, &admin, &format!("cursor={cursor}&status=reported")).await;
    app.end().await;
}
