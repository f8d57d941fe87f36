//! Which history of the database a process works on: found at the start, compared by every new connection.
//!
//! A database that was restored, or a standby that was promoted, has another history: numbers that were read of
//! the old one say nothing of it. From then on no statement runs any more; `app` begins anew.

use std::sync::OnceLock;

use tokio::sync::watch;

use super::StoreError;

/// The history that everything on one store was read from.
#[derive(Debug, Default)]
pub struct Lineage {
    /// Empty until the start has found it; connections are not compared before.
    history: OnceLock<String>,
    is_over: watch::Sender<bool>,
}

impl Lineage {
    /// Every connection that is opened from now on must find this history.
    pub(super) fn settle(&self, history: String) {
        if self.history.set(history).is_err() {
            slog_scope::error!("the history of the database was settled twice");
        }
    }

    /// Whether new connections are compared.
    pub(super) fn is_settled(&self) -> bool {
        self.history.get().is_some()
    }

    /// Ends it: what was read is not believed any more. The first call counts.
    pub fn end(&self, why: &str) {
        if !self.is_over.send_replace(true) {
            slog_scope::warn!("this node begins anew: {}", why);
        }
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        *self.is_over.borrow()
    }

    /// Resolves when it has ended.
    pub async fn over(&self) {
        let mut is_over = self.is_over.subscribe();
        if is_over.wait_for(|over| *over).await.is_err() {
            // Only a sender that is gone ends the waiting, and it lives as long as this.
            std::future::pending::<()>().await;
        }
    }

    /// Refuses work on a history that is over.
    pub(super) fn require(&self) -> Result<(), StoreError> {
        if self.is_over() {
            let told = "the database has another history now; the node begins anew";
            return Err(StoreError::Unavailable(told.to_owned()));
        }
        Ok(())
    }

    /// Compares what a new connection found; `None`: a standby.
    pub(super) fn compare(&self, found: Option<&str>) -> Result<(), StoreError> {
        let Some(found) = found else {
            let told = "it is a standby, which takes no changes";
            return Err(StoreError::Unavailable(told.to_owned()));
        };
        if self.history.get().is_some_and(|known| known != found) {
            self.end("the database is another one, or was restored or promoted");
        }
        self.require()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_connection_to_another_history_ends_it_and_one_to_a_standby_does_not() {
        let lineage = Lineage::default();
        assert!(lineage.compare(Some("1")).is_ok(), "not settled yet");
        lineage.settle("2".into());
        assert!(lineage.compare(None).is_err());
        assert!(lineage.compare(Some("2")).is_ok());
        assert!(lineage.over().now_or_never().is_none());
        assert!(lineage.compare(Some("3")).is_err());
        assert!(lineage.over().now_or_never().is_some());
        assert!(lineage.compare(Some("2")).is_err(), "it is over for good");
    }
}
