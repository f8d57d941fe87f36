//! `docs/METRICS.md` names exactly the series, with their types and labels, that a running server shows, and says how
//! those of several nodes are put together; and Prometheus has nothing to say against them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::TestApp;

const PAGE: &str = include_str!("../../docs/METRICS.md");

/// Series with their type and the names of their labels.
type Series = BTreeMap<String, (String, BTreeSet<String>)>;

#[actix::test]
async fn every_series_is_in_the_documentation_and_the_other_way_round() {
    let app = TestApp::spawn().await;
    let mut officer = app.officer(&app.olga().await).await;
    officer.join("north", None).await;
    app.submit("north", "a deep hole").await;
    officer.event().await;
    // What a healthy server does not show, or a moment later: panics, closed sockets, hints.
    let metrics = app.application().metrics();
    metrics.database.hints.with_label_values(&["none"]);
    let lag = &metrics.database.feed_lag;
    lag.with_label_values(&["none"]).observe(0.1);
    let edge = ["reported", "acknowledged"];
    metrics
        .complaints
        .transitions
        .with_label_values(&edge)
        .inc();
    metrics.photos.failures.with_label_values(&["none"]);
    // On a database of one's own there is no folder of data; that of photos is made with the first.
    metrics.database.show_folder("none", 1, 2);
    // A request is counted after its answer: this one is on the next page.
    app.metric("ready").await;

    let page = app.api.get("/metrics").send().await.unwrap();
    let page = page.text().await.unwrap();
    let shown = shown(&page);
    // The collector of `process_…` exists on Linux only.
    let documented = documented(PAGE)
        .into_iter()
        .filter(|(name, _)| cfg!(target_os = "linux") || !name.starts_with("process_"));
    assert_eq!(documented.collect::<Series>(), shown);
    check(&page);
    app.end().await;
}

/// `promtool check metrics`, which ends with 3 for what is against conventions.
fn check(page: &str) {
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is missing: scripts/setup --test-tools installs it");
    let mut input = promtool.stdin.take().unwrap();
    input.write_all(page.as_bytes()).unwrap();
    drop(input);
    let ended = promtool.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && said.trim().is_empty(), "{said}");
}

#[test]
fn the_page_says_of_each_series_how_nodes_are_put_together() {
    let mut rows = 0;
    for line in PAGE.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = line.split('|').map(str::trim).skip(2);
        let (kind, scope) = (cells.next().unwrap(), cells.nth(1).unwrap());
        let ways: &[&str] = match kind {
            "counter" | "histogram" => &["node, sum"],
            _ => &["node, sum", "node, max", "node, min", "database, max"],
        };
        assert!(ways.contains(&scope), "{line}");
        rows += 1;
    }
    assert!(rows > 60, "{rows}");
}

/// The rows of the page's tables whose second column is a type of series.
fn documented(page: &str) -> Series {
    let row = |line: &str| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let name = cells.next()?.trim_matches('`').to_owned();
        let kind = cells.next()?;
        let labels = cells.next()?.split('`').skip(1).step_by(2);
        let is_series = ["counter", "gauge", "histogram", "untyped"].contains(&kind);
        let labels = labels.map(str::to_owned).collect();
        is_series.then(|| (name, (kind.to_owned(), labels)))
    };
    page.lines().filter_map(row).collect()
}

/// The series of a scraped page: its `# TYPE` lines, and the labels of the samples below each.
fn shown(page: &str) -> Series {
    let mut series = Series::new();
    let mut present = String::new();
    for line in page.lines() {
        if let Some(declared) = line.strip_prefix("# TYPE ") {
            let (name, kind) = declared.split_once(' ').unwrap();
            present = name.to_owned();
            series.insert(present.clone(), (kind.to_owned(), BTreeSet::new()));
        } else if let Some((_, labels)) = line.split_once('{') {
            // Values of ours hold no comma; `le` is the histogram's own.
            let names = labels.split(',').filter_map(|label| label.split_once('='));
            let own = names.map(|(name, _)| name).filter(|name| *name != "le");
            let (_, labels) = series.get_mut(&present).unwrap();
            labels.extend(own.map(str::to_owned));
        }
    }
    series
}
