//! What is sent, on its way into quarantine: a few pieces in memory, never the whole.

use object_store::{MultipartUpload, WriteMultipart};

use super::disk::Disk;
use super::{BlobError, Blobs};

/// Pieces that are being written at the same time.
const AT_ONCE: usize = 1;

/// An upload under way. Given up before [`Upload::finish`], nothing of it stays.
pub struct Upload {
    /// There until it ends.
    writer: Option<WriteMultipart>,
    blobs: Blobs,
}

impl Upload {
    pub(super) fn new(begun: Box<dyn MultipartUpload>, blobs: Blobs) -> Self {
        let writer = WriteMultipart::new_with_chunk_size(begun, blobs.place.part());
        Self {
            writer: Some(writer),
            blobs,
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
        let wait = self.blobs.wait;
        let free = match tokio::time::timeout(wait, writer.wait_for_capacity(AT_ONCE)).await {
            Ok(free) => free.map_err(BlobError::from),
            Err(_elapsed) => Err(BlobError::Silent(wait)),
        };
        free.map_err(|error| self.blobs.failures.note(error))?;
        let _theirs = self.blobs.place.disk().and_then(Disk::enter);
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
        self.blobs.timely(writer.finish()).await.map(drop)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            let blobs = self.blobs.clone();
            tokio::spawn(async move {
                if blobs.timely(writer.abort()).await.is_err() {
                    slog_scope::info!("an upload that broke off is left to the store");
                }
            });
        }
    }
}
