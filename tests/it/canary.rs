//! Canaries: a complaint with words in each of its fields that are nowhere else. They are never in a log, a metric or a report
//! of an error, and after the complaint was erased they are nowhere.

mod gone;
mod ingest;
mod search;
mod silence;

use serde_json::{Value, json};

use crate::photos::body::Body;
use crate::pictures::made;
use crate::support::{Answer, Api, call, eventually};

/// In every text that is planted, in some case.
const NEEDLE: &str = "canary7f3a";
/// The digits of the reporter's phone number, of the place, and of the time that the photo tells.
const NUMBERS: [&str; 3] = ["7351735173", "54.101937", "1987:06:05"];

/// All that is searched for.
fn needles() -> Vec<&'static str> {
    [NEEDLE].into_iter().chain(NUMBERS).collect()
}

/// The planted complaint.
struct Planted {
    id: String,
    /// Its photo.
    photo: String,
}

/// Submits a complaint with canaries in each field, twice under one idempotency key, and has it worked on.
async fn plant(api: &Api, key: &str, staff: &str) -> Planted {
    let body = json!({"category": "pothole", "region": "north", "address": "Canary7f3a Quay 1",
        "description": "Canary7f3a in the road", "latitude": 54.101_937, "longitude": 7.581_234,
        "reporter": {"name": "Canary7f3a Person", "email": "canary7f3a@example.org", "phone": "+49 7351735173"}});
    let submit = || {
        let request = api.post("/api/v1/complaints", &body);
        let request = request.header("X-API-Key", key);
        call(request.header("Idempotency-Key", "canary7f3a-key"))
    };
    let receipt = submit().await.expect(201);
    assert_eq!(submit().await.expect(201)["id"], receipt["id"]);
    let text = |member: &str| receipt[member].as_str().unwrap().to_owned();
    let (id, token) = (text("id"), text("tracking_token"));
    let path = format!("/api/v1/complaints/{id}");
    let photo = photo(api, &path, &token).await;
    for visibility in ["internal", "public"] {
        let words = json!({"text": format!("canary7f3a, {visibility}"), "visibility": visibility});
        let comment = api.post(&format!("{path}/comments"), &words);
        call(comment.bearer_auth(staff)).await.expect(201);
    }
    let edit = api.patch(
        &path,
        &json!({"description": "Another canary7f3a", "address": "Canary7f3a Road"}),
    );
    call(edit.bearer_auth(staff)).await.expect(200);
    let step = json!({"status": "acknowledged", "comment": "canary7f3a, with a step"});
    let step = api.patch(&format!("{path}/status"), &step);
    call(step.bearer_auth(staff)).await.expect(200);
    let support = api.post(
        &format!("{path}/support"),
        &json!({"reporter": "canary7f3a supporter"}),
    );
    support_is_taken(call(support.header("X-API-Key", key)).await);
    Planted { id, photo }
}

fn support_is_taken(answer: Answer) {
    assert!(answer.status < 300, "{answer:?}");
}

/// A photo whose file tells more than its pixels, made into pictures.
async fn photo(api: &Api, path: &str, token: &str) -> String {
    let words = |prefix: &[u8]| [prefix, b"canary7f3a 1987:06:05 54.101937".as_slice()].concat();
    let segments = [
        (0xFE, words(b"")),
        (0xE1, words(b"http://ns.adobe.com/xap/1.0/\0")),
        (0xED, words(b"Photoshop 3.0\0")),
    ];
    let file = made::with_segments(&made::jpeg(64, 48), &segments);
    let (kind, bytes) = Body::new().file("photo", "canary7f3a.jpg", &file).end();
    let url = api.url(&format!("{path}/photos"));
    let request = reqwest::Client::new()
        .post(url)
        .header("Content-Type", kind);
    let sent = call(request.header("X-Tracking-Token", token).body(bytes)).await;
    let sent = sent.expect(202);
    let photo = sent["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("{path}/photos/{photo}");
    eventually("the photo is ready", async || {
        let seen: Value = call(api.get(&path).header("X-Tracking-Token", token))
            .await
            .expect(200);
        (seen["status"] == "ready").then_some(())
    })
    .await;
    photo
}

/// Fails with every needle that is in a text.
#[track_caller]
fn assert_silent(place: &str, text: &str) {
    let text = text.to_lowercase();
    let found: Vec<&str> = needles()
        .into_iter()
        .filter(|needle| text.contains(needle))
        .collect();
    assert!(
        found.is_empty(),
        "{place} holds {found:?}:\n{}",
        around(&text, &found)
    );
}

/// What stands around the first find.
fn around(text: &str, found: &[&str]) -> String {
    let at = found
        .first()
        .and_then(|needle| text.find(needle))
        .unwrap_or_default();
    let line = text
        .split('\n')
        .find(|line| found.iter().any(|needle| line.contains(needle)));
    format!(
        "{at}: {}",
        line.unwrap_or_default()
            .chars()
            .take(600)
            .collect::<String>()
    )
}

impl Planted {
    fn path(&self) -> String {
        format!("/api/v1/complaints/{}", self.id)
    }
}
