//! Somebody wants it to end early: Ctrl-C in a terminal, or SIGTERM. From its first moment on, so that a
//! server that was started for the run never outlives it.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::Fault;

/// Whether somebody said so.
#[derive(Clone)]
pub(super) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from now on, in place of what the signals do otherwise.
    ///
    /// # Errors
    /// When the system does not let it.
    pub(super) fn listen() -> Result<Self, Fault> {
        let mut term = signal(SignalKind::terminate())?;
        let mut int = signal(SignalKind::interrupt())?;
        let (told, hear) = watch::channel(false);
        tokio::task::spawn_local(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
            told.send_replace(true);
            // Whoever says it again has been heard.
            told.closed().await;
        });
        Ok(Self(hear))
    }

    /// Resolves when somebody says so.
    pub(super) async fn came(mut self) {
        if self.0.wait_for(|is_told| *is_told).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// What is done, unless somebody says so before it is.
    ///
    /// # Errors
    /// When somebody does; or as what is done.
    pub(super) async fn unless<T>(
        &self,
        done: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        tokio::select! {
            done = done => done,
            () = self.clone().came() => Err("ended before it began".into()),
        }
    }
}
