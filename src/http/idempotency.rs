//! The key that makes a retried POST answer as the first time.

use actix_web::HttpRequest;
use sha2::{Digest, Sha256};

use super::auth::{Caller, header};
use super::problem::Problem;
use crate::domain::complaint::Idempotency;

/// The header that carries the key.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The idempotency key of a request, bound to its sender and body.
///
/// # Errors
/// A 400 problem for a key that is not 1–255 visible ASCII characters, and for two keys.
pub fn idempotency(
    request: &HttpRequest,
    caller: &Caller,
    body: &[u8],
) -> Result<Option<Idempotency>, Problem> {
    let Some(key) = header(request, IDEMPOTENCY_KEY)? else {
        return Ok(None);
    };
    let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_empty() || key.len() > 255 || !visible {
        return Err(Problem::malformed(
            "Idempotency-Key must be 1–255 visible ASCII characters, such as a UUID",
        ));
    }
    let scope = match caller {
        Caller::Staff(identity) => format!("account:{}", identity.account),
        Caller::ApiKey(key) => format!("api_key:{}", key.id),
        Caller::Anonymous => "anonymous".to_owned(),
    };
    Ok(Some(Idempotency {
        scope,
        key: key.to_owned(),
        body_hash: Sha256::digest(body).to_vec(),
    }))
}
