//! Figures of days are the same after an erasure, whether the days were counted before or not.

use redress::domain::erasure::Mode;
use serde_json::Value;

use super::{age, count, enter, erase, erased, submitted};
use crate::support::{TestApp, call};

async fn days(app: &TestApp, admin: &str, region: &str) -> Value {
    let path = format!("/api/v1/stats?days=10&region={region}");
    let stats = call(app.api.get(&path).bearer_auth(admin))
        .await
        .expect(200);
    let mut kept = stats.clone();
    for member in ["at", "by_status", "by_region"] {
        kept.as_object_mut().unwrap().remove(member);
    }
    kept
}

#[actix::test]
async fn erasing_changes_no_figure_of_a_day() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let mut ids = Vec::new();
    for number in 0..6 {
        let id = submitted(&app, "north").await;
        enter(&app, &admin, id, "acknowledged").await;
        let last = if number % 2 == 0 {
            "rejected"
        } else {
            "resolved"
        };
        enter(&app, &admin, id, last).await;
        age(&client, id).await;
        ids.push(id);
    }
    // Of the days nothing was counted: it is, with the first erasure.
    assert_eq!(count(&client, "SELECT count(*) FROM counted_days").await, 0);
    erased(&erase(app.application(), "north", &ids[..2], Mode::Erase).await);
    let counted = "SELECT count(*) FROM counted_days WHERE day < current_date";
    assert_eq!(count(&client, counted).await, 1);
    let before = days(&app, &admin, "north").await;
    let opened: i64 = before["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| day["opened"].as_i64().unwrap())
        .sum();
    assert_eq!(opened, 6, "{before}");
    erased(&erase(app.application(), "north", &ids[2..], Mode::Erase).await);
    assert_eq!(days(&app, &admin, "north").await, before);
    app.end().await;
}

#[actix::test]
async fn what_is_anonymised_stays_in_the_figures_of_days_that_nobody_counted() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let id = submitted(&app, "north").await;
    enter(&app, &admin, id, "rejected").await;
    age(&client, id).await;
    erased(&erase(app.application(), "north", &[id], Mode::Anonymise).await);
    assert_eq!(count(&client, "SELECT count(*) FROM counted_days").await, 0);
    let figures = days(&app, &admin, "north").await;
    let opened = figures["days"].as_array().unwrap().iter();
    let opened: i64 = opened.map(|day| day["opened"].as_i64().unwrap()).sum();
    assert_eq!(opened, 1, "{figures}");
    app.end().await;
}
