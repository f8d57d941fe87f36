//! What a task is at work on, so that whoever tells of a panic in it can say that.

use std::sync::Arc;

tokio::task_local! {
    static AT_WORK: AtWork;
}

/// What a task is at work on.
#[derive(Debug, Clone)]
pub enum AtWork {
    /// A request.
    Request {
        /// Its id, which its client is told too.
        id: Arc<str>,
        /// Its path, which may hold a token: it is never told.
        path: Arc<str>,
        /// The template of a path.
        route: fn(&str) -> String,
    },
    /// An actor, by its name.
    Actor(&'static str),
}

/// Runs `work`, and says meanwhile what it is.
pub fn on<F: Future>(at_work: AtWork, work: F) -> impl Future<Output = F::Output> {
    AT_WORK.scope(at_work, work)
}

/// What the task that runs on this thread is at work on, if that was said.
pub(super) fn now() -> Option<AtWork> {
    AT_WORK.try_with(Clone::clone).ok()
}
