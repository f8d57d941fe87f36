//! After any sequence of commands, on two nodes, the counters are what a recount in SQL says.
//!
//! Submissions, steps of every kind, assignments, corrections, moves, mergers, comments, "me too", bulks, and
//! what timers do: escalations with and without another officer, wake-ups, closing by itself.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio_postgres::Client;

use super::differences::Recount;
use super::{Dice, REGIONS, SEVERITIES};
use crate::support::{Api, TestApp, call};

const COMPLAINTS: &str = "/api/v1/complaints";
const ACTIONS: [&str; 9] = [
    "acknowledge",
    "start",
    "hold",
    "resolve",
    "close",
    "reject",
    "reopen",
    "confirm",
    "contest",
];
/// Commands of a sequence, and how many there are between two recounts.
const COMMANDS: usize = 480;
const BETWEEN: usize = 40;

/// A sequence under way.
struct Sequence<'a> {
    app: &'a TestApp,
    nodes: [Api; 2],
    /// Admin, Olga, Otto.
    tokens: [String; 3],
    /// Account ids of Olga and Otto.
    officers: [String; 2],
    client: Client,
    dice: Dice,
    /// Complaints with their tracking tokens.
    known: Vec<(String, String)>,
    /// How often each kind of command was carried out.
    done: BTreeMap<&'static str, usize>,
}

impl Sequence<'_> {
    fn node(&mut self) -> Api {
        self.nodes[self.dice.below(2)].clone()
    }

    fn one(&mut self) -> (String, String) {
        let index = self.dice.below(self.known.len());
        self.known[index].clone()
    }

    async fn submit(&mut self) {
        let node = self.node();
        let body = json!({"region": REGIONS[self.dice.below(3)], "description": "x",
            "latitude": 54.1, "longitude": 7.6, "severity": SEVERITIES[self.dice.below(4)],
            "category": self.app.demo.categories[self.dice.below(4)]});
        let request = node.post(COMPLAINTS, &body);
        let receipt = call(request.header("X-API-Key", &self.app.demo.api_key)).await;
        let receipt = receipt.expect(201);
        let text = |member: &str| receipt[member].as_str().unwrap().to_owned();
        self.known.push((text("id"), text("tracking_token")));
    }

    /// Any command but a submission; some are refused, which must count nothing.
    async fn change(&mut self) {
        let (id, tracking) = self.one();
        let (path, node) = (format!("{COMPLAINTS}/{id}"), self.node());
        let token = self.tokens[self.dice.below(3)].clone();
        let action = ACTIONS[self.dice.below(ACTIONS.len())];
        let step = json!({"action": action, "comment": "done so"});
        let assignee = [
            json!(self.officers[0]),
            json!(self.officers[1]),
            json!("me"),
            Value::Null,
        ];
        let assignee = json!({"assignee": assignee[self.dice.below(4)]});
        let region = json!({"region": REGIONS[self.dice.below(3)]});
        let edit = json!({"severity": SEVERITIES[self.dice.below(4)],
            "category": self.app.demo.categories[self.dice.below(4)]});
        let (kind, request) = match self.dice.below(21) {
            0..=6 => ("step", node.patch(&format!("{path}/status"), &step)),
            7..=9 => (
                "assignee",
                node.patch(&format!("{path}/assignee"), &assignee),
            ),
            10 | 11 => ("edit", node.patch(&path, &edit)),
            12 | 13 => ("move", node.post(&format!("{path}/move"), &region)),
            14 => {
                let into = json!({"into": self.one().0});
                ("merge", node.post(&format!("{path}/merge"), &into))
            }
            15 => (
                "comment",
                node.post(&format!("{path}/comments"), &json!({"text": "x"})),
            ),
            16 => ("support", node.post(&format!("{path}/support"), &json!({}))),
            17 => {
                let mut ids: Vec<String> = (0..5).map(|_| self.one().0).collect();
                ids.sort();
                ids.dedup();
                let body = json!({"ids": ids, "status": step});
                ("bulk", node.post(&format!("{COMPLAINTS}/bulk"), &body))
            }
            18 | 19 => {
                let action = ["confirm", "contest"][self.dice.below(2)];
                let said = json!({"action": action, "comment": "by its reporter"});
                let by_reporter = node.patch(&format!("{path}/status"), &said);
                let answer = call(by_reporter.header("X-Tracking-Token", tracking)).await;
                self.note("reporter", answer.status);
                return;
            }
            _ => return self.let_time_pass(&id).await,
        };
        let answer = call(request.bearer_auth(token)).await;
        self.note(kind, answer.status);
    }

    async fn check(&self, after: usize) {
        let recount = Recount {
            client: &self.client,
            admin: &self.tokens[0],
        };
        recount.check(&self.nodes, after).await;
    }

    fn note(&mut self, kind: &'static str, status: u16) {
        assert!(status < 500, "{kind}: {status}");
        if status < 300 {
            *self.done.entry(kind).or_default() += 1;
        }
    }

    /// What waits for a time in a complaint is due; waits until it is done.
    async fn let_time_pass(&mut self, id: &str) {
        let shift = format!(
            "UPDATE complaints SET due_at = due_at - INTERVAL '30 days', hold_until = now() - INTERVAL '1 s',
                status_since = status_since - INTERVAL '30 days', timer_at = now() - INTERVAL '1 s'
             WHERE id = '{id}' AND timer_at IS NOT NULL"
        );
        let shifted = self.client.execute(&shift, &[]).await.unwrap();
        let due = "SELECT COUNT(*) FROM complaints WHERE timer_at <= now()";
        crate::support::eventually("no timer is due", async || {
            let due: i64 = self.client.query_one(due, &[]).await.unwrap().get(0);
            (due == 0).then_some(())
        })
        .await;
        *self.done.entry("time").or_default() += usize::try_from(shifted).unwrap();
    }
}

async fn account(app: &TestApp, token: &str) -> String {
    let me = call(app.api.get("/api/v1/auth/me").bearer_auth(token)).await;
    me.expect(200)["id"].as_str().unwrap().to_owned()
}

/// Every category of the sequence has deadlines; of the officers named one works in two regions of three.
async fn set_deadlines(app: &TestApp, admin: &str, olga: &str) {
    for (number, category) in app.demo.categories[..4].iter().enumerate() {
        let rules = json!([{"acknowledge_within": "6h", "resolve_within": format!("{}h", 8 + number),
            "escalations": [{"reassign_to": olga}, {"after": "1h"}]}]);
        let path = format!("/api/v1/categories/{category}/deadlines");
        let request = app.api.put(&path, &rules).bearer_auth(admin);
        call(request).await.expect(200);
    }
}

#[actix::test]
async fn after_any_commands_on_two_nodes_the_counters_are_what_a_recount_says() {
    let mut app = TestApp::with(&["--rate-limits", "off"]).await;
    let tokens = [app.admin().await, app.olga().await, app.otto().await];
    let officers = [
        account(&app, &tokens[1]).await,
        account(&app, &tokens[2]).await,
    ];
    set_deadlines(&app, &tokens[0], &officers[0]).await;
    let other = app.another_node().await;
    let mut sequence = Sequence {
        nodes: [app.api.clone(), Api::at(&other.url())],
        client: app.database().connect().await,
        app: &app,
        tokens,
        officers,
        dice: Dice(11),
        known: Vec::new(),
        done: BTreeMap::new(),
    };
    for turn in 1..=COMMANDS {
        if sequence.known.len() < 5 || sequence.dice.below(4) == 0 {
            sequence.submit().await;
        } else {
            sequence.change().await;
        }
        if turn % BETWEEN == 0 {
            sequence.check(turn).await;
        }
    }
    let every = [
        "assignee", "bulk", "comment", "edit", "merge", "move", "reporter", "step", "support",
        "time",
    ];
    let done: Vec<_> = sequence.done.keys().copied().collect();
    assert_eq!(
        done, every,
        "each kind was carried out: {:?}",
        sequence.done
    );
    let Sequence { client, tokens, .. } = sequence;
    app.assert_log_is_whole().await;
    // A node that counts anew comes to the same.
    other.stop().await;
    app.restart(&["--rate-limits", "off"]).await;
    let recount = Recount {
        client: &client,
        admin: &tokens[0],
    };
    recount
        .check(std::slice::from_ref(&app.api), COMMANDS)
        .await;
    app.end().await;
}
