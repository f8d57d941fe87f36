//! JSON that can be read, with values that cannot be.

use serde_json::{Value, json};

use super::{Target, routes};
use crate::support::call;

/// The value with one of its parts replaced, for each part in turn: its place and what came of it.
fn replaced(value: &Value, by: &Value) -> Vec<(String, Value)> {
    let mut all = vec![(String::new(), by.clone())];
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, part)| (name.clone(), part))
            .collect(),
        Value::Array(items) => items
            .iter()
            .take(1)
            .map(|part| ("0".to_owned(), part))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (name, part) in parts {
        for (place, changed) in replaced(part, by) {
            let mut whole = value.clone();
            *whole.pointer_mut(&format!("/{name}")).unwrap() = changed;
            all.push((format!("/{name}{place}"), whole));
        }
    }
    all
}

/// The parts of a value that are texts.
fn texts(value: &Value) -> Vec<(String, Value)> {
    let is_text = |(place, _): &(String, Value)| value.pointer(place).is_some_and(Value::is_string);
    replaced(value, &json!("a\u{0}b"))
        .into_iter()
        .filter(is_text)
        .collect()
}

#[actix::test]
async fn a_nul_in_any_text_is_refused() {
    let target = Target::spawn(&[]).await;
    for (method, path, body) in routes() {
        for (place, body) in texts(&body) {
            let what = format!("{method} {path} {place}");
            let answer = call(target.request(&method, path).json(&body)).await;
            // A password may be any text: it is hashed, never stored.
            if !(place.ends_with("password") && answer.status < 300) {
                answer.refused(&what);
            }
        }
    }
    target.app.end().await;
}

#[actix::test]
async fn values_of_every_wrong_kind_are_answered_below_500() {
    let target = Target::spawn(&[]).await;
    let junk = [
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!(-1),
        json!(1e308),
        json!(18_446_744_073_709_551_615_u64),
        json!(""),
        json!("🕳\u{202e}\u{fffd}"),
        json!("x".repeat(20_000)),
        json!([[[[[[]]]]]]),
    ];
    for (method, path, body) in routes() {
        for junk in &junk {
            for (place, body) in replaced(&body, junk) {
                let answer = call(target.request(&method, path).json(&body)).await;
                let what = format!("{method} {path} {place}: {answer:?}");
                assert!(answer.status < 500, "{what}");
                let is_problem = answer.header("content-type") == "application/problem+json";
                assert!(answer.status < 400 || is_problem, "{what}");
            }
        }
    }
    target.app.end().await;
}

#[actix::test]
async fn unknown_members_are_refused_everywhere() {
    let target = Target::spawn(&[]).await;
    for (method, path, mut body) in routes() {
        // GeoJSON allows foreign members (RFC 7946 § 6.1).
        if path.ends_with("regions/import") {
            continue;
        }
        let members = body.as_array_mut().map_or(Some(()), |_| None);
        match members {
            Some(()) => body["colour"] = "red".into(),
            None => body[0]["colour"] = "red".into(),
        }
        let answer = call(target.request(&method, path).json(&body)).await;
        answer.problem(422, "validation");
    }
    target.app.end().await;
}

#[actix::test]
async fn a_nul_in_any_query_parameter_is_refused() {
    let target = Target::spawn(&[]).await;
    let lists = [
        (
            "/api/v1/complaints",
            &[
                "region",
                "status",
                "category",
                "severity",
                "assignee",
                "q",
                "created_after",
                "created_before",
                "limit",
                "cursor",
                "%00",
            ][..],
        ),
        ("/api/v1/admin/accounts", &["limit", "cursor"]),
        ("/api/v1/admin/api-keys", &["limit", "cursor"]),
    ];
    for (path, parameters) in lists {
        for parameter in parameters {
            for junk in ["a%00b", "%ff%fe", "%", "%zz", "%ed%a0%80"] {
                let path = format!("{path}?{parameter}={junk}");
                let request = target.request(&reqwest::Method::GET, &path);
                let answer = call(request).await;
                // Bytes that are no text are read as U+FFFD: a search for that finds nothing.
                if !(*parameter == "q" && !junk.contains("00") && answer.status == 200) {
                    answer.refused(&path);
                }
            }
        }
    }
    target.app.end().await;
}
