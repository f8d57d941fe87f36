//! Whatever is sent is answered with a problem that a person can act on, never with a 5xx.

mod bodies;
mod fields;
mod heads;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;

/// Every route that takes a JSON body, with a body that it accepts or nearly so.
fn routes() -> Vec<(Method, &'static str, Value)> {
    let mut routes = vec![
        (
            Method::POST,
            "/api/v1/complaints",
            json!({"category": "pothole", "description": "a hole", "severity": "low",
                "latitude": 1.5, "longitude": 1.25, "address": "Quay 1", "region": "north",
                "reporter": {"name": "A", "email": "a@b.example", "phone": "123"}}),
        ),
        (
            Method::PATCH,
            "/api/v1/complaints/{complaint}/status",
            json!({"status": "reported", "comment": "c", "version": 7}),
        ),
        (
            Method::POST,
            "/api/v1/auth/login",
            json!({"email": "a@b.example", "password": "p"}),
        ),
        (
            Method::POST,
            "/api/v1/auth/refresh",
            json!({"refresh_token": "t"}),
        ),
        (
            Method::POST,
            "/api/v1/auth/password",
            json!({"old_password": "o", "new_password": "a new long password"}),
        ),
    ];
    routes.extend(admin_routes());
    routes
}

/// The same, of the routes for admins.
fn admin_routes() -> Vec<(Method, &'static str, Value)> {
    let polygon = json!({"type": "Polygon",
        "coordinates": [[[1.0, 1.0], [2.0, 1.0], [2.0, 2.0], [1.0, 1.0]]]});
    vec![
        (
            Method::POST,
            "/api/v1/admin/accounts",
            json!({"email": "a@b.example", "name": "A", "role": "officer", "regions": ["north"],
                "password": "a new long password"}),
        ),
        (
            Method::PATCH,
            "/api/v1/admin/accounts/{account}",
            json!({"name": "A", "role": "officer", "active": true, "regions": ["north"],
                "password": "a new long password"}),
        ),
        (
            Method::POST,
            "/api/v1/admin/api-keys",
            json!({"name": "A", "scopes": ["read"], "regions": ["north"], "rate_per_minute": 5}),
        ),
        (
            Method::POST,
            "/api/v1/admin/regions",
            json!({"id": "new", "name": "New", "boundary": polygon}),
        ),
        (
            Method::PATCH,
            "/api/v1/admin/regions/harbour",
            json!({"name": "New", "active": true, "boundary": polygon}),
        ),
        (
            Method::POST,
            "/api/v1/admin/regions/import",
            json!({"type": "FeatureCollection", "features": [{"type": "Feature", "id": "new",
                "properties": {"name": "New"}, "geometry": polygon}]}),
        ),
        (
            Method::POST,
            "/api/v1/admin/categories",
            json!({"id": "new", "name": "New", "hint": "h", "default_severity": "low"}),
        ),
        (
            Method::PATCH,
            "/api/v1/admin/categories/graffiti",
            json!({"name": "New", "hint": "h", "default_severity": "low", "active": true}),
        ),
        (
            Method::POST,
            "/api/v1/admin/categories/import",
            json!([{"id": "new", "name": "New", "hint": "h", "default_severity": "low"}]),
        ),
    ]
}

/// A server with a complaint and an account that the routes above may change.
struct Target {
    app: TestApp,
    admin: String,
    complaint: String,
    account: String,
}

impl Target {
    async fn spawn(flags: &[&str]) -> Self {
        let flags = [&["--rate-limits", "off"], flags].concat();
        let app = TestApp::with(&flags).await;
        let complaint = app.submit("north", "a hole").await;
        let otto = app.otto().await;
        let me = app.api.get("/api/v1/auth/me").bearer_auth(otto);
        let me = crate::support::call(me).await.expect(200);
        Self {
            admin: app.admin().await,
            complaint: complaint["id"].as_str().unwrap().to_owned(),
            account: me["id"].as_str().unwrap().to_owned(),
            app,
        }
    }

    /// A request as the admin to one of the routes.
    fn request(&self, method: &Method, path: &str) -> reqwest::RequestBuilder {
        let path = path
            .replace("{complaint}", &self.complaint)
            .replace("{account}", &self.account);
        let url = self.app.api.url(&path);
        let request = reqwest::Client::new().request(method.clone(), url);
        match path.as_str() {
            "/api/v1/auth/login" | "/api/v1/auth/refresh" => request,
            _ => request.bearer_auth(&self.admin),
        }
    }
}
