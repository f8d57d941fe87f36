//! Alerts: each rule has its cases and its section in the runbook, and a real Prometheus fires when a node breaks.

use std::collections::BTreeMap;
use std::process::Command;

use crate::source::{read, root};
use crate::support::failover::Failover;
use crate::support::process::{ServerProcess, free_address};
use crate::support::prometheus::{Alertmanager, Prometheus};
use crate::support::{TestApp, eventually};

const RULES: &str = "docker/prometheus/rules/redress.yml";
const CASES: &str = "docker/prometheus/tests/redress.test.yml";

/// The names of all alerts.
fn alerts() -> Vec<String> {
    let rules = read(RULES);
    let names = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(names.len() > 20, "{names:?}");
    names
}

/// Runs a tool of Prometheus in the project's root; fails with what it said.
fn run(tool: &str, arguments: &[&str]) {
    let ended = Command::new(tool)
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap_or_else(|error| {
            panic!("{tool} is missing ({error}): scripts/setup --test-tools installs it")
        });
    let said = [ended.stdout, ended.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(ended.status.success(), "{tool} {arguments:?}: {said}");
}

#[test]
fn every_alert_fires_in_one_case_and_not_in_another() {
    run("promtool", &["test", "rules", CASES]);
    let cases = read(CASES);
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in cases.split("alertname: ").skip(1) {
        let name = case.lines().next().unwrap().trim().to_owned();
        let (fires, rests) = counts.entry(name).or_default();
        let is_quiet = case.lines().nth(1).unwrap().trim() == "exp_alerts: []";
        *(if is_quiet { rests } else { fires }) += 1;
    }
    for alert in alerts() {
        let (fires, rests) = counts.get(&alert).copied().unwrap_or_default();
        assert!(
            fires > 0 && rests > 0,
            "{alert}: {fires} fire, {rests} do not"
        );
    }
}

#[test]
fn every_alert_has_its_section_in_the_runbook_and_the_other_way_round() {
    let rules = read(RULES);
    let runbook = read("docs/RUNBOOK.md");
    let sections = runbook.lines().filter_map(|line| line.strip_prefix("### "));
    let sections: Vec<&str> = sections.collect();
    assert_eq!(alerts(), sections);
    for alert in alerts() {
        let link = format!("runbook_url: docs/RUNBOOK.md#{}", alert.to_lowercase());
        assert!(rules.contains(&link), "{alert}");
    }
}

#[test]
fn the_configurations_are_good() {
    run(
        "promtool",
        &[
            "check",
            "config",
            "--syntax-only",
            "docker/prometheus/prometheus.yml",
        ],
    );
    run("promtool", &["check", "rules", RULES]);
    run(
        "amtool",
        &["check-config", "docker/prometheus/alertmanager.yml"],
    );
}

#[test]
fn no_rule_asks_for_a_series_that_there_is_not() {
    let documented = read("docs/METRICS.md");
    let is_documented = |name: &str| {
        let families = ["_bucket", "_count", "_sum"].iter();
        let families = families.filter_map(|suffix| name.strip_suffix(suffix));
        let mut names = families.chain([name]);
        names.any(|name| documented.contains(&format!("| `{name}` |")))
    };
    let mut asked = Vec::new();
    for line in read(RULES).lines() {
        let is_text = [
            "summary:",
            "- alert:",
            "- name:",
            "runbook_url:",
            "#",
            "labels:",
        ]
        .iter()
        .any(|key| line.trim_start().starts_with(key));
        let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let series = words.filter(|word| word.contains('_') && !is_text);
        asked.extend(series.map(str::to_owned));
    }
    asked.retain(|word| !["histogram_quantile"].contains(&word.as_str()));
    assert!(asked.len() > 20, "{asked:?}");
    for word in asked {
        assert!(is_documented(&word), "{word}");
    }
}

#[actix::test]
async fn a_real_prometheus_sees_a_database_that_stops_and_a_node_that_dies() {
    let token = "a token of tests";
    let database = Failover::start();
    let (address, figures) = (free_address(), free_address());
    let figures_flag = figures.to_string();
    let flags = ["--metrics-addr", &figures_flag, "--metrics-token", token];
    let log = tempfile::NamedTempFile::new().unwrap();
    let server = ServerProcess::start_on(&database.url(), address, &flags, log.path()).await;
    let told = Alertmanager::start(&root().join("docker/prometheus/alertmanager.yml")).await;
    let prometheus = Prometheus::scraping(figures, token, &read(RULES), Some(&told)).await;
    eventually("the node is scraped", async || {
        let up = prometheus.query("database_up == 1").await;
        (!up.is_empty()).then_some(())
    })
    .await;
    assert_eq!(prometheus.firing("RedressDatabaseDown").await.len(), 0);

    database.stop();
    let alert = eventually("the alert fires", async || {
        prometheus.firing("RedressDatabaseDown").await.pop()
    })
    .await;
    assert_eq!(alert["labels"]["severity"], "page");
    let summary = alert["annotations"]["summary"].as_str().unwrap();
    assert!(summary.starts_with(&figures.to_string()), "{summary}");
    let heard = eventually("Alertmanager is told", async || {
        told.alerts("RedressDatabaseDown").await.pop()
    })
    .await;
    assert_eq!(heard["receivers"][0]["name"], "nobody");
    assert_eq!(prometheus.firing("RedressDown").await.len(), 0);

    database.start_again();
    eventually("it fires no more", async || {
        let firing = prometheus.firing("RedressDatabaseDown").await;
        firing.is_empty().then_some(())
    })
    .await;

    server.kill();
    eventually("the node is missed", async || {
        prometheus.firing("RedressDown").await.pop()
    })
    .await;
}

#[actix::test]
async fn every_query_of_the_dashboards_finds_series_of_a_node_at_work() {
    let app = TestApp::with(&["--metrics-token", "a token of tests"]).await;
    let prometheus =
        Prometheus::scraping(app.address(), "a token of tests", &read(RULES), None).await;
    let olga = app.olga().await;
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let receipt = app.submit("north", "a hole").await;
    officer.event().await;
    let id = receipt["id"].as_str().unwrap();
    app.api.set_status(&olga, id, "acknowledged").await;
    officer.event().await;
    eventually("it is scraped", async || {
        let found = prometheus
            .query("rate(complaint_transitions_total[1m])")
            .await;
        (!found.is_empty()).then_some(())
    })
    .await;
    run(
        "python3",
        &["scripts/dashboards", "--prometheus", &prometheus.url()],
    );
    drop(officer);
    app.end().await;
}
