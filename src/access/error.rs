//! Why somebody was not let in, or something about people could not be changed.

use thiserror::Error;

use crate::domain::region::RegionId;
use crate::store::StoreError;

/// Why somebody was not let in, or something about people could not be changed.
#[derive(Debug, Error)]
pub enum AccessError {
    /// The access or refresh token is not one of ours, or its login is over.
    #[error("the token is not valid; log in again")]
    InvalidToken,
    /// The access token's time is over.
    #[error("the access token has expired; exchange the refresh token for a new one")]
    TokenExpired,
    /// A refresh token was used a second time; its login is ended.
    #[error("the refresh token was used before, so its login was ended; log in again")]
    TokenReused,
    /// Logged out, deactivated, or the password was changed.
    #[error("this login has ended; log in again")]
    LoginEnded,
    /// The password is wrong, or there is no such active account: callers do not learn which.
    #[error("the e-mail address or the password is wrong")]
    WrongPassword,
    /// The API key is unknown or revoked.
    #[error("the API key is not valid")]
    InvalidApiKey,
    /// Too often.
    #[error("too many requests; try again in {retry_after_s} s")]
    Throttled {
        /// When the next one is allowed, in whole seconds, at least 1.
        retry_after_s: u64,
    },
    /// Too many passwords are being checked at the moment.
    #[error("too many logins at once; try again")]
    Busy,
    /// There is no such account.
    #[error("there is no such account")]
    NoSuchAccount,
    /// There is no such API key.
    #[error("there is no such API key")]
    NoSuchApiKey,
    /// Another account has the e-mail address.
    #[error("another account has this e-mail address")]
    EmailTaken,
    /// Nobody could administer the installation any more.
    #[error("this is the last active admin; make somebody else an admin first")]
    LastAdmin,
    /// Regions were granted that do not exist.
    #[error("there are no such regions: {}", join(.0))]
    UnknownRegions(Vec<RegionId>),
    /// A password could not be hashed, or a stored hash not be read.
    #[error("a password could not be processed: {0}")]
    Hashing(String),
    /// An access token could not be signed.
    #[error("an access token could not be signed: {0}")]
    Signing(String),
    /// The database gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn join(regions: &[RegionId]) -> String {
    let ids: Vec<&str> = regions.iter().map(RegionId::as_str).collect();
    ids.join(", ")
}
