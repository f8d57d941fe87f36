//! A server of the test's own, in this process, on a free port.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use clap::{Args, Command, FromArgMatches};
use redress::app::Application;
use redress::config::ServeSettings;
use redress::demo::{self, DemoFile};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::api::{Api, expect};
use super::officer::Officer;
use super::postgres::TestDatabase;

static APPS: AtomicU32 = AtomicU32::new(0);

/// A running server with the demo's regions, people and key.
pub(crate) struct TestApp {
    pub(crate) api: Api,
    pub(crate) demo: DemoFile,
    database: Option<TestDatabase>,
    application: Option<Application>,
    gave_up: Arc<AtomicUsize>,
    expected_restarts: u64,
    expected_to_give_up: usize,
}

impl TestApp {
    /// Starts a server on a database of its own.
    pub(crate) async fn spawn() -> Self {
        Self::with(&[]).await
    }

    /// As [`TestApp::spawn`], with more flags.
    pub(crate) async fn with(flags: &[&str]) -> Self {
        Self::on(TestDatabase::create().await, flags).await
    }

    /// As [`TestApp::with`], on a database that is there and empty.
    pub(crate) async fn on(database: TestDatabase, flags: &[&str]) -> Self {
        let gave_up: Arc<AtomicUsize> = Arc::default();
        let application = start(settings(&database, flags), &gave_up).await;
        let demo = demo::seed(
            application.store(),
            application.access(),
            &application.url(),
        )
        .await
        .unwrap();
        application.reload_catalogue().await.unwrap();
        application.open().await;
        Self {
            api: Api::at(&application.url()),
            demo,
            database: Some(database),
            application: Some(application),
            gave_up,
            expected_restarts: 0,
            expected_to_give_up: 0,
        }
    }

    /// Starts another node on the same database.
    pub(crate) async fn another_node(&self) -> Application {
        self.another_node_with(&[]).await
    }

    /// As [`TestApp::another_node`], with more flags.
    pub(crate) async fn another_node_with(&self, flags: &[&str]) -> Application {
        let application = start(settings(self.database(), flags), &self.gave_up).await;
        application.open().await;
        application
    }

    /// This node's name: the first part of its fail points.
    pub(crate) fn node(&self) -> &str {
        &self.application().settings().server.node_name
    }

    /// Its database.
    pub(crate) fn database(&self) -> &TestDatabase {
        self.database.as_ref().unwrap()
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.application().settings().server.listen
    }

    pub(crate) fn application(&self) -> &Application {
        self.application.as_ref().unwrap()
    }

    /// A token of the demo's admin.
    pub(crate) async fn admin(&self) -> String {
        self.api
            .login(&self.demo.admin.email, &self.demo.admin.password)
            .await
    }

    /// A token of the officer of `north` and `harbour`.
    pub(crate) async fn olga(&self) -> String {
        let officer = &self.demo.officers[0];
        self.api.login(&officer.email, &officer.password).await
    }

    /// A token of the officer of `harbour` and `old-town`.
    pub(crate) async fn otto(&self) -> String {
        let officer = &self.demo.officers[1];
        self.api.login(&officer.email, &officer.password).await
    }

    /// A live socket with a token.
    pub(crate) async fn officer(&self, token: &str) -> Officer {
        Officer::connect(self.address(), token).await
    }

    /// Submits a complaint to a region by the demo's API key; returns the answer's body.
    pub(crate) async fn submit(&self, region: &str, description: &str) -> Value {
        let body = json!({"category": "pothole", "region": region, "address": "Quay 1",
            "description": description});
        let answer = self
            .api
            .post("/api/v1/complaints", &body)
            .header("X-API-Key", &self.demo.api_key);
        expect(answer, StatusCode::CREATED).await
    }

    /// A series of `/metrics` by its name and labels as printed, such as `ready` or `x{a="b"}`.
    pub(crate) async fn metric(&self, series: &str) -> f64 {
        let page = self
            .api
            .get("/metrics")
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let value = page
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().unwrap())
    }

    /// Tells [`TestApp::end`] that the test made actors restart.
    pub(crate) fn expect_restarts(&mut self, restarts: u64) {
        self.expected_restarts += restarts;
    }

    /// How many actors spent their budget of restarts.
    pub(crate) fn gave_up(&self) -> usize {
        self.gave_up.load(Ordering::SeqCst)
    }

    /// Tells [`TestApp::end`] that the test made an actor give up.
    pub(crate) fn expect_to_give_up(&mut self) {
        self.expected_to_give_up += 1;
    }

    /// Stops the server and starts another with these flags on its database.
    pub(crate) async fn restart(&mut self, flags: &[&str]) {
        self.stop().await;
        self.restart_stopped(flags).await;
    }

    /// Starts another server with these flags on the database of one that was stopped.
    pub(crate) async fn restart_stopped(&mut self, flags: &[&str]) {
        let application = start(settings(self.database(), flags), &self.gave_up).await;
        application.open().await;
        self.api = Api::at(&application.url());
        self.application = Some(application);
    }

    /// Stops the server and leaves the database; for tests of the stop itself.
    pub(crate) async fn stop(&mut self) {
        self.application.take().unwrap().stop().await;
    }

    /// Where its photos are.
    pub(crate) fn photos(&self) -> PathBuf {
        photos_of(self.database())
    }

    /// Drops the database of a server that was stopped by [`TestApp::stop`].
    pub(crate) async fn remove(mut self) {
        fs::remove_dir_all(self.photos()).ok();
        self.database.take().unwrap().remove().await;
    }

    /// Stops the server, drops its database, and fails if an actor was restarted unexpectedly.
    pub(crate) async fn end(mut self) {
        let application = self.application.take().unwrap();
        let restarts: u64 = application
            .metrics()
            .restarts()
            .into_iter()
            .map(|(_, count)| count)
            .sum();
        application.stop().await;
        assert_eq!(restarts, self.expected_restarts, "restarts of actors");
        assert_eq!(
            self.gave_up.load(Ordering::SeqCst),
            self.expected_to_give_up,
            "actors that gave up"
        );
        self.remove().await;
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if self.application.is_some() && !std::thread::panicking() {
            panic!("a test forgot TestApp::end");
        }
    }
}

async fn start(settings: ServeSettings, gave_up: &Arc<AtomicUsize>) -> Application {
    let gave_up = Arc::clone(gave_up);
    let give_up = Arc::new(move |_| {
        gave_up.fetch_add(1, Ordering::SeqCst);
    });
    Application::start(settings, give_up).await.unwrap()
}

/// Where the photos of a test's servers are.
pub(crate) fn photos_of(database: &TestDatabase) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("photos-{}", database.name()))
}

/// The settings of `redress serve` with these flags.
pub(crate) fn settings(database: &TestDatabase, flags: &[&str]) -> ServeSettings {
    settings_at(database.url(), &photos_of(database), flags)
}

/// As [`settings`], of the database at an address.
pub(crate) fn settings_at(url: &str, photos: &Path, flags: &[&str]) -> ServeSettings {
    let node = format!("test{}", APPS.fetch_add(1, Ordering::Relaxed));
    let mut line = vec![
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--node-name",
        &node,
        "--database-url",
        url,
    ];
    line.extend([
        "--jwt-secret",
        "a secret of tests that is long enough",
        "--database-pool-size",
        "8",
        "--drain-window",
        "0.2",
        "--photo-store",
        photos.to_str().unwrap(),
    ]);
    line.extend(flags);
    let command = ServeSettings::augment_args(Command::new("serve"));
    let matches = command
        .args_override_self(true)
        .try_get_matches_from(line)
        .unwrap();
    ServeSettings::from_arg_matches(&matches).unwrap()
}
