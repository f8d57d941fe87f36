//! What tests provoke in a server, and how they compare what it shows with the truth.

use futures_util::StreamExt;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::api::expect;
use super::{Officer, TestApp, eventually};

impl TestApp {
    /// Makes a fail point of this node act, such as `("region_desk/take", "1*panic->off")`.
    pub(crate) fn provoke(&self, point: &str, action: &str) {
        fail::cfg(format!("{}/{point}", self.node()), action).unwrap();
    }

    /// As [`TestApp::submit`], whatever the answer is.
    pub(crate) async fn try_submit(&self, region: &str, description: &str) -> Response {
        let body = json!({"category": "pothole", "region": region, "address": "Quay 1",
            "description": description});
        let request = self.api.post("/api/v1/complaints", &body);
        request
            .header("X-API-Key", &self.demo.api_key)
            .send()
            .await
            .unwrap()
    }

    /// Every event number of a region in the database, in order.
    pub(crate) async fn numbers(&self, region: &str) -> Vec<i64> {
        let client = self.database().connect().await;
        let sql = "SELECT seq FROM events WHERE region_id = $1 ORDER BY seq";
        let rows = client.query(sql, &[&region]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// The number of the last event of a region in the database.
    pub(crate) async fn head(&self, region: &str) -> i64 {
        self.numbers(region).await.last().copied().unwrap_or(0)
    }

    /// Fails when a region's numbers have a gap, or a complaint has no event or two first ones.
    pub(crate) async fn assert_log_is_whole(&self) {
        let client = self.database().connect().await;
        let gaps = "SELECT count(*) FROM region_heads AS head LEFT JOIN (SELECT region_id, \
            count(*) AS events, max(seq) AS last FROM events JOIN region_heads USING (region_id) \
            WHERE seq > floor GROUP BY region_id) AS log USING (region_id) \
            WHERE head.head - head.floor <> COALESCE(log.events, 0) \
            OR head.head <> COALESCE(log.last, head.floor)";
        let created = "SELECT count(*) FROM complaints WHERE 1 <> (SELECT count(*) FROM events \
            WHERE complaint_id = complaints.id AND kind = 'complaint.created')";
        for (sql, what) in [
            (gaps, "regions with gaps"),
            (created, "complaints without their event"),
        ] {
            let found: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
            assert_eq!(found, 0, "{what}");
        }
    }

    /// Waits until `active_complaints_total` is what the database holds.
    pub(crate) async fn complaint_gauges_are_right(&self) {
        let client = self.database().connect().await;
        let sql = "SELECT status, count(*) FROM complaints GROUP BY status";
        eventually("active_complaints_total is right", async || {
            for row in client.query(sql, &[]).await.unwrap() {
                let (status, count): (String, i64) = (row.get(0), row.get(1));
                let series = format!("active_complaints_total{{status=\"{status}\"}}");
                if (self.metric(&series).await - count as f64).abs() > 0.5 {
                    return None;
                }
            }
            Some(())
        })
        .await;
    }

    /// Waits until gauge, health and statistics all show this many live officers.
    pub(crate) async fn officers_are(&self, count: usize) {
        let admin = self.admin().await;
        let gauge = "websocket_connections_active{role=\"officer\"}";
        eventually("the live connections are counted right", async || {
            let stats = self.stats(&admin).await;
            let all_shown = self.health().await["connections"] == stats["connections"];
            let officers = stats["by_role"]["officer"].as_u64().unwrap();
            let shown = [self.metric(gauge).await as u64, officers];
            (all_shown && shown == [count as u64; 2]).then_some(())
        })
        .await;
    }

    /// `/api/v1/websocket/health`.
    pub(crate) async fn health(&self) -> Value {
        expect(self.api.get("/api/v1/websocket/health"), StatusCode::OK).await
    }

    /// `/api/v1/websocket/stats`.
    pub(crate) async fn stats(&self, admin: &str) -> Value {
        let request = self.api.get("/api/v1/websocket/stats").bearer_auth(admin);
        expect(request, StatusCode::OK).await
    }

    /// An officer of `north` who has joined it from its beginning.
    pub(crate) async fn officer_of_north(&self) -> Officer {
        let mut officer = self.officer(&self.olga().await).await;
        officer.join("north", None).await;
        officer
    }

    /// `actor_restarts_total` of an actor.
    pub(crate) async fn restarts_of(&self, actor: &str) -> u64 {
        self.metric(&format!("actor_restarts_total{{actor=\"{actor}\"}}"))
            .await as u64
    }
}

impl Officer {
    /// Reads events up to number `last`; fails unless they are exactly the next ones.
    pub(crate) async fn follow(&mut self, after: i64, last: i64) {
        for seq in after + 1..=last {
            assert_eq!(self.event().await["seq"], seq);
        }
    }
}

impl TestApp {
    /// Submits `count` complaints, 16 at a time, from this test's thread.
    pub(crate) async fn submit_many(&self, region: &str, count: usize, description: &str) {
        let submissions = (0..count).map(|_| self.submit(region, description));
        let answers: Vec<Value> = futures_util::stream::iter(submissions)
            .buffer_unordered(16)
            .collect()
            .await;
        assert_eq!(answers.len(), count);
    }
}
