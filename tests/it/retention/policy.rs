//! The policy: what holds without one, how it is set, what is refused.

use serde_json::{Value, json};

use super::{get, put};
use crate::support::TestApp;

fn rules(policy: &Value) -> Vec<String> {
    let rules = policy["rules"].as_array().unwrap().iter();
    let word = |rule: &Value, member: &str| rule[member].as_str().unwrap_or("*").to_owned();
    let line = |rule: &Value| {
        let [region, category, status, action] =
            ["region", "category", "status", "action"].map(|member| word(rule, member));
        format!("{region} {category} {status} {} {action}", rule["days"])
    };
    rules.map(line).collect()
}

#[actix::test]
async fn the_usual_periods_hold_until_an_admin_sets_others() {
    // However long a jitter: the scheduler must not fail over it.
    let flags = [
        "--retention-time-zone",
        "Europe/Berlin",
        "--retention-jitter",
        "1e18",
    ];
    let app = TestApp::with(&flags).await;
    let admin = app.admin().await;
    let usual = get(&app, &admin, "").await.expect(200);
    let expected = [
        "* * resolved 90 erase",
        "* * closed 30 erase",
        "* * rejected 7 erase",
    ];
    assert_eq!(rules(&usual), expected);
    assert_eq!(usual["replay_days"], 30);
    assert_eq!(usual["orphaned_photo_days"], 7);
    assert_eq!(usual["unfinished_upload_days"], 1);
    assert_eq!(usual["set_by"], Value::Null);
    let schedule = &usual["schedule"];
    assert_eq!(schedule["cron"], "0 3 * * *");
    assert_eq!(schedule["time_zone"], "Europe/Berlin");
    assert_eq!(schedule["on"], true);
    let next: jiff::Timestamp = schedule["next_at"].as_str().unwrap().parse().unwrap();
    assert!(next > jiff::Timestamp::now());
    let shown = next.in_tz("Europe/Berlin").unwrap();
    assert_eq!((shown.hour(), shown.minute()), (3, 0));

    let document = json!({"replay_days": 7, "rules": [
        {"status": "closed", "days": 10},
        {"region": "north", "status": "closed", "days": 365, "action": "anonymise"}]});
    let set = put(&app, &admin, &document).await.expect(200);
    assert_eq!(set, get(&app, &admin, "").await.expect(200));
    let expected = [
        "north * closed 365 anonymise",
        "* * resolved 90 erase",
        "* * closed 10 erase",
        "* * rejected 7 erase",
    ];
    assert_eq!(rules(&set), expected);
    assert_eq!(set["document"], document);
    assert!(set["version"].as_i64() > usual["version"].as_i64());
    assert!(set["set_by"].is_string());
    app.end().await;
}

#[actix::test]
async fn a_policy_that_cannot_be_is_refused_whole_with_all_its_faults() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let before = get(&app, &admin, "").await.expect(200);
    let document = json!({"rules": [
        {"status": "reported", "days": 0},
        {"status": "closed", "days": 36501},
        {"status": "closed", "days": -5, "action": "hide"}]});
    let faults = put(&app, &admin, &document).await.faults();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.0.as_str()).collect();
    let expected = [
        "rules[0].status",
        "rules[0].days",
        "rules[1].days",
        "rules[2].days",
        "rules[2].action",
    ];
    assert_eq!(fields, expected);
    let unknown = json!({"rules": [
        {"region": "atlantis", "category": "mermaid", "status": "closed", "days": 1}]});
    let faults = put(&app, &admin, &unknown).await.faults();
    let expected = ["rules.region", "rules.category"].map(|field| (field, "unknown"));
    let found: Vec<_> = faults
        .iter()
        .map(|(field, code)| (field.as_str(), code.as_str()))
        .collect();
    assert_eq!(found, expected);
    for no_policy in [json!([]), json!(7), json!("{}")] {
        put(&app, &admin, &no_policy)
            .await
            .problem(422, "validation");
    }
    assert_eq!(get(&app, &admin, "").await.expect(200), before);
    app.end().await;
}
