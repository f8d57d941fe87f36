//! A folder or an S3-compatible store, and how the blobs of a photo are named in it.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, ObjectMeta, ObjectStore, RetryConfig};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{Blob, BlobError, Picture};
use crate::config::{PhotoPlace, S3Access};

/// Where what was sent lies.
const QUARANTINE: &str = "quarantine";
/// Where pictures lie.
const PICTURES: &str = "pictures";
/// Bytes of a piece that is written to a folder at once.
const FOLDER_PART: usize = 256 * 1024;
/// Bytes of a piece that is sent to S3 at once: the least that it takes.
const S3_PART: usize = 5 * 1024 * 1024;
/// How long a connection may take.
const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// The place.
pub(super) enum Place {
    Folder {
        path: PathBuf,
        store: OnceCell<Arc<LocalFileSystem>>,
    },
    S3 {
        name: String,
        store: Arc<AmazonS3>,
        /// The same under the address that clients reach.
        public: Box<AmazonS3>,
        root: Option<Path>,
    },
}

impl Place {
    pub(super) fn new(
        place: PhotoPlace,
        access: &S3Access,
        wait: Duration,
    ) -> Result<Self, BlobError> {
        match place {
            PhotoPlace::Folder(path) => Ok(Self::Folder {
                path,
                store: OnceCell::new(),
            }),
            PhotoPlace::S3 { bucket, prefix } => {
                let endpoint = access.endpoint.as_deref();
                let store = Arc::new(s3(&bucket, access, endpoint, wait)?);
                let public = access.public_endpoint.as_deref().or(endpoint);
                let public = Box::new(s3(&bucket, access, public, wait)?);
                let root = (!prefix.is_empty()).then(|| Path::from(prefix.as_str()));
                let name = format!("s3://{bucket}/{prefix}");
                Ok(Self::S3 {
                    name,
                    store,
                    public,
                    root,
                })
            }
        }
    }

    pub(super) fn described(&self) -> String {
        match self {
            Self::Folder { path, .. } => path.display().to_string(),
            Self::S3 { name, .. } => name.clone(),
        }
    }

    /// The store; a folder is made when it is missing.
    pub(super) async fn open(&self) -> Result<Arc<dyn ObjectStore>, BlobError> {
        match self {
            Self::S3 { store, .. } => Ok(Arc::clone(store) as _),
            Self::Folder { path, store } => {
                let store = store.get_or_try_init(|| folder(path)).await?;
                Ok(Arc::clone(store) as _)
            }
        }
    }

    /// Bytes of a piece of an upload.
    pub(super) fn part(&self) -> usize {
        match self {
            Self::Folder { .. } => FOLDER_PART,
            Self::S3 { .. } => S3_PART,
        }
    }

    /// What all names begin with.
    pub(super) fn root(&self) -> Option<&Path> {
        match self {
            Self::Folder { .. } => None,
            Self::S3 { root, .. } => root.as_ref(),
        }
    }

    fn named(&self, rest: &str) -> Path {
        match self.root() {
            None => Path::from(rest),
            Some(root) => Path::from(format!("{root}/{rest}")),
        }
    }

    pub(super) fn quarantine(&self, photo: Uuid) -> Path {
        self.named(&format!("{QUARANTINE}/{photo}"))
    }

    pub(super) fn picture(&self, photo: Uuid, picture: Picture) -> Path {
        self.named(&format!("{PICTURES}/{photo}/{picture}"))
    }

    /// The blob of a name; `None` for what is none of ours.
    pub(super) fn blob(&self, meta: &ObjectMeta) -> Option<Blob> {
        let name = meta.location.as_ref();
        let name = match self.root() {
            None => name,
            Some(root) => name.strip_prefix(root.as_ref())?.strip_prefix('/')?,
        };
        let mut parts = name.split('/');
        let (folder, photo) = (parts.next()?, parts.next()?.parse().ok()?);
        let picture = match (folder, parts.next(), parts.next()) {
            (QUARANTINE, None, None) => None,
            (PICTURES, Some(picture), None) => Some(Picture::parse(picture)?),
            _ => return None,
        };
        Some(Blob {
            photo,
            picture,
            since_ms: meta.last_modified.timestamp_millis(),
            bytes: meta.size,
        })
    }

    /// Uploads that never ended lie in a folder under names that are not listed: `<photo>#<number>`.
    pub(super) async fn remove_unfinished(
        &self,
        age: Duration,
        dry: bool,
    ) -> Result<u64, BlobError> {
        match self {
            Self::S3 { .. } => Ok(0),
            Self::Folder { path, .. } => {
                let quarantine = path.join(QUARANTINE);
                let removed = unfinished(&quarantine, age, dry).await;
                removed.map_err(|error| away("look into", &quarantine, &error))
            }
        }
    }
}

async fn unfinished(folder: &FilePath, age: Duration, dry: bool) -> std::io::Result<u64> {
    let mut entries = match tokio::fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut found = 0;
    while let Some(entry) = entries.next_entry().await? {
        let is_unfinished = entry.file_name().to_string_lossy().contains('#');
        let Ok(metadata) = entry.metadata().await else {
            continue;
        };
        let is_old = metadata
            .modified()?
            .elapsed()
            .is_ok_and(|found| found >= age);
        if is_unfinished && is_old {
            found += 1;
            if !dry {
                tokio::fs::remove_file(entry.path()).await?;
            }
        }
    }
    Ok(found)
}

/// Photos are nobody's business but this program's.
async fn folder(path: &FilePath) -> Result<Arc<LocalFileSystem>, BlobError> {
    let mut builder = tokio::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    let made = builder.create(path).await;
    made.map_err(|error| away("make", path, &error))?;
    let store = LocalFileSystem::new_with_prefix(path)?;
    Ok(Arc::new(store.with_fsync(true)))
}

fn away(what: &str, path: &FilePath, error: &std::io::Error) -> BlobError {
    BlobError::Away(format!("cannot {what} {}: {error}", path.display()))
}

fn s3(
    bucket: &str,
    access: &S3Access,
    endpoint: Option<&str>,
    wait: Duration,
) -> Result<AmazonS3, BlobError> {
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(access.region.as_deref().unwrap_or("us-east-1"))
        .with_client_options(
            ClientOptions::new()
                .with_timeout(wait)
                .with_connect_timeout(CONNECT_WAIT.min(wait)),
        )
        .with_retry(RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: 3,
            retry_timeout: wait,
        });
    if let Some(endpoint) = endpoint {
        let is_plain = endpoint.starts_with("http://");
        builder = builder.with_endpoint(endpoint).with_allow_http(is_plain);
    }
    if let Some((id, secret)) = &access.keys {
        builder = builder
            .with_access_key_id(id)
            .with_secret_access_key(secret);
    }
    if let Some(token) = &access.token {
        builder = builder.with_token(token);
    }
    Ok(builder.build()?)
}
