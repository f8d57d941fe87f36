//! JSON bodies, read with a size limit and a deadline, refused with the place of the fault.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::config::ServeSettings;

/// Most bytes of a JSON body.
pub const BODY_LIMIT: usize = 64 * 1024;

/// A JSON body as `T`, with the bytes that it came as.
#[derive(Debug)]
pub struct JsonBody<T> {
    /// The value.
    pub value: T,
    /// The bytes: what an idempotency key is bound to.
    pub bytes: Vec<u8>,
}

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            expect_type(&request, "application/json")?;
            let bytes = read(&request, payload, BODY_LIMIT).await?;
            let value = parse(&bytes)?;
            Ok(Self { value, bytes })
        })
    }
}

/// Refuses a body of another type than `expected`; parameters such as `charset` do not matter.
///
/// # Errors
/// A 415 problem.
pub fn expect_type(request: &HttpRequest, expected: &str) -> Result<(), Problem> {
    use actix_web::HttpMessage;
    if request.content_type().eq_ignore_ascii_case(expected) {
        Ok(())
    } else {
        Err(Problem::wrong_media_type(expected))
    }
}

/// Reads a whole body of at most `limit` bytes within the body deadline.
///
/// # Errors
/// 413, 408 or 400 problems.
pub async fn read(
    request: &HttpRequest,
    payload: Payload,
    limit: usize,
) -> Result<Vec<u8>, Problem> {
    let settings = request
        .app_data::<web::Data<ServeSettings>>()
        .ok_or_else(|| Problem::internal("no settings in the application"))?;
    let deadline = settings.server.body_deadline;
    match tokio::time::timeout(deadline, collect(payload, limit)).await {
        Ok(read) => read,
        Err(_elapsed) => Err(Problem::too_slow(format!(
            "the body did not arrive within {} s",
            deadline.as_secs_f32()
        ))),
    }
}

async fn collect(mut payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk =
            chunk.map_err(|error| Problem::malformed(format!("the body broke off: {error}")))?;
        if bytes.len() + chunk.len() > limit {
            return Err(Problem::too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Parses JSON; a value that does not fit is a fault of its field. Following where in a body one is costs
/// more than reading it: only a body that is refused is read again for that.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).or_else(|_| parse_following(bytes))
}

fn parse_following<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        if error.is_data() {
            misfit(&path, &error.to_string())
        } else {
            unreadable(&error)
        }
    })?;
    json.end().map_err(|error| unreadable(&error))?;
    Ok(value)
}

fn unreadable(error: &serde_json::Error) -> Problem {
    Problem::malformed(format!("the body is not JSON that can be read: {error}"))
}

/// The fault of a member that is missing, unknown or of a wrong type. serde names the first two in
/// its message between backticks, and the member around them in `path`.
fn misfit(path: &str, message: &str) -> Problem {
    let message = message.split(" at line ").next().unwrap_or(message);
    let named = message.split('`').nth(1).filter(|_| !path.contains('?'));
    let (code, member) = if message.starts_with("missing field") {
        ("required", named)
    } else if message.starts_with("unknown field") {
        // The path ends with the unknown member already.
        ("unknown_field", None)
    } else {
        ("wrong_type", None)
    };
    let field = match (path, member) {
        (".", Some(member)) => member.to_owned(),
        (path, Some(member)) => format!("{path}.{member}"),
        (path, None) => path.to_owned(),
    };
    Problem::invalid_field(&field, code, message)
}
