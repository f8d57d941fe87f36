//! A reporter follows one complaint as an event stream (SSE): its public part, whenever that has changed.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{Error, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use rand::RngExt;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::auth;
use super::client_address::ClientAddress;
use super::complaints::{find, public_view};
use super::desk::Desk;
use super::health::Readiness;
use super::problem::{Problem, ProblemBody};
use super::views::PublicView;
use crate::actors::registry::shard::ShardHandle;
use crate::actors::registry::{Farewell, Form, News};
use crate::store::{StoreError, complaints};
use crate::ws::WsDeps;
use crate::ws::admission::ReporterPlace;
use crate::ws::stream::answer;

/// How long a client waits before it comes back, unless it is told otherwise.
const RETRY: &[u8] = b"retry: 5000\n\n";
/// The pause before the database is asked again.
const PAUSE: Duration = Duration::from_secs(1);
/// Over how long the return of those who wait is spread when the node stops.
const SPREAD: Duration = Duration::from_secs(5);
/// Bytes of a view's digest that name it.
const NAME: usize = 12;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/tracking/{token}/events").route(web::get().to(follow)));
}

/// Follows the public part of a complaint by its tracking token: an event `complaint` now and after each change.
///
/// Its data is what `GET /tracking/{token}` answers. With the last id as `Last-Event-ID` nothing comes until
/// there is something new.
#[utoipa::path(get, path = "/api/v1/tracking/{token}/events", tag = "complaints",
    params(("token" = String, Path, description = "What the submission was answered with"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event received")),
    responses(
        (status = 200, description = "The stream", body = String, content_type = "text/event-stream"),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 429, description = "This address has too many open", body = ProblemBody),
        (status = 503, description = "The node stops, or has no room now", body = ProblemBody)))]
pub async fn follow(
    request: HttpRequest,
    token: web::Path<String>,
    address: ClientAddress,
    desk: Desk,
    shard: web::Data<ShardHandle>,
    live: web::Data<WsDeps>,
    readiness: web::Data<Readiness>,
) -> Result<HttpResponse, Problem> {
    readiness.require()?;
    let unknown = || Problem::not_found("complaint");
    let complaint = desk.tracking.complaint(&token).ok_or_else(unknown)?;
    let place = live.admission.admit_reporter(address.0)?;
    // Before anything is read: what happens from here on is news.
    let news = live.followed.follow(complaint);
    find(&desk.store, complaint).await?;
    let following = Following {
        desk,
        complaint,
        news,
        shown: auth::header(&request, "Last-Event-ID")?.map(str::to_owned),
        shard: shard.get_ref().clone(),
        ping: Duration::from_millis(live.live.ping_interval_ms),
        form: Form::EventStream(Arc::clone(&live.epoch)),
        step: Step::Greet,
        _place: place,
    };
    Ok(answer().streaming(Box::pin(stream::unfold(following, Following::next))))
}

/// What is to be done next for a reporter.
#[derive(Clone, Copy)]
enum Step {
    Greet,
    Read,
    /// The database could not be asked.
    Retry,
    Wait,
    End,
}

/// A reporter who follows a complaint. Asked for more only when the client has read what came before, so
/// that nothing piles up: a slow one misses views in between, never the last.
struct Following {
    desk: Desk,
    complaint: Uuid,
    news: News,
    /// The name of the view that the client has.
    shown: Option<String>,
    shard: ShardHandle,
    ping: Duration,
    form: Form,
    step: Step,
    _place: ReporterPlace,
}

impl Following {
    async fn next(mut self) -> Option<(Result<Bytes, Error>, Self)> {
        loop {
            let block = match self.step {
                Step::Greet => {
                    self.step = Step::Read;
                    Some(Bytes::from_static(RETRY))
                }
                Step::Read => self.read().await,
                Step::Retry => self.retry().await,
                Step::Wait => self.wait().await,
                Step::End => return None,
            };
            if let Some(block) = block {
                return Some((Ok(block), self));
            }
        }
    }

    /// The view, if it is another than the client has.
    async fn read(&mut self) -> Option<Bytes> {
        self.step = Step::Wait;
        match self.view().await {
            Ok(Some(view)) => {
                let (name, json) = named(&view)?;
                if self.shown.as_deref() == Some(&name) {
                    return None;
                }
                let block = format!("id: {name}\nevent: complaint\ndata: {json}\n\n");
                self.shown = Some(name);
                Some(block.into())
            }
            Ok(None) => {
                self.step = Step::End;
                None
            }
            Err(error) => {
                slog_scope::warn!("a followed complaint could not be read: {}", error);
                self.step = Step::Retry;
                None
            }
        }
    }

    async fn view(&self) -> Result<Option<PublicView>, StoreError> {
        let found = complaints::get(&self.desk.store, self.complaint).await?;
        match found {
            Some(found) => public_view(&self.desk, found).await.map(Some),
            None => Ok(None),
        }
    }

    /// Waits before the database is asked again.
    async fn retry(&mut self) -> Option<Bytes> {
        tokio::select! {
            farewell = self.shard.closing() => self.leave(farewell),
            () = tokio::time::sleep(PAUSE) => {
                self.step = Step::Read;
                None
            }
        }
    }

    /// The node stops or begins anew.
    fn leave(&mut self, why: Farewell) -> Option<Bytes> {
        self.step = Step::End;
        let after = SPREAD.mul_f64(rand::rng().random());
        Some(self.form.reconnect(after, why))
    }

    /// Waits for news; what is to be said meanwhile.
    async fn wait(&mut self) -> Option<Bytes> {
        tokio::select! {
            () = self.news.changed() => {
                self.step = Step::Read;
                None
            }
            farewell = self.shard.closing() => self.leave(farewell),
            () = tokio::time::sleep(self.ping) => Some(self.form.heartbeat()),
        }
    }
}

/// A view's JSON and a name that is another when anything but its `updated_at` and the links to photos is: the
/// one moves with internal comments too, which are none of the reporter's business, the others with time.
fn named(view: &PublicView) -> Option<(String, String)> {
    let json = serde_json::to_string(view).ok()?;
    let mut members: Value = serde_json::from_str(&json).ok()?;
    members.as_object_mut()?.remove("updated_at");
    let photos = members.get_mut("photos").and_then(Value::as_array_mut);
    for photo in photos.into_iter().flatten() {
        photo.as_object_mut()?.remove("links");
    }
    let digest = Sha256::digest(members.to_string());
    let name = digest.iter().take(NAME);
    let name = name.map(|byte| format!("{byte:02x}")).collect();
    Some((name, json))
}
