//! An S3 server of the test's own over a folder, behind a proxy; it can also be made to refuse everything.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Result, s3_error};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use super::proxy::{Place, Proxy};

const BUCKET: &str = "desk";
const ID: &str = "an-access-key";
const SECRET: &str = "its-secret";

/// A running server with one empty bucket; it ends with its test.
pub(crate) struct S3 {
    folder: TempDir,
    fails: Arc<AtomicBool>,
    serving: JoinHandle<()>,
    /// Between the server and whoever talks to it.
    pub(crate) proxy: Proxy,
}

/// Lets in whoever signs, or answers everybody with an error.
struct Door(Arc<AtomicBool>);

#[async_trait::async_trait]
impl S3Access for Door {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        if self.0.load(Ordering::SeqCst) {
            return Err(s3_error!(InternalError));
        }
        match context.credentials() {
            Some(_) => Ok(()),
            None => Err(s3_error!(AccessDenied)),
        }
    }
}

impl S3 {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let fails: Arc<AtomicBool> = Arc::default();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(ID, SECRET));
        service.set_access(Door(Arc::clone(&fails)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Place::Tcp(listener.local_addr().unwrap());
        Self {
            folder,
            fails,
            serving: tokio::spawn(serve(listener, service.build())),
            proxy: Proxy::before(server, 1).await,
        }
    }

    /// Has a program keep its photos here, below a prefix.
    pub(crate) fn serves(&self, command: &mut Command) {
        let endpoint = format!("http://{}", self.proxy.address());
        command
            .env("PHOTO_STORE", format!("s3://{BUCKET}/town/photos"))
            .env("S3_ENDPOINT_URL", endpoint)
            .env("S3_ACCESS_KEY", ID)
            .env("S3_SECRET_KEY", SECRET);
    }

    /// Whether it answers every request with an error of its own.
    pub(crate) fn fails(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    /// The folder in which everything lies that it was given.
    pub(crate) fn bucket(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, service: S3Service) {
    let mut connections = JoinSet::new();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let service = service.clone();
        connections.spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            server.serve_connection(TokioIo::new(socket), service).await
        });
    }
}
