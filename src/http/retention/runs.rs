//! Retention runs: those that were made, one of them, and its progress as an event stream (SSE).

use std::time::{Duration, Instant};

use actix_web::{Error, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use uuid::Uuid;

use crate::access::Access;
use crate::actors::registry::shard::ShardHandle;
use crate::domain::account::{Identity, Role};
use crate::domain::retention::{Run, Stage};
use crate::http::auth::{AdminOnly, token_left};
use crate::http::desk::Desk;
use crate::http::page::{Listing, Page, PageQuery, query};
use crate::http::problem::{Problem, ProblemBody};
use crate::store::retention::runs;
use crate::ws::stream::answer;

/// Time between looks at a run that is followed.
const INTERVAL: Duration = Duration::from_millis(500);
/// After so many looks without news a comment keeps the connection alive.
const QUIET: u32 = 30;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/admin/retention/runs").route(web::get().to(list)))
        .service(web::resource("/admin/retention/runs/{run}").route(web::get().to(get)))
        .service(web::resource("/admin/retention/runs/{run}/events").route(web::get().to(follow)));
}

/// Lists retention runs, the latest first.
#[utoipa::path(get, path = "/api/v1/admin/retention/runs", tag = "admin", security(("bearer" = [])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of runs", body = Listing<Run>),
        (status = 403, description = "Not an admin", body = ProblemBody)))]
pub async fn list(
    _admin: AdminOnly,
    request: HttpRequest,
    desk: Desk,
) -> Result<web::Json<Listing<Run>>, Problem> {
    let asked: PageQuery = query(&request)?;
    let page = Page::parse(asked.limit, asked.cursor.as_deref())?;
    let found = runs::list(&desk.store, page.after, page.fetch()).await?;
    Ok(web::Json(page.listing(found, |run| (run.asked_at, run.id))))
}

/// Reads one retention run: what was asked for, and what it found and did.
#[utoipa::path(get, path = "/api/v1/admin/retention/runs/{run}", tag = "admin", security(("bearer" = [])),
    params(("run" = Uuid, Path, description = "Its id")),
    responses(
        (status = 200, description = "The run", body = Run),
        (status = 403, description = "Not an admin", body = ProblemBody),
        (status = 404, description = "No such run", body = ProblemBody)))]
pub async fn get(
    _admin: AdminOnly,
    run: web::Path<Uuid>,
    desk: Desk,
) -> Result<web::Json<Run>, Problem> {
    find(&desk, *run).await.map(web::Json)
}

/// Follows one retention run as server-sent events: `run` now and whenever it got on, until it has ended, or the access
/// token has, or the admin's login or role.
///
/// The data is what `GET /admin/retention/runs/{run}` answers.
#[utoipa::path(get, path = "/api/v1/admin/retention/runs/{run}/events", tag = "admin", security(("bearer" = [])),
    params(("run" = Uuid, Path, description = "Its id")),
    responses(
        (status = 200, description = "The stream", body = String, content_type = "text/event-stream"),
        (status = 403, description = "Not an admin", body = ProblemBody),
        (status = 404, description = "No such run", body = ProblemBody)))]
pub async fn follow(
    AdminOnly(admin): AdminOnly,
    request: HttpRequest,
    run: web::Path<Uuid>,
    desk: Desk,
    (access, shard): (web::Data<Access>, web::Data<ShardHandle>),
) -> Result<HttpResponse, Problem> {
    let found = find(&desk, *run).await?;
    let following = Following {
        until: Instant::now() + token_left(&request)?,
        admin,
        access,
        desk,
        shard: shard.get_ref().clone(),
        run: found.id,
        told: None,
        has_ended: false,
    };
    Ok(answer().streaming(Box::pin(stream::unfold(following, Following::next))))
}

async fn find(desk: &Desk, run: Uuid) -> Result<Run, Problem> {
    let found = runs::get(&desk.store, run).await?;
    found.ok_or_else(|| Problem::not_found("retention run"))
}

/// An admin who follows a run. Asked for more only when the client has read what came before.
struct Following {
    /// When the access token ends.
    until: Instant,
    admin: Identity,
    access: web::Data<Access>,
    desk: Desk,
    shard: ShardHandle,
    run: Uuid,
    /// What was told last, without the time that it takes, which always moves.
    told: Option<Run>,
    has_ended: bool,
}

impl Following {
    async fn next(mut self) -> Option<(Result<Bytes, Error>, Self)> {
        let mut quiet = 0;
        while !self.has_ended {
            if self.told.is_some() {
                tokio::select! {
                    // The node stops: the client comes back and finds another one.
                    _ = self.shard.closing() => return None,
                    () = tokio::time::sleep(INTERVAL) => quiet += 1,
                }
                if !self.may_look().await {
                    return None;
                }
            }
            match runs::get(&self.desk.store, self.run).await {
                Ok(Some(run)) => {
                    if let Some(block) = self.tell(run) {
                        return Some((Ok(block), self));
                    }
                }
                // It was taken back.
                Ok(None) => return None,
                Err(error) => slog_scope::debug!("a followed run could not be read: {}", error),
            }
            if quiet >= QUIET {
                return Some((Ok(Bytes::from_static(b": ping\n\n")), self));
            }
        }
        None
    }

    /// Whether it is still an admin who is logged in. While nobody knows, nothing is taken away.
    async fn may_look(&self) -> bool {
        let who = (self.admin.account, self.admin.login);
        let granted = match self.access.grants(&[who]).await {
            Ok(granted) => granted.into_iter().next().flatten(),
            Err(_away) => Some(self.admin.clone()),
        };
        Instant::now() < self.until && granted.is_some_and(|now| now.role == Role::Admin)
    }

    fn tell(&mut self, run: Run) -> Option<Bytes> {
        let still = Run {
            took_ms: None,
            ..run.clone()
        };
        self.has_ended = matches!(run.stage, Stage::Done | Stage::Failed);
        if self.told.as_ref() == Some(&still) {
            return None;
        }
        self.told = Some(still);
        let json = serde_json::to_string(&run).ok()?;
        Some(format!("event: run\ndata: {json}\n\n").into())
    }
}
