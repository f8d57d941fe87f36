//! Did the server count what the players did? Its series are held against the players' own counts: they
//! must be equal, but for requests of which no player heard how they ended.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::scrape::Scrape;
use super::tally::Known;

/// One comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Line {
    pub(crate) series: String,
    /// By the server.
    pub(crate) counted: f64,
    /// By the players.
    pub(crate) played: f64,
    /// By how much they may differ.
    pub(crate) unknown: f64,
    pub(crate) agrees: bool,
}

/// The players' side of it.
pub(crate) struct Played<'a> {
    pub(crate) known: &'a Known,
    /// Of the time before the first page: its answers are in that page already.
    pub(crate) before: &'a Known,
    /// Events that sockets read.
    pub(crate) heard: u64,
}

/// Compares all series; `first` was read before the players began, `last` when they had ended.
pub(crate) fn compare(first: &Scrape, last: &Scrape, played: &Played<'_>) -> Vec<Line> {
    let (known, unknown) = (played.known, played.known.unanswered as f64);
    let mut lines = Vec::new();
    let mut line = |series: String, counted: f64, played: f64, unknown: f64| {
        lines.push(Line {
            agrees: counted >= played - 0.5 && counted <= played + unknown + 0.5,
            series,
            counted,
            played,
            unknown,
        });
    };
    let submitted = known.submitted.iter().map(|(region, count)| {
        let before = played.before.submitted.get(region).copied().unwrap_or(0);
        (format!("{{region=\"{region}\"}}"), (count - before) as f64)
    });
    let transitions = known.transitions.iter().map(|((from, to), count)| {
        let labels = format!("{{from=\"{from}\",to=\"{to}\"}}");
        (labels, *count as f64)
    });
    for (name, own) in [
        ("complaints_submitted_total", submitted.collect()),
        ("complaint_transitions_total", transitions.collect()),
        ("http_requests_total", answers(known, played.before)),
    ] {
        let counted = last.growth(first, name);
        for (labels, counted, own) in pairs(&counted, &own) {
            line(format!("{name}{labels}"), counted, own, unknown);
        }
    }
    let sum = |name: &str| last.growth(first, name).values().sum::<f64>();
    // A deadline that passed is an event of nobody's.
    let events = (known.events - played.before.events) as f64 + sum("complaint_escalations_total");
    let published = sum("events_published_total");
    line(
        "events_published_total".into(),
        published,
        events,
        2.0 * unknown,
    );
    let delivered = sum("events_delivered_total");
    line(
        "events_delivered_total".into(),
        delivered,
        played.heard as f64,
        0.0,
    );
    let photos = (known.photos - played.before.photos) as f64;
    line("photos_total".into(), sum("photos_total"), photos, unknown);
    lines
}

/// Answers by the labels of their series. The first page was answered after it was made: it is in the growth.
fn answers(known: &Known, before: &Known) -> BTreeMap<String, f64> {
    let answers = known.answers.iter().map(|(key, count)| {
        let (method, endpoint, status) = key;
        let labels = format!("{{endpoint=\"{endpoint}\",method=\"{method}\",status=\"{status}\"}}");
        let earlier = before.answers.get(key).copied().unwrap_or(0);
        (labels, (count - earlier) as f64)
    });
    answers.filter(|(_, count)| *count != 0.0).collect()
}

/// Both counts of everything that either has.
fn pairs(
    counted: &BTreeMap<String, f64>,
    played: &BTreeMap<String, f64>,
) -> Vec<(String, f64, f64)> {
    let labels: BTreeSet<&String> = counted.keys().chain(played.keys()).collect();
    let of = |counts: &BTreeMap<String, f64>, labels| counts.get(labels).copied().unwrap_or(0.0);
    labels
        .into_iter()
        .map(|labels| (labels.clone(), of(counted, labels), of(played, labels)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two submissions, one of them resolved, one photo, three sockets; one page before, one after.
    fn known() -> Known {
        let mut known = Known {
            events: 5,
            photos: 1,
            ..Known::default()
        };
        known.submitted.insert("north".into(), 2);
        known.transitions.insert(("reported", "resolved"), 1);
        known.answers.insert(("POST", "/api/v1/complaints", 201), 2);
        known
    }

    const LAST: &str = "complaints_submitted_total{region=\"north\"} 12\n\
        complaint_transitions_total{from=\"reported\",to=\"resolved\"} 1\n\
        http_requests_total{endpoint=\"/api/v1/complaints\",method=\"POST\",status=\"201\"} 12\n\
        events_published_total 5\nevents_delivered_total 15\nphotos_total{outcome=\"ready\"} 1\n";

    fn differing(last: &str, known: &Known, heard: u64) -> Vec<String> {
        let first = Scrape::read(
            "complaints_submitted_total{region=\"north\"} 10\n\
             http_requests_total{endpoint=\"/api/v1/complaints\",method=\"POST\",status=\"201\"} 10\n",
        );
        let played = Played {
            known,
            before: &Known::default(),
            heard,
        };
        let lines = compare(&first, &Scrape::read(last), &played);
        assert_eq!(lines.len(), 6);
        let differing = lines.into_iter().filter(|line| !line.agrees);
        differing.map(|line| line.series).collect()
    }

    #[test]
    fn equal_counts_agree() {
        assert_eq!(differing(LAST, &known(), 15), [""; 0]);
    }

    #[test]
    fn each_difference_is_found() {
        let all = [
            (
                " 12\ncomplaint_tr",
                " 13\ncomplaint_tr",
                "complaints_submitted_total",
            ),
            (
                "to=\"resolved\"} 1",
                "to=\"resolved\"} 0",
                "complaint_transitions_total",
            ),
            ("\"201\"} 12", "\"201\"} 11", "http_requests_total"),
            (
                "published_total 5",
                "published_total 6",
                "events_published_total",
            ),
            (
                "delivered_total 15",
                "delivered_total 14",
                "events_delivered_total",
            ),
            ("ready\"} 1", "ready\"} 2", "photos_total"),
        ];
        for (from, to, series) in all {
            let found = differing(&LAST.replace(from, to), &known(), 15);
            assert!(
                found.len() == 1 && found[0].starts_with(series),
                "{found:?}"
            );
        }
    }

    #[test]
    fn what_nobody_heard_of_may_have_been_done_or_not() {
        let known = Known {
            unanswered: 1,
            ..known()
        };
        assert_eq!(differing(LAST, &known, 15), [""; 0]);
        let one_more = LAST.replace("north\"} 12", "north\"} 13");
        assert_eq!(differing(&one_more, &known, 15), [""; 0]);
        let two_more = LAST.replace("north\"} 12", "north\"} 14");
        assert_eq!(differing(&two_more, &known, 15).len(), 1);
        let fewer = LAST.replace("north\"} 12", "north\"} 11");
        assert_eq!(
            differing(&fewer, &known, 15).len(),
            1,
            "what was answered is stored"
        );
    }
}
