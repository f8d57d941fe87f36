//! Why the photo store did not do what was asked.

use std::time::Duration;

use thiserror::Error;

/// Why the store did not do what was asked.
#[derive(Debug, Error)]
pub enum BlobError {
    /// There is no such blob.
    #[error("there is no blob {0}")]
    Missing(String),
    /// It is larger than whoever asked takes.
    #[error("it has {0} bytes")]
    TooLarge(u64),
    /// The store is away, full, or refuses us.
    #[error("the photo store is away: {0}")]
    Away(String),
    /// The store gave no answer in time.
    #[error("the photo store gave no answer within {0:?}")]
    Silent(Duration),
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        if let object_store::Error::NotFound { path, .. } = error {
            return Self::Missing(path);
        }
        let mut said = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(beneath) = cause {
            said.push_str(": ");
            said.push_str(&beneath.to_string());
            cause = beneath.source();
        }
        Self::Away(said)
    }
}
