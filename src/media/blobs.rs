//! Where the bytes of photos are: a folder or an S3-compatible store.
//!
//! Below `quarantine/` lies what was sent, as it was sent: nothing of it is ever served. Below `pictures/` lie the
//! pictures that were made of it. A blob is written before the row that names it and removed after it; what is
//! left over by a crash is found by [`super::sweep`].

mod direct;
mod error;
mod failures;
mod place;
mod upload;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, future};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use uuid::Uuid;

use super::thumbnail::Pictures;
use crate::config::{PhotoPlace, S3Access};
pub use error::BlobError;
use failures::BlobFailures;
use place::Place;
pub use upload::Upload;

/// One of the pictures of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// As large as is stored.
    Original,
    /// For a page.
    Preview,
    /// For a list.
    Thumbnail,
}

impl Picture {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Original, Self::Preview, Self::Thumbnail];

    /// The word used in paths and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Preview => "preview",
            Self::Thumbnail => "thumbnail",
        }
    }

    /// The picture that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A blob as a sweep sees it.
#[derive(Debug, Clone)]
pub struct Blob {
    /// Its photo.
    pub photo: Uuid,
    /// Which picture it is; `None`: what was sent.
    pub picture: Option<Picture>,
    /// Since when it is there, in milliseconds of the Unix epoch.
    pub since_ms: i64,
    /// Its bytes.
    pub bytes: u64,
}

/// The bytes of a picture, or a part of them.
pub struct Part {
    /// The bytes of the whole picture.
    pub size: u64,
    /// Which of them come.
    pub range: Range<u64>,
    /// They.
    pub bytes: BoxStream<'static, Result<Bytes, BlobError>>,
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    place: Arc<Place>,
    wait: Duration,
    failures: Arc<BlobFailures>,
}

impl Blobs {
    /// The store at a place. Nothing is reached or made before it is used. `wait` bounds each answer.
    ///
    /// # Errors
    /// What is wrong with the address of an S3-compatible store.
    pub fn new(place: PhotoPlace, access: &S3Access, wait: Duration) -> Result<Self, BlobError> {
        Ok(Self {
            place: Arc::new(Place::new(place, access, wait)?),
            wait,
            failures: Arc::default(),
        })
    }

    /// How often the store failed since it was opened, by the words used in metrics.
    pub fn failures(&self) -> [(&'static str, u64); 2] {
        self.failures.counts()
    }

    /// Where it is, for people.
    pub fn described(&self) -> String {
        self.place.described()
    }

    /// Begins to take up what is sent.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn begin(&self, photo: Uuid) -> Result<Upload, BlobError> {
        let store = self.open().await?;
        let path = self.place.quarantine(photo);
        let part = self.place.part();
        let begun = self.timely(store.put_multipart(&path)).await?;
        let failures = Arc::clone(&self.failures);
        Ok(Upload::new(begun, part, self.wait, failures))
    }

    /// What was sent, whole, if it has at most `most` bytes.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn sent(&self, photo: Uuid, most: u64) -> Result<Bytes, BlobError> {
        let store = self.open().await?;
        let path = self.place.quarantine(photo);
        let found = self.timely(store.get(&path)).await?;
        if found.meta.size > most {
            return Err(BlobError::TooLarge(found.meta.size));
        }
        self.timely(found.bytes()).await
    }

    /// Stores the pictures of a photo.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn keep(&self, photo: Uuid, pictures: Pictures) -> Result<(), BlobError> {
        let store = self.open().await?;
        let bytes = [pictures.original, pictures.preview, pictures.thumbnail];
        let puts = Picture::ALL.into_iter().zip(bytes).map(|(picture, bytes)| {
            let path = self.place.picture(photo, picture);
            let store = Arc::clone(&store);
            async move { store.put(&path, bytes.into()).await }
        });
        self.timely(future::try_join_all(puts)).await?;
        Ok(())
    }

    /// A picture or, with `range`, a part of it.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn picture(
        &self,
        photo: Uuid,
        picture: Picture,
        range: Option<Range<u64>>,
    ) -> Result<Part, BlobError> {
        let store = self.open().await?;
        let path = self.place.picture(photo, picture);
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let found = self.timely(store.get_opts(&path, options)).await?;
        Ok(Part {
            size: found.meta.size,
            range: found.range.clone(),
            bytes: found.into_stream().map_err(BlobError::from).boxed(),
        })
    }

    /// How many bytes a picture has.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn size(&self, photo: Uuid, picture: Picture) -> Result<u64, BlobError> {
        let store = self.open().await?;
        let path = self.place.picture(photo, picture);
        Ok(self.timely(store.head(&path)).await?.size)
    }

    /// Removes what was sent.
    ///
    /// # Errors
    /// [`BlobError`]; what is not there is no error.
    pub async fn remove_sent(&self, photo: Uuid) -> Result<(), BlobError> {
        self.remove(self.place.quarantine(photo)).await
    }

    /// Removes everything of a photo.
    ///
    /// # Errors
    /// [`BlobError`]; what is not there is no error.
    pub async fn remove_all(&self, photo: Uuid) -> Result<(), BlobError> {
        self.remove_sent(photo).await?;
        for picture in Picture::ALL {
            self.remove_picture(photo, picture).await?;
        }
        Ok(())
    }

    /// Removes one picture.
    ///
    /// # Errors
    /// [`BlobError`]; what is not there is no error.
    pub async fn remove_picture(&self, photo: Uuid, picture: Picture) -> Result<(), BlobError> {
        self.remove(self.place.picture(photo, picture)).await
    }

    async fn remove(&self, path: Path) -> Result<(), BlobError> {
        let store = self.open().await?;
        match self.timely(store.delete(&path)).await {
            Ok(()) | Err(BlobError::Missing(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Every blob, in no order.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn all(&self) -> Result<BoxStream<'static, Result<Blob, BlobError>>, BlobError> {
        let store = self.open().await?;
        let place = Arc::clone(&self.place);
        let found = store.list(place.root());
        let blobs = found.map_err(BlobError::from).try_filter_map(move |meta| {
            let blob = place.blob(&meta);
            future::ready(Ok(blob))
        });
        Ok(blobs.boxed())
    }

    /// Removes uploads that never ended and are older than `age`; returns how many there were. An S3-compatible
    /// store does that by a rule of its bucket.
    ///
    /// # Errors
    /// [`BlobError`].
    pub async fn remove_unfinished(&self, age: Duration, dry: bool) -> Result<u64, BlobError> {
        self.place.remove_unfinished(age, dry).await
    }

    async fn timely<T>(
        &self,
        work: impl Future<Output = Result<T, object_store::Error>>,
    ) -> Result<T, BlobError> {
        let done = match tokio::time::timeout(self.wait, work).await {
            Ok(done) => done.map_err(BlobError::from),
            Err(_elapsed) => Err(BlobError::Silent(self.wait)),
        };
        done.map_err(|error| self.failures.note(error))
    }

    async fn open(&self) -> Result<Arc<dyn ObjectStore>, BlobError> {
        let opened = self.place.open().await;
        opened.map_err(|error| self.failures.note(error))
    }
}
