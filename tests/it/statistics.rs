//! Statistics are what a recount in the database says.

mod commands;
mod differences;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support::{TestApp, call};

const STATS: &str = "/api/v1/stats";
const SEVERITIES: [&str; 4] = ["low", "medium", "high", "critical"];
const REGIONS: [&str; 3] = ["harbour", "north", "old-town"];

async fn stats(app: &TestApp, token: &str, query: &str) -> Value {
    let request = app.api.get(&format!("{STATS}{query}"));
    call(request.bearer_auth(token)).await.expect(200)
}

/// Rows of a text and a number.
async fn recount(client: &Client, question: &str) -> BTreeMap<String, i64> {
    let rows = client.query(question, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// What a member of the statistics counts, without what is 0.
fn counted(member: &Value) -> BTreeMap<String, i64> {
    let counts = member.as_object().unwrap().iter();
    let counts = counts.map(|(name, count)| (name.clone(), count.as_i64().unwrap()));
    counts.filter(|(_, count)| *count != 0).collect()
}

/// A sequence of numbers that looks random and is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

#[actix::test]
async fn days_that_are_over_are_counted_once_with_their_times() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let client = app.database().connect().await;
    // Ten complaints of three days ago: complaint n was acknowledged after n and resolved after 10 n minutes.
    let past = "INSERT INTO events (region_id, seq, event_id, complaint_id, kind, at, status_before, status_after, payload)
        SELECT 'north', n * 3 + step, gen_random_uuid(),
               (lpad(to_hex((extract(epoch FROM day) * 1000)::bigint), 12, '0') || '7000800000000000' || lpad(to_hex(n), 4, '0'))::uuid,
               CASE step WHEN 0 THEN 'complaint.created' ELSE 'complaint.status_changed' END,
               day + (ARRAY[0, 1, 10])[step + 1] * n * interval '1 minute',
               (ARRAY[NULL, 'reported', 'in_progress'])[step + 1], (ARRAY['reported', 'in_progress', 'resolved'])[step + 1], '{}'
        FROM (SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '3 days' AS day) AS begun,
             generate_series(1, 10) AS n, generate_series(0, 2) AS step";
    client.batch_execute(past).await.unwrap();
    let mut first = stats(&app, &admin, "?days=30&region=north").await;
    let days = first["days"].as_array().unwrap();
    assert_eq!(days.len(), 30);
    assert_eq!(
        (&days[26]["opened"], &days[26]["resolved"]),
        (&json!(10), &json!(10))
    );
    assert!(days[27]["opened"] == 0 && days[25]["opened"] == 0);
    for (member, minutes) in [("time_to_acknowledge", 1.0), ("time_to_resolve", 10.0)] {
        assert_eq!(first[member]["complaints"], 10);
        for (quantile, of_ten) in [("median_s", 5.0), ("p90_s", 9.0)] {
            let found = first[member][quantile].as_f64().unwrap();
            let expected = of_ten * minutes * 60.0;
            assert!(
                (found / expected - 1.0).abs() < 0.1,
                "{member} {quantile}: {found}"
            );
        }
    }
    // What was counted stays, whatever becomes of the events.
    client.batch_execute("DELETE FROM events").await.unwrap();
    let mut second = stats(&app, &admin, "?days=30&region=north").await;
    (first["at"], second["at"]) = (Value::Null, Value::Null);
    assert_eq!(first, second);
    app.end().await;
}

#[actix::test]
async fn officers_see_figures_of_their_regions_alone() {
    let app = TestApp::spawn().await;
    let (admin, otto) = (app.admin().await, app.otto().await);
    let me = call(app.api.get("/api/v1/auth/me").bearer_auth(&otto))
        .await
        .expect(200);
    let harbour = app.submit("harbour", "one").await;
    app.submit("north", "two").await;
    let client = app.database().connect().await;
    let (id, officer) = (harbour["id"].as_str().unwrap(), me["id"].as_str().unwrap());
    let take = app.api.patch(
        &format!("/api/v1/complaints/{id}/assignee"),
        &json!({"assignee": "me"}),
    );
    call(take.bearer_auth(&otto)).await.expect(200);
    let late =
        format!("UPDATE complaints SET due_at = now() - interval '1 hour' WHERE id = '{id}'");
    client.batch_execute(&late).await.unwrap();
    let mine = stats(&app, &otto, "").await;
    assert_eq!(mine["by_region"].as_object().unwrap().len(), 2);
    assert_eq!(
        counted(&mine["by_status"]),
        [("reported".to_owned(), 1)].into()
    );
    assert_eq!(
        mine["open"]["by_assignee"],
        json!([{"assignee": officer, "open": 1}])
    );
    assert_eq!(
        (&mine["overdue"], &mine["open"]["unassigned"]),
        (&json!(1), &json!(0))
    );
    let north = stats(&app, &admin, "?region=north").await;
    assert_eq!(
        (&north["overdue"], &north["open"]["unassigned"]),
        (&json!(0), &json!(1))
    );
    let ask = |query: &str, token: &str| {
        let request = app.api.get(&format!("{STATS}{query}"));
        call(request.bearer_auth(token))
    };
    ask("?region=north", &otto).await.problem(403, "forbidden");
    ask("?region=nowhere", &otto)
        .await
        .problem(404, "not_found");
    ask("?colour=red", &otto).await.problem(400, "malformed");
    for days in ["0", "367"] {
        let faults = ask(&format!("?days={days}"), &otto).await.faults();
        assert_eq!(faults, [("days".to_owned(), "out_of_range".to_owned())]);
    }
    call(app.api.get(STATS)).await.problem(401, "unauthorized");
    app.end().await;
}
