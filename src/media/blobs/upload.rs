//! What is sent, on its way into quarantine: a few pieces in memory, never the whole.

use std::sync::Arc;
use std::time::Duration;

use object_store::{MultipartUpload, WriteMultipart};

use super::BlobError;
use super::failures::BlobFailures;

/// Pieces that are being written at the same time.
const AT_ONCE: usize = 1;

/// An upload under way. Given up before [`Upload::finish`], nothing of it stays.
pub struct Upload {
    /// There until it ends.
    writer: Option<WriteMultipart>,
    wait: Duration,
    failures: Arc<BlobFailures>,
}

impl Upload {
    pub(super) fn new(
        begun: Box<dyn MultipartUpload>,
        part: usize,
        wait: Duration,
        failures: Arc<BlobFailures>,
    ) -> Self {
        let writer = WriteMultipart::new_with_chunk_size(begun, part);
        Self {
            writer: Some(writer),
            wait,
            failures,
        }
    }

    /// Takes the next bytes, as fast as the store does.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        let free = match tokio::time::timeout(self.wait, writer.wait_for_capacity(AT_ONCE)).await {
            Ok(free) => free.map_err(BlobError::from),
            Err(_elapsed) => Err(BlobError::Silent(self.wait)),
        };
        free.map_err(|error| self.failures.note(error))?;
        writer.write(bytes);
        Ok(())
    }

    /// Ends it; it is durable then.
    ///
    /// # Errors
    /// [`BlobError`]; nothing of it stays then, but what the store could not be told.
    pub async fn finish(mut self) -> Result<(), BlobError> {
        let Some(writer) = self.writer.take() else {
            return Ok(());
        };
        let done = match tokio::time::timeout(self.wait, writer.finish()).await {
            Ok(done) => done.map(drop).map_err(BlobError::from),
            Err(_elapsed) => Err(BlobError::Silent(self.wait)),
        };
        done.map_err(|error| self.failures.note(error))
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            let wait = self.wait;
            tokio::spawn(async move {
                let given_up = tokio::time::timeout(wait, writer.abort()).await;
                if !matches!(given_up, Ok(Ok(()))) {
                    slog_scope::info!("an upload that broke off is left to the store");
                }
            });
        }
    }
}
