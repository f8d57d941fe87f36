//! The threads that work on a folder: few, and apart from those that serve requests.
//!
//! Files are made, written and flushed by threads that block. Tokio keeps such threads for each thread that serves
//! requests and makes as many as are asked for: twelve photos at once had the serving threads wait for them and for
//! each other, and a disk that hangs would take all threads that there are, those that check passwords among them.

use std::sync::Arc;

use object_store::Error;
use tokio::runtime::{Builder, EnterGuard, Runtime};
use tokio_util::task::AbortOnDropHandle;

/// Threads that block: so many files are worked on at the same time.
const THREADS: usize = 8;

/// They. Cheap to clone; they end with the last clone.
#[derive(Clone)]
pub(super) struct Disk(Arc<Threads>);

/// There until it is dropped.
struct Threads(Option<Runtime>);

impl Disk {
    /// Starts one thread; the others come when they are needed, and go.
    pub(super) fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(THREADS)
            .thread_name("photo-files")
            .build()?;
        Ok(Self(Arc::new(Threads(Some(runtime)))))
    }

    /// Has them do something; given up, it is ended.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let Some(runtime) = &self.0.0 else {
            return work.await;
        };
        AbortOnDropHandle::new(runtime.spawn(work)).await?
    }

    /// What is begun while this is held is theirs.
    pub(super) fn enter(&self) -> Option<EnterGuard<'_>> {
        self.0.0.as_ref().map(Runtime::enter)
    }
}

impl Drop for Threads {
    /// Does not wait: one may be stuck in a disk that hangs.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
