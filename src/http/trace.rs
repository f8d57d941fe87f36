//! Around every request: its id, one log line, its metrics, its error as a problem, and what a panic costs.

mod failure;
mod id;
mod subject;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError, web};
use fail::fail_point;
use futures_util::FutureExt;

use super::audited;
use super::problem::Problem;
use super::problem::unanswered::Unanswered;
use crate::telemetry::at_work::{self, AtWork};
use crate::telemetry::metrics::Metrics;
use failure::{UNMATCHED, template};
use id::REQUEST_ID;
use subject::Subject;
pub use subject::{About, Account};

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

/// A request under way, and what is noted when it has ended.
struct Traced {
    begun: Instant,
    id: Arc<str>,
    method: &'static str,
    path: Arc<str>,
    metrics: Option<web::Data<Metrics>>,
}

/// Answers a request with its id, and notes what became of it.
///
/// # Errors
/// When no handler answered, as after a panic: an error that is a problem with the request's id.
pub async fn trace(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let traced = Traced::begin(&request);
    let _in_flight = (traced.metrics.as_ref()).map(|metrics| InFlight::begin(metrics));
    let handled = at_work::on(traced.work(), handled(request, next));
    match AssertUnwindSafe(handled).catch_unwind().await {
        Ok(Ok(response)) => {
            audited::complete(&response).await;
            Ok(traced.answered(response))
        }
        Ok(Err(error)) => Err(traced.unanswered(Unanswered::failed(&error, &traced.id))),
        Err(_panic) => {
            // The panic hook has told of it, under the request's id.
            if let Some(metrics) = &traced.metrics {
                metrics.http.panics.inc();
            }
            Err(traced.unanswered(Unanswered::panicked(&traced.id)))
        }
    }
}

async fn handled<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    fail_point!(&format!(
        "{}/http{}",
        request
            .app_data::<web::Data<crate::config::ServeSettings>>()
            .map_or("", |settings| settings.server.node_name.as_str()),
        request.path()
    ));
    next.call(request).await
}

impl Traced {
    fn begin(request: &ServiceRequest) -> Self {
        let id = id::of(request.headers());
        let traced = Self {
            begun: Instant::now(),
            id: id.as_str().into(),
            method: method_label(request.method().as_str()),
            path: request.path().into(),
            metrics: request.app_data::<web::Data<Metrics>>().cloned(),
        };
        request.extensions_mut().insert(RequestId(id));
        traced
    }

    fn work(&self) -> AtWork {
        AtWork::Request {
            id: Arc::clone(&self.id),
            path: Arc::clone(&self.path),
            route: template,
        }
    }

    fn answered<B: MessageBody + 'static>(
        &self,
        response: ServiceResponse<B>,
    ) -> ServiceResponse<EitherBody<B>> {
        let route = response.request().match_pattern();
        let route = route.unwrap_or_else(|| UNMATCHED.to_owned());
        let mut response = as_problem(response, &self.id, &route);
        if let Ok(value) = HeaderValue::from_str(&self.id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        let subject = Subject::of(response.request());
        self.note(&route, response.status().as_u16(), subject);
        response
    }

    fn unanswered(&self, unanswered: Unanswered) -> Error {
        let status = unanswered.status_code().as_u16();
        self.note(&template(&self.path), status, Subject::default());
        unanswered.into()
    }

    fn note(&self, route: &str, status: u16, subject: Subject) {
        let (method, took) = (self.method, self.begun.elapsed());
        if let Some(metrics) = &self.metrics {
            let labels = [method, route, &status.to_string()];
            metrics.http.requests.with_label_values(&labels).inc();
            metrics
                .http
                .duration
                .with_label_values(&[method, route])
                .observe(took.as_secs_f64());
        }
        slog_scope::info!("{} {} {}", method, route, status;
            "took_ms" => took.as_secs_f64() * 1000.0, "status" => status, "method" => method,
            "route" => route.to_owned(), subject, "request_id" => &*self.id);
    }
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
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let own = response
        .response()
        .error()
        .and_then(|error| error.as_error::<Problem>());
    let answer: HttpResponse = match own {
        Some(problem) => {
            if let Some(cause) = problem.cause() {
                failure::tell(route, id, status.as_u16(), cause);
            }
            problem.answer(id)
        }
        None if failed && !is_problem && !is_page && !is_own(&response, route) => {
            if status.is_server_error() {
                failure::tell(route, id, status.as_u16(), "no handler says why");
            }
            Problem::of_status(status).answer(id)
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

/// A bounded label: methods that no route knows are one.
fn method_label(method: &str) -> &'static str {
    ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("OTHER")
}
