//! Policies, ages and cut-offs, as tables.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::status::Status;
use super::plan::cut_off;
use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

#[test]
fn an_empty_document_is_the_usual_policy() {
    let policy = parse(&json!({})).unwrap();
    assert_eq!(policy, Policy::default());
    let usual: Vec<_> = policy
        .rules()
        .iter()
        .map(|rule| (rule.status, rule.days, rule.action))
        .collect();
    let erase = Treatment::Erase;
    assert_eq!(
        usual,
        [
            (Status::Resolved, 90, erase),
            (Status::Closed, 30, erase),
            (Status::Rejected, 7, erase)
        ]
    );
    let kept = policy.kept;
    assert_eq!(
        (
            kept.replay_days,
            kept.orphaned_photo_days,
            kept.unfinished_upload_days
        ),
        (30, 7, 1)
    );
}

#[test]
fn the_most_specific_rule_comes_first() {
    let policy = parse(
        &json!({"replay_days": 3, "orphaned_photo_days": 4, "unfinished_upload_days": 5, "rules": [
        {"status": "closed", "days": 400},
        {"category": "lamp", "status": "closed", "days": 3},
        {"region": "north", "status": "closed", "days": 2, "action": "anonymise"},
        {"region": "north", "category": "lamp", "status": "closed", "days": 1}]}),
    )
    .unwrap();
    let closed = policy.rules().iter();
    let closed = closed.filter(|rule| rule.status == Status::Closed);
    let days: Vec<u32> = closed.map(|rule| rule.days).collect();
    assert_eq!(days, [1, 2, 3, 400]);
    assert_eq!(policy.rules()[1].action, Treatment::Anonymise);
    let kept = policy.kept;
    assert_eq!(
        (
            kept.replay_days,
            kept.orphaned_photo_days,
            kept.unfinished_upload_days
        ),
        (3, 4, 5)
    );
}

#[test]
fn everything_that_is_wrong_with_a_document_is_named() {
    let good = json!({"status": "closed", "days": 1});
    for (document, field, code) in [
        (json!(7), "document", "wrong_type"),
        (json!({"rule": []}), "rule", "unknown_field"),
        (json!({"rules": {}}), "rules", "wrong_type"),
        (json!({"rules": [7]}), "rules[0]", "wrong_type"),
        (json!({"replay_days": 0}), "replay_days", "out_of_range"),
        (json!({"replay_days": "x"}), "replay_days", "wrong_type"),
        (
            json!({"orphaned_photo_days": -1}),
            "orphaned_photo_days",
            "out_of_range",
        ),
        (
            json!({"unfinished_upload_days": 99999}),
            "unfinished_upload_days",
            "out_of_range",
        ),
        (json!({"rules": [good, good]}), "rules[1]", "repeated"),
    ] {
        let faults = parse(&document).unwrap_err().into_inner();
        let found = faults
            .iter()
            .map(|fault| (fault.field.as_str(), fault.code));
        assert_eq!(found.collect::<Vec<_>>(), [(field, code)], "{document}");
    }
    let rule = |member: &str, value: Value| {
        let mut rule = good.clone();
        rule[member] = value;
        let faults = parse(&json!({"rules": [rule]})).unwrap_err().into_inner();
        assert_eq!(faults[0].field, format!("rules[0].{member}"));
        faults[0].clone()
    };
    for status in ["reported", "in_progress", "gone", ""] {
        assert_eq!(rule("status", json!(status)).code, "unknown");
    }
    for days in [json!(0), json!(-1), json!(36_501), json!(1.5), json!(1e30)] {
        let fault = rule("days", days.clone());
        assert_eq!(fault.code, "out_of_range", "{days}");
        assert_eq!(fault.message, "must be between 1 and 36500 days");
    }
    assert_eq!(rule("days", json!("90")).code, "wrong_type");
    assert_eq!(rule("action", json!("keep")).code, "unknown");
    assert_eq!(rule("region", json!(7)).code, "wrong_type");
    assert_eq!(rule("severity", json!("low")).code, "unknown_field");
}

#[test]
fn ages_of_a_purge_have_bounds() {
    let parse = |status, days| Purge::parse(status, days, ("complaint_status", "days_old"));
    let purge = parse(Some("closed"), Some("60")).unwrap();
    assert_eq!((purge.status, purge.days), (Some(Status::Closed), Some(60)));
    assert_eq!(parse(None, None).unwrap(), Purge::default());
    for (days, code) in [
        ("0", "out_of_range"),
        ("-1", "out_of_range"),
        ("36501", "out_of_range"),
        ("99999999999999999999999", "out_of_range"),
        ("-99999999999999999999999", "out_of_range"),
        ("", "malformed"),
        ("-", "malformed"),
        ("1.5", "malformed"),
        ("1e3", "malformed"),
        ("+7", "malformed"),
    ] {
        let fault = parse(None, Some(days)).unwrap_err().into_inner().remove(0);
        assert_eq!(
            (fault.field.as_str(), fault.code),
            ("days_old", code),
            "{days}"
        );
        let bounds = "must be between 1 and 36500 days";
        assert!(fault.message.ends_with(bounds), "{}", fault.message);
    }
    let faults = parse(Some("reported"), Some("0")).unwrap_err();
    assert_eq!(faults.into_inner().len(), 2);
}

#[test]
fn days_are_those_of_the_calendar_and_never_shorter_than_24_hours() {
    let berlin = zone("Europe/Berlin");
    for (days, now, expected) in [
        (30, "2026-11-26T02:00:00Z", "2026-10-27T02:00:00Z"),
        // Clocks were put back between: the days are an hour longer.
        (40, "2026-11-26T02:00:00Z", "2026-10-17T01:00:00Z"),
        // Clocks were put forward in the night: the day has 23 hours.
        (1, "2026-03-29T10:00:00Z", "2026-03-28T10:00:00Z"),
        (1, "2026-10-25T10:00:00Z", "2026-10-24T09:00:00Z"),
        // Over a leap day.
        (1, "2028-03-01T12:00:00Z", "2028-02-29T12:00:00Z"),
        (365, "2028-03-01T12:00:00Z", "2027-03-02T12:00:00Z"),
        (36_500, "2026-11-26T02:00:00Z", "1926-12-21T02:00:00Z"),
    ] {
        assert_eq!(
            cut_off(days, at(now), &berlin),
            at(expected),
            "{days} {now}"
        );
    }
}

#[test]
fn a_purge_narrows_the_plan_and_keeps_the_actions() {
    let policy = parse(&json!({"rules": [
        {"region": "north", "status": "closed", "days": 365, "action": "anonymise"}]}));
    let policy = policy.unwrap();
    let now = at("2026-11-26T12:00:00Z");
    let plan = |status, days| Plan::new(&policy, &Purge { status, days }, now, &TimeZone::UTC);
    let whole = plan(None, None);
    assert_eq!(whole.lines().len(), 4);
    assert_eq!(whole.statuses().collect::<Vec<_>>(), Policy::STATUSES);
    assert_eq!(
        whole.latest(Status::Closed),
        Some(at("2026-10-27T12:00:00Z"))
    );
    let narrow = plan(Some(Status::Closed), Some(2));
    assert_eq!(narrow.latest(Status::Resolved), None);
    let lines: Vec<_> = narrow
        .lines()
        .iter()
        .map(|line| (line.region.as_deref(), line.before, line.action))
        .collect();
    let before = at("2026-11-24T12:00:00Z");
    assert_eq!(
        lines,
        [
            (Some("north"), before, Treatment::Anonymise),
            (None, before, Treatment::Erase)
        ]
    );
    let kept = serde_json::to_value(&whole).unwrap();
    assert_eq!(serde_json::from_value::<Plan>(kept).unwrap(), whole);
}
