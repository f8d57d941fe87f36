//! `docs/METRICS.md` names exactly the series, with their labels, that a running server shows.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::TestApp;

const PAGE: &str = include_str!("../../docs/METRICS.md");

/// Series with the names of their labels.
type Series = BTreeMap<String, BTreeSet<String>>;

#[actix::test]
async fn every_series_is_in_the_documentation_and_the_other_way_round() {
    let app = TestApp::spawn().await;
    let mut officer = app.officer(&app.olga().await).await;
    officer.join("north", None).await;
    app.submit("north", "a deep hole").await;
    officer.event().await;
    // What a healthy server does not show, or a moment later: panics, closed sockets, hints.
    let metrics = app.application().metrics();
    metrics.actor_restarts.with_label_values(&["none"]);
    metrics.push.closes.with_label_values(&["none"]);
    metrics.database.hints.with_label_values(&["none"]);
    // A request is counted after its answer: this one is on the next page.
    app.metric("ready").await;

    let page = app.api.get("/metrics").send().await.unwrap();
    let shown = shown(&page.text().await.unwrap());
    // The collector of `process_…` exists on Linux only.
    let documented = documented(PAGE)
        .into_iter()
        .filter(|(name, _)| cfg!(target_os = "linux") || !name.starts_with("process_"));
    assert_eq!(documented.collect::<Series>(), shown);
    app.end().await;
}

/// The rows of the page's tables whose second column is a type of series.
fn documented(page: &str) -> Series {
    let row = |line: &str| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let name = cells.next()?.trim_matches('`').to_owned();
        let kind = cells.next()?;
        let labels = cells.next()?.split('`').skip(1).step_by(2);
        let is_series = ["counter", "gauge", "histogram"].contains(&kind);
        is_series.then(|| (name, labels.map(str::to_owned).collect()))
    };
    page.lines().filter_map(row).collect()
}

/// The series of a scraped page: its `# TYPE` lines, and the labels of the samples below each.
fn shown(page: &str) -> Series {
    let mut series = Series::new();
    let mut present = String::new();
    for line in page.lines() {
        if let Some(declared) = line.strip_prefix("# TYPE ") {
            present = declared.split(' ').next().unwrap().to_owned();
            series.insert(present.clone(), BTreeSet::new());
        } else if let Some((_, labels)) = line.split_once('{') {
            // Values of ours hold no comma; `le` is the histogram's own.
            let names = labels.split(',').filter_map(|label| label.split_once('='));
            let own = names.map(|(name, _)| name).filter(|name| *name != "le");
            series
                .get_mut(&present)
                .unwrap()
                .extend(own.map(str::to_owned));
        }
    }
    series
}
