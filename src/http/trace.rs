//! Around every request: its id, one log line, its metrics, and its error as a problem.

use std::time::Instant;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};
use uuid::Uuid;

use super::audited;
use super::problem::Problem;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::sentry;

/// The header with a request's id, both ways.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// W3C Trace Context: its trace id serves as request id.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The id of a request, for handlers that answer with several problems.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Counts requests that are being answered, whatever becomes of them.
struct InFlight(Metrics);

impl InFlight {
    fn begin(metrics: &Metrics) -> Self {
        metrics.http.in_flight.inc();
        Self(metrics.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.http.in_flight.dec();
    }
}

/// Answers a request with its id, and notes what became of it.
///
/// # Errors
/// Never in practice: errors of handlers become answers here.
pub async fn trace(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begun = Instant::now();
    let id = request_id(request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = method_label(request.method().as_str());
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    let _in_flight = metrics.as_ref().map(|metrics| InFlight::begin(metrics));
    let response = next.call(request).await?;
    audited::complete(&response).await;
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "unmatched".to_owned());
    let mut response = as_problem(response, &id, &route);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let status = response.status().as_u16();
    let took = begun.elapsed();
    if let Some(metrics) = metrics {
        let labels = [method, &route, &status.to_string()];
        metrics.http.requests.with_label_values(&labels).inc();
        metrics
            .http
            .duration
            .with_label_values(&[method, &route])
            .observe(took.as_secs_f64());
    }
    slog_scope::info!("{} {} {}", method, route, status;
        "request_id" => id, "route" => route.clone(), "method" => method, "status" => status,
        "took_ms" => took.as_secs_f64() * 1000.0);
    Ok(response)
}

/// An error of whatever origin as a problem that carries the request's id.
fn as_problem<B: MessageBody + 'static>(
    response: ServiceResponse<B>,
    id: &str,
    route: &str,
) -> ServiceResponse<EitherBody<B>> {
    let is_problem = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes() == b"application/problem+json");
    // A page for people says by itself what went wrong.
    let is_page = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes() == b"text/html; charset=utf-8");
    let failed = response.status().is_client_error() || response.status().is_server_error();
    let own = response
        .response()
        .error()
        .and_then(|error| error.as_error::<Problem>());
    let answer: HttpResponse = match own {
        Some(problem) => {
            if let Some(cause) = problem.cause() {
                slog_scope::error!("{} failed: {}", route, cause; "request_id" => id);
                sentry::report_failure("a request failed", route, id);
            }
            problem.answer(id)
        }
        None if failed && !is_problem && !is_page && !is_own(&response, route) => {
            Problem::of_status(response.status()).answer(id)
        }
        None => return response.map_into_left_body(),
    };
    let mut answer = answer;
    for (name, value) in response.headers() {
        if name == actix_web::http::header::ALLOW {
            answer.headers_mut().insert(name.clone(), value.clone());
        }
    }
    response.into_response(answer).map_into_right_body()
}

/// Whether a 503 is the answer itself: how the node is.
fn is_own<B>(response: &ServiceResponse<B>, route: &str) -> bool {
    let states = ["/health", "/readyz", "/api/v1/websocket/health"];
    response.status().as_u16() == 503 && states.contains(&route)
}

/// The client's id if it is a plain word, else one of ours.
fn request_id(headers: &HeaderMap) -> String {
    let plain = |word: &&str| {
        (1..=64).contains(&word.len())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let given = headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(plain);
    let traced = || {
        let parent = headers.get(TRACEPARENT)?.to_str().ok()?;
        parent
            .split('-')
            .nth(1)
            .filter(|trace| trace.len() == 32)
            .filter(plain)
    };
    given
        .or_else(traced)
        .map_or_else(|| Uuid::now_v7().simple().to_string(), str::to_owned)
}

/// A bounded label: methods that no route knows are one.
fn method_label(method: &str) -> &'static str {
    ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("OTHER")
}
