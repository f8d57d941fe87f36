//! The plain form: what it sends is a complaint as any other, and what is wrong with it is shown on it.

use reqwest::{Client, Url, redirect};

use crate::support::{Answer, TestApp, call};

const KEY: &str = "6e4ba0f5-5f3c-4b0c-9c36-1c1f2b1f7f11";

/// Sends the form as a browser does, which follows a redirect by itself; this one does not.
async fn send(app: &TestApp, fields: &[(&str, &str)]) -> Answer {
    let client = Client::builder().redirect(redirect::Policy::none());
    let client = client.build().unwrap();
    // A form has the syntax of a query.
    let form = Url::parse_with_params("http://form.invalid", fields).unwrap();
    let request = client
        .post(app.api.url("/"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form.query().unwrap().to_owned());
    call(request).await
}

#[actix::test]
async fn a_sent_form_is_a_complaint_and_leads_to_its_page() {
    let app = TestApp::spawn().await;
    let fields = [
        ("key", KEY),
        ("category", "noise"),
        ("description", "Bells & <b>whistles</b>"),
        ("address", "The church"),
        ("region", "north"),
        ("name", ""),
        ("email", "ann@example.org"),
    ];
    let sent = send(&app, &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let path = sent.header("location").to_owned();
    let page = call(app.api.get(&path)).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Bells &amp; &lt;b&gt;whistles"));
    assert!(!page.text.contains("ann@example.org"));
    // The same form again, as by a second click: the same complaint.
    let again = send(&app, &fields).await;
    assert_eq!(
        (again.status, again.header("location")),
        (303, path.as_str())
    );
    let officer = app.olga().await;
    let list = call(app.api.get("/api/v1/complaints").bearer_auth(officer)).await;
    assert_eq!(list.expect(200)["items"].as_array().unwrap().len(), 1);
    app.end().await;
}

#[actix::test]
async fn a_form_at_fault_comes_back_filled_with_every_fault_named() {
    let app = TestApp::spawn().await;
    let fields = [
        ("description", "\"><script>alert(1)</script>"),
        ("email", "nobody"),
        ("category", "<nothing>"),
    ];
    let page = send(&app, &fields).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(
        page.text.matches("class=\"fault\"").count(),
        3,
        "{}",
        page.text
    );
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
    assert!(page.text.contains("&quot;&gt;&lt;script&gt;alert(1)"));
    assert!(page.text.contains("value=\"nobody\""));
    app.end().await;
}

#[actix::test]
async fn forms_are_limited_and_refused_as_other_submissions_are() {
    let app = TestApp::with(&["--rate-anonymous", "1"]).await;
    send(&app, &[("category", "noise")]).await;
    let limited = send(&app, &[("category", "noise")]).await;
    assert_eq!(limited.status, 429);
    assert!(!limited.header("retry-after").is_empty());
    assert!(
        limited.text.contains("Too many reports"),
        "{}",
        limited.text
    );
    app.end().await;
    let closed = TestApp::with(&["--anonymous-submissions", "off"]).await;
    let refused = send(&closed, &[("category", "noise")]).await;
    assert_eq!(refused.status, 401);
    assert!(refused.text.contains("by app only"), "{}", refused.text);
    let json = closed.api.post("/", &serde_json::json!({}));
    call(json).await.problem(415, "wrong_media_type");
    closed.end().await;
}
