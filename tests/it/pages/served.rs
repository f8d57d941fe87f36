//! What is around a page: its headers keep it safe, its language is the reader's, its files are cached for ever.

use crate::source::root;
use crate::support::{Answer, TestApp, call};

/// The pages that are served whether they were built or not.
const PAGES: [&str; 3] = ["/", "/board", "/t/AAAA"];

/// The value of a directive of a page's content security policy.
fn directive<'a>(page: &'a Answer, name: &str) -> &'a str {
    let policy = page.header("content-security-policy");
    let mut directives = policy.split("; ").filter_map(|it| it.split_once(' '));
    directives
        .find_map(|(found, value)| (found == name).then_some(value))
        .unwrap_or_default()
}

#[actix::test]
async fn every_page_forbids_what_no_page_of_ours_does() {
    let app = TestApp::spawn().await;
    for path in PAGES {
        let page = call(app.api.get(path)).await;
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        for (name, value) in [
            ("default-src", "'none'"),
            ("script-src", "'self'"),
            ("style-src", "'self'"),
            ("img-src", "'self' blob: data:"),
            ("connect-src", "'self'"),
            ("form-action", "'self'"),
            ("base-uri", "'none'"),
            ("frame-ancestors", "'none'"),
        ] {
            assert_eq!(directive(&page, name), value, "{path} {name}");
        }
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert!(!page.header("x-request-id").is_empty());
        assert!(!page.text.contains("<!--redress:"), "{}", page.text);
        assert!(!page.text.contains(" style="), "{}", page.text);
    }
    app.end().await;
}

#[actix::test]
async fn map_tiles_are_the_operators_and_the_only_thing_from_elsewhere() {
    let tiles = "https://tiles.example.org/{z}/{x}/{y}.png?a=1&b=2";
    let credit = "<b>People</b>";
    let app = TestApp::with(&["--map-tiles", tiles, "--map-credit", credit]).await;
    let page = call(app.api.get("/")).await;
    let pictures = "'self' blob: data: https://tiles.example.org";
    assert_eq!(directive(&page, "img-src"), pictures);
    assert_eq!(directive(&page, "connect-src"), "'self'");
    assert!(page.text.contains("png?a=1&amp;b=2"), "{}", page.text);
    assert!(page.text.contains("&lt;b&gt;People"), "{}", page.text);
    app.end().await;
}

#[actix::test]
async fn where_dashboards_are_is_told_to_the_administrators_page_alone() {
    let address = "https://grafana.example.org/d?a=1&b=2";
    let app = TestApp::with(&["--dashboards", address]).await;
    let told = "https://grafana.example.org/d?a=1&amp;b=2";
    assert!(call(app.api.get("/admin")).await.text.contains(told));
    for path in PAGES {
        let page = call(app.api.get(path)).await;
        assert!(!page.text.contains("grafana"), "{path}");
    }
    app.end().await;
}

#[actix::test]
async fn a_page_speaks_the_language_of_its_reader() {
    let app = TestApp::spawn().await;
    let page = |path: &'static str, language: &'static str| {
        let request = app.api.get(path).header("Accept-Language", language);
        call(request)
    };
    let english = page("/", "fr-FR").await;
    assert!(english.text.contains("<html lang=\"en\" dir=\"ltr\">"));
    assert!(english.text.contains("What is wrong?"));
    let german = page("/", "de-AT, en;q=0.5").await;
    assert!(german.text.contains("<html lang=\"de\" dir=\"ltr\">"));
    assert!(german.text.contains("Worum geht es?"));
    let chosen = page("/?language=ar", "de").await;
    assert!(chosen.text.contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert!(chosen.header("set-cookie").starts_with("language=ar;"));
    assert!(chosen.header("vary").contains("Accept-Language"));
    app.end().await;
}

#[actix::test]
async fn an_address_that_leads_to_nothing_is_a_page_that_says_so() {
    let app = TestApp::spawn().await;
    let page = call(app.api.get("/t/AAAA")).await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("There is no report"), "{}", page.text);
    for path in [
        "/nothing",
        "/assets/nothing.js",
        "/assets/..%2freport.html",
        "/nothing.js",
        "/pages.json",
    ] {
        call(app.api.get(path)).await.problem(404, "not_found");
    }
    app.end().await;
}

#[actix::test]
async fn head_is_answered_as_get_without_a_body() {
    let app = TestApp::spawn().await;
    let receipt = app.submit("north", "a hole").await;
    let track = format!("/t/{}", receipt["tracking_token"].as_str().unwrap());
    let mut paths: Vec<&str> = vec!["/", "/board", "/admin", &track, "/t/AAAA", "/docs"];
    paths.extend(["/livez", "/readyz", "/health"]);
    let script = built(".js").map(|name| format!("/assets/{name}"));
    if let Some(script) = &script {
        paths.extend([script, "/icon.svg", "/sw.js"]);
    }
    for path in paths {
        let got = call(app.api.get(path)).await;
        let request = reqwest::Client::new().head(app.api.url(path));
        let head = call(request).await;
        assert_eq!(
            (head.status, head.text.as_str()),
            (got.status, ""),
            "{path}"
        );
        for name in [
            "content-type",
            "cache-control",
            "etag",
            "content-security-policy",
        ] {
            assert_eq!(head.header(name), got.header(name), "{path} {name}");
        }
    }
    let refused = call(app.api.delete("/board")).await;
    refused.problem(405, "method_not_allowed");
    app.end().await;
}

/// A file of the built pages; none when they were not built.
fn built(ending: &str) -> Option<String> {
    let folder = std::fs::read_dir(root().join("web/dist/assets")).ok()?;
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.starts_with("report-") && name.ends_with(ending))
        .max_by_key(|name| size(&format!("assets/{name}")))
}

fn size(path: &str) -> u64 {
    let path = root().join("web/dist").join(path);
    std::fs::metadata(path).map_or(0, |file| file.len())
}

#[actix::test]
async fn built_files_are_kept_for_ever_and_sent_compressed() {
    let Some(script) = built(".js") else {
        // `make test-browser` builds the pages, and looks at all of this in a browser.
        return;
    };
    let app = TestApp::spawn().await;
    let path = format!("/assets/{script}");
    let plain = call(app.api.get(&path)).await;
    assert_eq!(plain.status, 200);
    assert_eq!(
        plain.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert!(plain.header("cache-control").contains("immutable"));
    assert_eq!(plain.text.len() as u64, size(&format!("assets/{script}")));
    for (asked, encoding, ending) in [("gzip, deflate, br", "br", "br"), ("gzip", "gzip", "gz")] {
        let packed = app.api.get(&path).header("Accept-Encoding", asked);
        let packed = packed.send().await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], encoding);
        assert_eq!(packed.headers()["vary"], "Accept-Encoding");
        let bytes = packed.bytes().await.unwrap().len() as u64;
        assert_eq!(bytes, size(&format!("assets/{script}.{ending}")));
    }
    let again = app
        .api
        .get(&path)
        .header("If-None-Match", plain.header("etag"));
    assert_eq!(call(again).await.status, 304);
    let page = call(app.api.get("/").header("Accept-Language", "de")).await;
    let texts = page
        .text
        .matches("rel=\"modulepreload\" href=\"/assets/report-");
    assert_eq!(texts.count(), 1, "the German texts, at once: {}", page.text);
    let icon = call(app.api.get("/icon.svg")).await;
    assert_eq!(
        (icon.status, icon.header("cache-control")),
        (200, "no-cache")
    );
    app.end().await;
}
