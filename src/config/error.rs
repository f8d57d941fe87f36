//! Settings that cannot be used, in words that name the flag.

use thiserror::Error;

use super::SECRET_SHORTEST;
use super::monitoring::TOKEN_SHORTEST;

/// A setting that cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// An allowed origin is not `scheme://host[:port]`.
    #[error("--allowed-origins: {0:?} is not an origin such as https://desk.example.org")]
    Origin(String),
    /// The place of photos cannot be read.
    #[error("--photo-store: {0:?} is neither a folder nor an address such as s3://bucket/prefix")]
    PhotoStore(String),
    /// A secret is too short.
    #[error("--jwt-secret must be at least {SECRET_SHORTEST} bytes; it has {0}")]
    ShortSecret(usize),
    /// The token for figures is too short.
    #[error("--metrics-token must be at least {TOKEN_SHORTEST} bytes; it has {0}")]
    ShortToken(usize),
    /// A secret is in a file that cannot be read.
    #[error("{0}: {1}")]
    SecretFile(&'static str, String),
    /// The address of Redis cannot be read.
    #[error("REDIS_URL is not an address such as redis://host:6379: {0}")]
    Redis(String),
    /// The database does not know the language of searches.
    #[error("the database has no text search configuration {0:?} (--search-language); it has: {1}")]
    SearchLanguage(String, String),
    /// No secret with a database of one's own.
    #[error(
        "JWT_SECRET is required with DATABASE_URL: every node must sign with the same secret; \
         make one with: openssl rand -base64 48"
    )]
    NoSecret,
}
