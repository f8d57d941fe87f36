//! A Prometheus of the test's own, with the project's alert rules at a pace that a test can wait for, and an Alertmanager.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::process::free_address;
use super::{Api, call, eventually};

/// A running Prometheus; killed when it goes out of scope.
pub(crate) struct Prometheus {
    child: Child,
    api: Api,
    _folder: TempDir,
}

impl Prometheus {
    /// Starts one that scrapes a node as the job `redress`, with `rules` as they are but for their waits: what has
    /// to hold for minutes holds after a second here.
    pub(crate) async fn scraping(
        node: SocketAddr,
        token: &str,
        rules: &str,
        told: Option<&Alertmanager>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        write("rules.yml", &hurried(rules));
        write("token", token);
        let config = write("prometheus.yml", &config(node, told));
        let address = free_address();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.path().join("data").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("prometheus is missing: scripts/setup --test-tools installs it");
        let prometheus = Self {
            child,
            api: Api::at(&format!("http://{address}")),
            _folder: folder,
        };
        eventually("Prometheus is ready", async || {
            let ready = prometheus.api.get("/-/ready").send().await.ok()?;
            ready.status().is_success().then_some(())
        })
        .await;
        prometheus
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        self.api.url("")
    }

    /// What an expression gives now: a sample a series.
    pub(crate) async fn query(&self, expression: &str) -> Vec<Value> {
        let path = format!("/api/v1/query?query={}", encoded(expression));
        let answer = call(self.api.get(&path)).await.expect(200);
        answer["data"]["result"].as_array().unwrap().clone()
    }

    /// The labels and annotations of what fires now, by name of the alert.
    pub(crate) async fn firing(&self, name: &str) -> Vec<Value> {
        let answer = call(self.api.get("/api/v1/alerts")).await.expect(200);
        let alerts = answer["data"]["alerts"].as_array().unwrap().iter();
        let fires = alerts
            .filter(|alert| alert["state"] == "firing" && alert["labels"]["alertname"] == name);
        fires.cloned().collect()
    }
}

/// For a query string: whatever may not stand there by itself (RFC 3986 § 2.3) as its bytes.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(byte).collect()
}

fn config(node: SocketAddr, told: Option<&Alertmanager>) -> String {
    let told = told.map_or(String::new(), |told| format!("\"{}\"", told.address));
    format!(
        "global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}
rule_files: [rules.yml]
alerting: {{ alertmanagers: [ {{ static_configs: [{{ targets: [{told}] }}] }} ] }}
scrape_configs:
  - job_name: redress
    authorization: {{ credentials_file: token }}
    static_configs: [{{ targets: [\"{node}\"] }}]
"
    )
}

fn hurried(rules: &str) -> String {
    let line = |line: &str| match line.split_once("for: ") {
        Some((before, _)) if before.trim().is_empty() => format!("{before}for: 1s\n"),
        _ => format!("{line}\n"),
    };
    rules.lines().map(line).collect()
}

/// An Alertmanager of the test's own; killed when it goes out of scope.
pub(crate) struct Alertmanager {
    child: Child,
    address: SocketAddr,
    api: Api,
    _folder: TempDir,
}

impl Alertmanager {
    /// Starts one with the configuration of this file.
    pub(crate) async fn start(config: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address();
        let child = ["prometheus-alertmanager", "alertmanager"]
            .into_iter()
            .find_map(|program| {
                Command::new(program)
                    .arg(format!("--config.file={}", config.display()))
                    .arg(format!("--storage.path={}", folder.path().display()))
                    .arg(format!("--web.listen-address={address}"))
                    .arg("--cluster.listen-address=")
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .ok()
            })
            .expect("alertmanager is missing: scripts/setup --test-tools installs it");
        let alertmanager = Self {
            child,
            address,
            api: Api::at(&format!("http://{address}")),
            _folder: folder,
        };
        eventually("Alertmanager is ready", async || {
            let ready = alertmanager.api.get("/-/ready").send().await.ok()?;
            ready.status().is_success().then_some(())
        })
        .await;
        alertmanager
    }

    /// The alerts that it was told of and has not heard the end of, by name.
    pub(crate) async fn alerts(&self, name: &str) -> Vec<Value> {
        let answer = call(self.api.get("/api/v2/alerts")).await.expect(200);
        let alerts = answer.as_array().unwrap().iter();
        let named = alerts.filter(|alert| alert["labels"]["alertname"] == name);
        named.cloned().collect()
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // Ended already, or left over by a test that failed.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
