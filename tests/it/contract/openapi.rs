//! The OpenAPI document and the routes of the running server are the same.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::source::{files, words_after};
use crate::support::{TestApp, call};

type Routes = BTreeSet<(String, String)>;

/// Pages for people, which a document for programs does not name.
const UNDOCUMENTED: &[&str] = &["/docs"];

/// The operations of the document.
fn documented(document: &Value) -> Routes {
    let mut routes = Routes::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap().keys();
        let methods = methods.filter(|name| !["parameters", "summary"].contains(&name.as_str()));
        routes.extend(methods.map(|method| (method.to_uppercase(), path.clone())));
    }
    routes
}

/// The routes that `src/http/*.rs` configures, as far as its text says.
fn configured() -> Routes {
    let mut routes = Routes::new();
    for source in files("src/http", "rs") {
        let is_page = source.path.starts_with("src/http/pages/");
        if is_page && !source.path.ends_with("session.rs") {
            continue;
        }
        let code = source
            .code()
            .replace("resource(PATH)", "resource(\"/api/v1/openapi.json\")");
        let is_at_root = ["health.rs", "metrics.rs", "openapi.rs"]
            .iter()
            .any(|name| source.path.ends_with(name));
        let prefix = if is_at_root { "" } else { "/api/v1" };
        let code = code.replace(".route(\"", ".resource(\"");
        for chunk in code.split("resource(\"").skip(1) {
            let (path, rest) = chunk.split_once('"').unwrap();
            let rest = rest.split("\n}\n").next().unwrap();
            let mut methods = words_after(rest, "web::");
            methods.retain(|word| ["get", "post", "put", "patch", "delete"].contains(word));
            if rest.contains("guard::Post()") {
                methods.push("post");
            }
            assert!(
                !methods.is_empty(),
                "no method of {path} in {}",
                source.path
            );
            let path = format!("{prefix}{path}");
            routes.extend(
                methods
                    .iter()
                    .map(|method| (method.to_uppercase(), path.clone())),
            );
        }
    }
    routes.retain(|(_, path)| !UNDOCUMENTED.contains(&path.as_str()));
    routes
}

#[actix::test]
async fn the_document_and_the_routes_are_the_same() {
    let app = TestApp::spawn().await;
    let document = call(app.api.get("/api/v1/openapi.json")).await.expect(200);
    let documented = documented(&document);
    assert_eq!(documented, configured());
    assert!(documented.len() > 30, "{documented:?}");
    for (method, path) in &documented {
        let mut path = path.clone();
        while let (Some(begin), Some(end)) = (path.find('{'), path.find('}')) {
            path.replace_range(begin..=end, "00000000-0000-7000-8000-000000000000");
        }
        let method: Method = method.parse().unwrap();
        let request = reqwest::Client::new().request(method.clone(), app.api.url(&path));
        let answer = call(request).await;
        assert_ne!(answer.status, 405, "{method} {path}");
        assert!(!answer.text.contains("no such page"), "{method} {path}");
        assert!(answer.status < 500, "{method} {path}: {answer:?}");
    }
    app.end().await;
}

#[actix::test]
async fn what_is_no_route_is_a_404_or_405_problem() {
    let app = TestApp::spawn().await;
    for path in [
        "/api",
        "/api/v1",
        "/api/v1/nothing",
        "/api/v2/complaints",
        "/metrics/x",
    ] {
        call(app.api.get(path)).await.problem(404, "not_found");
    }
    for path in [
        "/api/v1/complaints",
        "/api/v1/regions",
        "/health",
        "/api/v1/auth/login",
    ] {
        let answer = call(app.api.delete(path)).await;
        answer.problem(405, "method_not_allowed");
    }
    app.end().await;
}

#[actix::test]
async fn the_document_is_openapi_3_1_and_every_reference_in_it_resolves() {
    let app = TestApp::spawn().await;
    let answer = call(app.api.get("/api/v1/openapi.json")).await;
    let text = answer.text.clone();
    let document = answer.expect(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut references = 0;
    for reference in text.split("\"$ref\":").skip(1) {
        let reference = reference.trim_start().split('"').nth(1).unwrap();
        let pointer = reference.strip_prefix('#').expect(reference);
        assert!(document.pointer(pointer).is_some(), "{reference}");
        references += 1;
    }
    assert!(references > 30, "{references}");
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let what = format!("{method} {path}");
            let said = operation["summary"].as_str().unwrap_or_default();
            assert!(!said.is_empty(), "{what} has no summary");
            assert!(operation["responses"].as_object().is_some(), "{what}");
            for scheme in operation["security"].as_array().into_iter().flatten() {
                for name in scheme.as_object().unwrap().keys() {
                    let scheme = &document["components"]["securitySchemes"][name];
                    assert!(scheme.is_object(), "{what}: {name}");
                }
            }
        }
    }
    app.end().await;
}

#[actix::test]
async fn the_pages_of_the_document_come_whole_from_this_server() {
    let app = TestApp::spawn().await;
    // Without the slash, as people type it: the client follows the redirect.
    let page = call(app.api.get("/docs")).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(
        !page.text.contains("//unpkg") && !page.text.contains("//cdn"),
        "{}",
        page.text
    );
    let mut assets = Vec::new();
    for attribute in ["src=\"", "href=\""] {
        let values = page.text.split(attribute).skip(1);
        assets.extend(values.map(|rest| rest.split('"').next().unwrap()));
    }
    assert!(assets.len() >= 3, "{assets:?}");
    for asset in assets {
        assert!(!asset.contains("://"), "{asset} comes from elsewhere");
        let path = format!("/docs/{}", asset.trim_start_matches("./"));
        let answer = call(app.api.get(&path)).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.text.is_empty(), "{path}");
    }
    let script = call(app.api.get("/docs/swagger-initializer.js")).await;
    assert!(
        script.text.contains("/api/v1/openapi.json"),
        "{}",
        script.text
    );
    app.end().await;
}
