//! A region's live feed as an event stream (SSE).

use actix_web::http::header::{AUTHORIZATION, USER_AGENT};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::{self, Staff};
use super::client_address::ClientAddress;
use super::filter_query::FilterQuery;
use super::health::Readiness;
use super::page::query;
use super::problem::{Problem, ProblemBody};
use crate::actors::registry::shard::ShardHandle;
use crate::domain::account::Identity;
use crate::domain::catalogue::Catalogue;
use crate::domain::region::RegionId;
use crate::ws::protocol::Position;
use crate::ws::stream::{self, Wanted};
use crate::ws::{SignedIn, WsDeps};

/// The header by which a client says where it left off.
const LAST_EVENT_ID: &str = "Last-Event-ID";
/// Most characters of what a client calls itself.
const CLIENT_LONGEST: usize = 100;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/regions/{region}/events").route(web::get().to(follow)));
}

/// Where a stream begins and what narrows it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FollowQuery {
    /// Where to go on, `epoch:seq`; a `Last-Event-ID` goes before it. Without either: a snapshot first.
    since: Option<String>,
    /// Only these categories, separated by commas.
    categories: Option<String>,
    /// Only complaints of at least this severity.
    min_severity: Option<String>,
    /// Only complaints of the account itself (true).
    #[param(value_type = Option<bool>)]
    assigned_to_me: Option<String>,
}

/// Follows a region over plain HTTP: the messages of `redress.v1` as server-sent events (docs/PROTOCOL.md).
#[utoipa::path(get, path = "/api/v1/regions/{region}/events", tag = "live",
    params(("region" = String, Path, description = "The region"), FollowQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "`epoch:seq` of the last event received")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The stream", body = String, content_type = "text/event-stream"),
        (status = 400, description = "Unknown parameter", body = ProblemBody),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such region", body = ProblemBody),
        (status = 422, description = "Parameters at fault", body = ProblemBody),
        (status = 429, description = "This address or account has too many open", body = ProblemBody),
        (status = 503, description = "The node stops, or has no room now", body = ProblemBody)))]
pub async fn follow(
    request: HttpRequest,
    region: web::Path<String>,
    address: ClientAddress,
    shard: web::Data<ShardHandle>,
    deps: web::Data<WsDeps>,
    readiness: web::Data<Readiness>,
) -> Result<HttpResponse, Problem> {
    readiness.require()?;
    // Before the credentials are checked: a flood must not reach the database.
    let is_known = request.headers().contains_key(AUTHORIZATION);
    let place = deps.admission.admit(address.0, is_known)?;
    let Staff(identity) = Staff::extract(&request).await?;
    let wanted = wanted(&request, &region, &identity, &deps.catalogue.get())?;
    let signed_in = SignedIn {
        identity,
        token_left: auth::token_left(&request)?,
    };
    Ok(stream::open(
        &request, wanted, signed_in, place, &shard, &deps,
    )?)
}

fn wanted(
    request: &HttpRequest,
    region: &str,
    identity: &Identity,
    catalogue: &Catalogue,
) -> Result<Wanted, Problem> {
    let region = RegionId::from_stored(region);
    if !catalogue.regions.contains_key(&region) {
        return Err(Problem::not_found("region"));
    }
    if !identity.may_work_in(&region) {
        return Err(Problem::forbidden("this region is not granted to you"));
    }
    let query: FollowQuery = query(request)?;
    let since = last_event_id(request)?.or(query.since.as_deref());
    let since = since.map(position).transpose()?;
    let filter = FilterQuery {
        categories: query.categories,
        min_severity: query.min_severity,
        assigned_to_me: query.assigned_to_me,
    };
    let filter = filter.parse(identity, catalogue)?;
    let client = auth::header(request, USER_AGENT.as_str())?;
    Ok(Wanted {
        region,
        since,
        filter,
        client: client.map(|name| name.chars().take(CLIENT_LONGEST).collect()),
    })
}

/// The position that a client sends when it comes back; an empty one is none.
fn last_event_id(request: &HttpRequest) -> Result<Option<&str>, Problem> {
    let header = auth::header(request, LAST_EVENT_ID)?;
    Ok(header.filter(|id| !id.is_empty()))
}

fn position(text: &str) -> Result<Position, Problem> {
    let parts = text.rsplit_once(':');
    let parsed = parts.and_then(|(epoch, seq)| Some((epoch, seq.parse().ok()?)));
    let (epoch, seq) = parsed.ok_or_else(|| {
        let told = "must be an epoch and a number, such as 4b1a8eca:4711";
        Problem::invalid_field("since", "invalid", told)
    })?;
    let epoch = epoch.to_owned();
    Ok(Position { epoch, seq })
}
