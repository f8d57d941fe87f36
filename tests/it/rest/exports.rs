//! Whole lists as CSV and GeoJSON.

use reqwest::header::ACCEPT;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{COMPLAINTS, fill, submit, submitted_as};
use crate::support::call::read_to_end;
use crate::support::{TestApp, call};

const CSV: &str = "text/csv";
const GEO_JSON: &str = "application/geo+json";

async fn export(app: &TestApp, token: &str, kind: &str, query: &str) -> String {
    let request = app.api.get(&format!("{COMPLAINTS}?{query}"));
    let answer = call(request.bearer_auth(token).header(ACCEPT, kind)).await;
    assert!(
        answer.header("content-type").starts_with(kind),
        "{answer:?}"
    );
    assert_eq!(answer.status, 200);
    answer.text
}

/// The records of a CSV text, by the book: quotes, doubled quotes, CRLF.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut is_quoted, mut characters) = (false, text.chars().peekable());
    while let Some(character) = characters.next() {
        match (character, is_quoted) {
            ('"', true) if characters.peek() == Some(&'"') => {
                field.push('"');
                characters.next();
            }
            ('"', _) => is_quoted = !is_quoted,
            (',', false) => record.push(std::mem::take(&mut field)),
            ('\r', false) => assert_eq!(characters.peek(), Some(&'\n')),
            ('\n', false) => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            _ => field.push(character),
        }
    }
    assert!(record.is_empty() && field.is_empty(), "the last line ends");
    records
}

#[actix::test]
async fn a_csv_has_a_header_and_disarms_formulas_and_names_nobody() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let text = "=HYPERLINK(\"x\"),\r\nzwölf";
    let mut body = json!({"category": "pothole", "region": "north", "description": text,
        "address": "-7 Quay", "latitude": -0.5, "longitude": 7.25});
    body["reporter"] = json!({"name": "Ann Secret", "email": "ann@secret.example"});
    let receipt = submit(&app, &body).await.expect(201);
    let csv = export(&app, &admin, CSV, "").await;
    assert!(!csv.contains("ecret"), "{csv}");
    let records = records(&csv);
    assert_eq!(records.len(), 2, "{csv}");
    assert!(
        records
            .iter()
            .all(|record| record.len() == records[0].len())
    );
    let field = |name: &str| {
        let column = records[0].iter().position(|column| column == name).unwrap();
        records[1][column].as_str()
    };
    assert_eq!(field("id"), receipt["id"]);
    assert_eq!(field("description"), format!("'{text}"));
    assert_eq!(field("address"), "'-7 Quay");
    assert_eq!((field("latitude"), field("longitude")), ("-0.5", "7.25"));
    assert_eq!(field("created_at"), receipt["created_at"]);
    assert_eq!((field("assignee"), field("distance_m")), ("", ""));
    app.end().await;
}

#[actix::test]
async fn a_geojson_has_a_feature_for_each_also_without_a_place() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let placed = submitted_as(&app, &json!({"latitude": 54.1, "longitude": 7.5})).await;
    let elsewhere = submitted_as(&app, &json!({"region": "harbour"})).await;
    let collection: Value =
        serde_json::from_str(&export(&app, &admin, GEO_JSON, "").await).unwrap();
    assert_eq!(collection["type"], "FeatureCollection");
    let features = collection["features"].as_array().unwrap();
    assert_eq!(features.len(), 2);
    assert_eq!(features[0]["id"], json!(elsewhere));
    assert!(features[0]["geometry"].is_null() && features[0].get("geometry").is_some());
    assert_eq!(features[1]["id"], json!(placed));
    assert_eq!(
        features[1]["geometry"],
        json!({"type": "Point", "coordinates": [7.5, 54.1]})
    );
    assert_eq!(features[1]["properties"]["status"], "reported");
    let none = export(&app, &admin, GEO_JSON, "region=old-town").await;
    assert_eq!(
        serde_json::from_str::<Value>(&none).unwrap()["features"],
        json!([])
    );
    app.end().await;
}

#[actix::test]
async fn an_export_is_the_whole_list_in_its_order_and_within_its_bounds() {
    let app = TestApp::spawn().await;
    let (admin, otto) = (app.admin().await, app.otto().await);
    fill(&app.database().connect().await, 2500).await;
    let descriptions = |csv: &str| -> Vec<String> {
        records(csv)
            .into_iter()
            .skip(1)
            .map(|mut record| record.swap_remove(5))
            .collect()
    };
    let numbers = |range: std::ops::RangeInclusive<u32>| range.map(|n| format!("hole number {n}"));
    let all = descriptions(&export(&app, &admin, CSV, "").await);
    assert!(all.into_iter().eq(numbers(1..=2500).rev()));
    let oldest = descriptions(&export(&app, &admin, CSV, "order=asc&limit=1500").await);
    assert!(oldest.into_iter().eq(numbers(1..=1500)));
    let searched = descriptions(&export(&app, &admin, CSV, "q=number&open=true&limit=1001").await);
    assert_eq!(searched.len(), 1001);
    assert!(descriptions(&export(&app, &otto, CSV, "").await).is_empty());
    let collection = export(&app, &admin, GEO_JSON, "region=north").await;
    let collection: Value = serde_json::from_str(&collection).unwrap();
    assert_eq!(collection["features"].as_array().unwrap().len(), 2500);
    let refused = app.api.get(&format!("{COMPLAINTS}?limit=0"));
    let refused = call(refused.bearer_auth(&admin).header(ACCEPT, CSV)).await;
    assert_eq!(
        refused.faults(),
        [("limit".to_owned(), "out_of_range".to_owned())]
    );
    app.end().await;
}

#[actix::test]
async fn an_export_that_fails_in_the_middle_does_not_look_complete() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let client = app.database().connect().await;
    fill(&client, 60_000).await;
    let mut stream = tokio::net::TcpStream::connect(app.address()).await.unwrap();
    let request = format!(
        "GET {COMPLAINTS} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\nAuthorization: Bearer {admin}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // The rest waits behind full buffers while the table goes away.
    let mut begun = [0; 4096];
    stream.read_exact(&mut begun).await.unwrap();
    let gone = "ALTER TABLE complaints RENAME TO gone";
    client.batch_execute(gone).await.unwrap();
    let rest = read_to_end(stream).await;
    assert!(
        rest.len() > 4096 && !rest.ends_with("0\r\n\r\n"),
        "{}",
        rest.len()
    );
    client
        .batch_execute("ALTER TABLE gone RENAME TO complaints")
        .await
        .unwrap();
    app.end().await;
}
