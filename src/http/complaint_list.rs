//! Lists of complaints: who may see what, in pages or as a whole.

use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;

use super::auth::Caller;
use super::desk::Desk;
use super::export::{self, Export};
use super::list_cursor;
use super::list_query::{Asked, ListQuery};
use super::page::{self, Listing, query};
use super::problem::{Problem, ProblemBody};
use super::views::ListedView;
use crate::domain::account::{Identity, Role, Scope};
use crate::domain::listing::Listed;
use crate::domain::region::RegionId;
use crate::store::lists::{self, Filter, Known, Slice};

/// Lists complaints: officers see their regions, admins all, an app those of its regions.
///
/// Newest first, page by page. With `Accept: text/csv` or `application/geo+json` the whole list comes at
/// once, as a stream; one that fails in the middle is cut off and never looks complete.
#[utoipa::path(get, path = "/api/v1/complaints", tag = "complaints", params(ListQuery),
    security(("bearer" = []), ("api_key" = [])),
    responses(
        (status = 200, description = "A page, or the whole list as CSV or GeoJSON", content(
            (Listing<ListedView> = "application/json"),
            (String = "text/csv"),
            (serde_json::Value = "application/geo+json"))),
        (status = 400, description = "Unknown parameter or bad cursor", body = ProblemBody),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 422, description = "Parameters at fault", body = ProblemBody)))]
pub async fn list(
    request: HttpRequest,
    caller: Caller,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let query: ListQuery = query(&request)?;
    let Asked {
        filter,
        sort,
        direction,
    } = query.parse(&caller, Timestamp::now())?;
    let after = query
        .cursor
        .as_deref()
        .map(|cursor| list_cursor::decode(cursor, sort, direction))
        .transpose()?;
    let filter = visible(filter, &caller)?;
    let known = Known {
        language: desk.installation.search_language.clone(),
        complaints: desk.desks.complaints(),
        few: None,
    };
    let slice = |limit| Slice {
        sort,
        direction,
        after,
        limit,
    };
    if let Some(format) = export::wanted(&request) {
        let most = export::limit(query.limit)?;
        let export = Export::new(desk.store.clone(), filter, known, slice(0), most);
        return export.answer(format).await;
    }
    let limit = page::limit(query.limit)?;
    let fetched = lists::page(&desk.store, &filter, &known, slice(i64::from(limit) + 1)).await?;
    let listing = Listing::cut(fetched, limit, |last: &Listed| {
        let cursor = last.cursor(sort)?;
        Some(list_cursor::encode(sort, direction, cursor))
    });
    let claim = |listed: &Listed| match caller {
        Caller::Staff(_) => desk.presence.claim_of(&listed.complaint),
        Caller::ApiKey(_) | Caller::Anonymous => None,
    };
    let view = |listed| ListedView {
        claim: claim(&listed),
        listed,
    };
    Ok(HttpResponse::Ok().json(listing.map(view)))
}

/// Narrows a filter to the regions that the caller may see.
fn visible(filter: Filter, caller: &Caller) -> Result<Filter, Problem> {
    let (granted, api_key) = match caller {
        Caller::Anonymous => return Err(Problem::unauthorized("sign in, or send an X-API-Key")),
        Caller::Staff(identity) => (granted(identity), None),
        Caller::ApiKey(key) => {
            let all = (!key.regions.is_empty()).then(|| key.regions.iter().cloned().collect());
            let own_only = !key.scopes.contains(&Scope::Read);
            (all, own_only.then_some(key.id))
        }
    };
    let regions = match (filter.regions, granted) {
        (Some(asked), Some(granted)) if asked.iter().any(|region| !granted.contains(region)) => {
            return Err(Problem::forbidden("this region is not granted to you"));
        }
        (Some(asked), _) => Some(asked),
        (None, granted) => granted,
    };
    Ok(Filter {
        regions,
        api_key,
        ..filter
    })
}

/// The regions of an officer; `None`: all.
pub(super) fn granted(identity: &Identity) -> Option<Vec<RegionId>> {
    match identity.role {
        Role::Admin => None,
        Role::Officer => Some(identity.regions.iter().cloned().collect()),
    }
}
