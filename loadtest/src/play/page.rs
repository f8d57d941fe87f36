//! The report of a run as one page that needs nothing else: it may be sent around and kept.

use serde_json::Value;

use super::chart::{Chart, Line, number};
use super::observer::Row;
use super::outcome::deeds;
use super::run::Finished;
use crate::report::Report;

const STYLE: &str = include_str!("page.css");

/// The page.
pub(super) fn page(report: &Report, finished: &Finished) -> String {
    let (verdict, class) = match (report.holds(), finished.is_whole) {
        (true, true) => ("everything held", "pass"),
        (true, false) => ("ended early; what was played held", "pass"),
        (false, _) => ("missed", "fail"),
    };
    let title = format!(
        "{} of {}",
        report.what,
        report.date.get(..16).unwrap_or_default()
    );
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main>\n\
         <h1>{title} <span class=\"{class}\">{verdict}</span></h1>\n<p><code>{}</code></p>\n\
         <h2>What must hold</h2>\n{}<h2>Over time</h2>\n<div class=\"charts\">\n{}</div>\n\
         <h2>By deed</h2>\n{}{}{}<h2>Conditions</h2>\n{}</main></body></html>\n",
        escaped(&report.command),
        figures(report),
        charts(finished),
        kinds(finished),
        errors(finished),
        agreement(finished),
        table(
            &["", ""],
            report
                .conditions
                .iter()
                .map(|(name, value)| vec![(*name).into(), value.clone()])
        ),
    )
}

fn figures(report: &Report) -> String {
    let rows = report.figures.iter().map(|figure| figure.row().to_vec());
    let html = table(&["", "measured", "must be", "", "from"], rows);
    html.replace("<td>pass</td>", "<td class=\"pass\">pass</td>")
        .replace("<td>FAIL</td>", "<td class=\"fail\">missed</td>")
}

/// Latency counts from the moment of the timetable.
fn charts(finished: &Finished) -> String {
    let rows = &finished.seen.rows;
    let times: Vec<f64> = rows.iter().map(|row| row.at).collect();
    let marks: Vec<f64> = finished.kills.iter().map(|kill| kill.at).collect();
    let charts = CHARTS.iter().map(|&(title, unit, lines)| {
        let lines = lines.iter().map(|&(name, pick)| Line {
            name,
            values: rows.iter().map(pick).collect(),
        });
        let chart = Chart {
            title,
            unit,
            times: &times,
            lines: lines.collect(),
            marks: &marks,
        };
        chart.html()
    });
    charts.collect()
}

/// A value of each second, if there was any.
type Pick = fn(&Row) -> Option<f64>;

/// Lines with their names.
type Lines = &'static [(&'static str, Pick)];

/// Title, unit and lines.
const CHARTS: [(&str, &str, Lines); 9] = [
    (
        "Throughput",
        "deeds a second",
        &[("done", |row| Some(row.ended as f64))],
    ),
    (
        "Latency",
        "ms from the planned moment",
        &[
            ("p50", |row| (row.ended > 0).then_some(row.p50_ms)),
            ("p95", |row| (row.ended > 0).then_some(row.p95_ms)),
            ("p99", |row| (row.ended > 0).then_some(row.p99_ms)),
        ],
    ),
    (
        "Push",
        "ms from event to socket",
        &[
            ("p50", |row| (row.events > 0).then_some(row.push_p50_ms)),
            ("p99", |row| (row.events > 0).then_some(row.push_p99_ms)),
        ],
    ),
    (
        "Deliveries",
        "events a second, all sockets",
        &[("read", |row| Some(row.events as f64))],
    ),
    (
        "Errors",
        "deeds a second",
        &[("failed", |row| Some(row.errors as f64))],
    ),
    (
        "Under way",
        "deeds",
        &[("in flight", |row| Some(row.in_flight as f64))],
    ),
    (
        "CPU",
        "cores",
        &[
            ("server", |row| row.server_cpu),
            ("PostgreSQL", |row| row.database_cpu),
            ("players", |row| row.client_cpu),
        ],
    ),
    (
        "Memory of the server",
        "MiB",
        &[
            ("resident", |row| {
                Some(row.server_bytes? as f64 / 1_048_576.0)
            }),
            ("without files", |row| {
                Some(row.server_own_bytes? as f64 / 1_048_576.0)
            }),
            ("held by the program", |row| {
                Some(row.server_held_bytes? as f64 / 1_048_576.0)
            }),
        ],
    ),
    (
        "Sockets",
        "live",
        &[("live", |row| Some(row.sockets as f64))],
    ),
];

fn kinds(finished: &Finished) -> String {
    let names = ["count", "errors", "p50_ms", "p95_ms", "p99_ms", "max_ms"];
    let rows = deeds(&finished.counts).into_iter().map(|kind| {
        let figure = |name: &&str| number(kind[*name].as_f64().unwrap_or(0.0));
        let name = kind["deed"].as_str().unwrap_or_default().to_owned();
        std::iter::once(name)
            .chain(names.iter().map(figure))
            .collect()
    });
    table(
        &[
            "deed", "count", "errors", "p50 ms", "p95 ms", "p99 ms", "max ms",
        ],
        rows,
    )
}

fn errors(finished: &Finished) -> String {
    let errors = &finished.counts.errors;
    if errors.is_empty() {
        return String::new();
    }
    let rows = errors
        .iter()
        .map(|(error, count)| vec![error.clone(), count.to_string()]);
    format!("<h2>Errors</h2>\n{}", table(&["", "times"], rows))
}

fn agreement(finished: &Finished) -> String {
    let Some(lines) = &finished.agreement else {
        return String::new();
    };
    let rows = lines.iter().map(|line| {
        let verdict = if line.agrees { "pass" } else { "FAIL" };
        let count = |value: f64| Value::from(value.round() as i64).to_string();
        vec![
            line.series.clone(),
            count(line.counted),
            count(line.played),
            count(line.unknown),
            verdict.into(),
        ]
    });
    let html = table(
        &["series", "the server", "the players", "unanswered", ""],
        rows,
    );
    format!(
        "<details><summary>The server's counters beside the players' own</summary>\n{html}</details>\n"
    )
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let cell = |name: &str, text: &str| format!("<{name}>{}</{name}>", escaped(text));
    let head: String = head.iter().map(|text| cell("th", text)).collect();
    let row = |cells: Vec<String>| {
        let cells: String = cells.iter().map(|text| cell("td", text)).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let body: String = rows.map(row).collect();
    format!("<div class=\"wide\"><table><tr>{head}</tr>\n{body}</table></div>\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
