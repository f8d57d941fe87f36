//! The settings of photos: where they are kept, how many and how large they may be, how they are shown.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::{ConfigError, seconds, secret};

/// Where photos are kept, for every command that touches them.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Photo store")]
pub struct PhotoStoreSettings {
    /// Folder of photos, or s3://bucket/prefix; default: photos in the data folder, or the bucket of S3_BUCKET_NAME
    #[arg(long, env = "PHOTO_STORE", value_name = "FOLDER|URL")]
    pub photo_store: Option<String>,
    /// How long the photo store may take for one answer, in seconds
    #[arg(long, env = "PHOTO_STORE_WAIT", default_value = "10", value_name = "SECONDS", value_parser = seconds)]
    pub photo_store_wait: Duration,
}

/// Where photos are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhotoPlace {
    /// A folder, which is made when it is missing.
    Folder(PathBuf),
    /// An S3-compatible store.
    S3 {
        /// The bucket.
        bucket: String,
        /// What all keys begin with; may be empty.
        prefix: String,
    },
}

/// How an S3-compatible store is reached; what is absent is left to its defaults.
#[derive(Clone, Default)]
pub struct S3Access {
    /// Its URL, if it is not the one of AWS.
    pub endpoint: Option<String>,
    /// Its URL as clients reach it, if that is another one.
    pub public_endpoint: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Access key id and secret access key.
    pub keys: Option<(String, String)>,
    /// Token of keys that end by themselves.
    pub token: Option<String>,
}

impl PhotoStoreSettings {
    /// Where photos are kept; `data_dir` is the data folder.
    ///
    /// # Errors
    /// [`ConfigError::PhotoStore`].
    pub fn place(&self, data_dir: &Path) -> Result<PhotoPlace, ConfigError> {
        let bucket = || variable(&["S3_BUCKET_NAME"]).map(|name| format!("s3://{name}"));
        let Some(given) = self.photo_store.clone().or_else(bucket) else {
            return Ok(PhotoPlace::Folder(data_dir.join("photos")));
        };
        let Some(rest) = given.strip_prefix("s3://") else {
            if given.contains("://") || given.is_empty() {
                return Err(ConfigError::PhotoStore(given));
            }
            return Ok(PhotoPlace::Folder(given.into()));
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(ConfigError::PhotoStore(given));
        }
        Ok(PhotoPlace::S3 {
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
        })
    }
}

impl S3Access {
    /// As the usual variables say, under the names of AWS or the short ones.
    ///
    /// # Errors
    /// [`ConfigError::SecretFile`].
    pub fn from_environment() -> Result<Self, ConfigError> {
        let key = |names: [&'static str; 2]| {
            let given = variable(&names).map(|given| secret::read(&given));
            let [_, name] = names;
            given
                .transpose()
                .map_err(|error| ConfigError::SecretFile(name, error))
        };
        let id = key(["AWS_ACCESS_KEY_ID", "S3_ACCESS_KEY"])?;
        let secret = key(["AWS_SECRET_ACCESS_KEY", "S3_SECRET_KEY"])?;
        Ok(Self {
            endpoint: variable(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "S3_ENDPOINT_URL"]),
            public_endpoint: variable(&["S3_PUBLIC_ENDPOINT_URL"]),
            region: variable(&["AWS_REGION", "AWS_DEFAULT_REGION"]),
            keys: id.zip(secret),
            token: variable(&["AWS_SESSION_TOKEN"]),
        })
    }
}

/// The first of these variables that is set.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the module that reads the environment"
)]
fn variable(names: &[&str]) -> Option<String> {
    let values = names.iter().filter_map(|name| std::env::var(name).ok());
    values.into_iter().find(|value| !value.is_empty())
}

/// Uploads, the pictures made of them, and links to these.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Photos")]
pub struct PhotoSettings {
    /// Where they are kept.
    #[command(flatten)]
    pub store: PhotoStoreSettings,
    /// Most bytes of one photo as it is sent
    #[arg(long, env = "PHOTO_LIMIT", default_value_t = 15_728_640, value_name = "BYTES",
          value_parser = clap::value_parser!(u64).range(1024..=1_073_741_824))]
    pub photo_limit: u64,
    /// Most bytes of photos a day (UTC) and account, or address of a resident
    #[arg(long, env = "PHOTO_DAY_BYTES", default_value_t = 268_435_456, value_name = "BYTES",
          value_parser = clap::value_parser!(i64).range(1..))]
    pub photo_day_bytes: i64,
    /// Most bytes of photos a day (UTC) and API key, for all users of its app
    #[arg(long, env = "PHOTO_DAY_BYTES_API_KEY", default_value_t = 10_737_418_240, value_name = "BYTES",
          value_parser = clap::value_parser!(i64).range(1..))]
    pub photo_day_bytes_api_key: i64,
    /// Uploads that this node takes at the same time; what comes beyond, or would wait over 20 s for its
    /// turn, is answered 503. They begin one after the other, at 32 MB a second for each of --photo-threads. Each holds
    /// up to 1 MiB of memory, with S3 up to 6 MiB
    #[arg(long, env = "PHOTO_UPLOADS", default_value_t = 64, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub photo_uploads: u32,
    /// How long an upload may take in all, in seconds; one that stands still ends after --body-deadline
    #[arg(long, env = "PHOTO_UPLOAD_DEADLINE", default_value = "300", value_name = "SECONDS", value_parser = seconds)]
    pub photo_upload_deadline: Duration,
    /// Photos that may wait for their pictures, of all nodes, before uploads are refused
    #[arg(long, env = "PHOTO_QUEUE", default_value_t = 500, value_name = "N",
          value_parser = clap::value_parser!(i64).range(0..))]
    pub photo_queue: i64,
    /// Threads that make pictures; 0: all cores but one, at least one
    #[arg(long, env = "PHOTO_THREADS", default_value_t = 0, value_name = "N")]
    pub photo_threads: usize,
    /// Most bytes of memory that all pictures in the making take together
    #[arg(long, env = "PHOTO_MEMORY", default_value_t = 536_870_912, value_name = "BYTES",
          value_parser = clap::value_parser!(u64).range(67_108_864..))]
    pub photo_memory: u64,
    /// How long the pictures of one photo may take, in seconds
    #[arg(long, env = "PHOTO_TIME", default_value = "5", value_name = "SECONDS", value_parser = seconds)]
    pub photo_time: Duration,
    /// Longest side of the stored original, in pixels; larger photos are reduced
    #[arg(long, env = "PHOTO_ORIGINAL", default_value_t = 4096, value_name = "PIXELS",
          value_parser = clap::value_parser!(u32).range(16..=20_000))]
    pub photo_original: u32,
    /// Longest side of the preview, in pixels
    #[arg(long, env = "PHOTO_PREVIEW", default_value_t = 1280, value_name = "PIXELS",
          value_parser = clap::value_parser!(u32).range(16..=20_000))]
    pub photo_preview: u32,
    /// Longest side of the thumbnail, in pixels
    #[arg(long, env = "PHOTO_THUMBNAIL", default_value_t = 320, value_name = "PIXELS",
          value_parser = clap::value_parser!(u32).range(16..=20_000))]
    pub photo_thumbnail: u32,
    /// How long a signed link to a photo is good at least, in seconds (at most half as long again)
    #[arg(long, env = "PHOTO_LINK_TTL", default_value = "21600", value_name = "SECONDS", value_parser = seconds)]
    pub photo_link_ttl: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_a_folder_or_a_bucket_with_a_prefix() {
        let place = |given: &str| {
            let settings = PhotoStoreSettings {
                photo_store: Some(given.to_owned()),
                photo_store_wait: Duration::from_secs(1),
            };
            settings.place(Path::new("/data"))
        };
        let s3 = |bucket: &str, prefix: &str| PhotoPlace::S3 {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        };
        assert_eq!(place("s3://desk").unwrap(), s3("desk", ""));
        assert_eq!(place("s3://desk/a/b/").unwrap(), s3("desk", "a/b"));
        assert_eq!(
            place("/srv/photos").unwrap(),
            PhotoPlace::Folder("/srv/photos".into())
        );
        for bad in ["s3://", "s3:///x", "gs://desk", ""] {
            assert!(place(bad).is_err(), "{bad}");
        }
    }
}
