//! Uploads that go past this program, straight into an S3-compatible store.

use std::time::Duration;

use bytes::Bytes;
use object_store::signer::Signer;
use object_store::{GetOptions, GetRange, ObjectStoreExt};
use reqwest::Method;
use uuid::Uuid;

use super::place::Place;
use super::{BlobError, Blobs};

impl Blobs {
    /// An address to which whoever has it may `PUT` what is sent, within `life`. `None`: the store is a folder.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn direct(&self, photo: Uuid, life: Duration) -> Result<Option<String>, BlobError> {
        let Place::S3 { public, .. } = &*self.place else {
            return Ok(None);
        };
        let path = self.place.quarantine(photo);
        let url = self.timely(public.signed_url(Method::PUT, &path, life));
        Ok(Some(url.await?.to_string()))
    }

    /// How many bytes were sent, and the first of them, at most `most`.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn sent_head(&self, photo: Uuid, most: u64) -> Result<(u64, Bytes), BlobError> {
        let store = self.open().await?;
        let path = self.place.quarantine(photo);
        let size = self.timely(store.head(&path)).await?.size;
        if size == 0 {
            return Ok((0, Bytes::new()));
        }
        let options = GetOptions {
            range: Some(GetRange::Bounded(0..most.min(size))),
            ..GetOptions::default()
        };
        let head = async { store.get_opts(&path, options).await?.bytes().await };
        Ok((size, self.timely(head).await?))
    }
}
