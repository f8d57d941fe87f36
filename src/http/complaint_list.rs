//! Lists of complaints: filters, and who may see what.

use actix_web::{HttpRequest, web};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::auth::Caller;
use super::desk::Desk;
use super::page::{Listing, Page, query};
use super::problem::{Problem, ProblemBody};
use crate::domain::account::{Identity, Role, Scope};
use crate::domain::complaint::{Complaint, Severity};
use crate::domain::fault::{Faults, free_text};
use crate::domain::region::RegionId;
use crate::domain::status::Status;
use crate::store::complaints::{self, Filter};

/// What narrows a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only this region.
    region: Option<String>,
    /// Only this status.
    #[param(value_type = Option<Status>)]
    status: Option<String>,
    /// Only this category.
    category: Option<String>,
    /// Only this severity.
    #[param(value_type = Option<Severity>)]
    severity: Option<String>,
    /// An account id, `me`, or `none`.
    assignee: Option<String>,
    /// Text in description or address, 1–200 characters; case does not matter.
    q: Option<String>,
    /// Submitted after this time (RFC 3339).
    created_after: Option<String>,
    /// Submitted before this time (RFC 3339).
    created_before: Option<String>,
    /// Most items of the page; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists complaints, newest first: officers see their regions, admins all, an app those of its regions.
#[utoipa::path(get, path = "/api/v1/complaints", tag = "complaints", params(ListQuery),
    security(("bearer" = []), ("api_key" = [])),
    responses(
        (status = 200, description = "A page", body = Listing<Complaint>),
        (status = 400, description = "Unknown parameter or bad cursor", body = ProblemBody),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 422, description = "Parameters at fault", body = ProblemBody)))]
pub async fn list(request: HttpRequest, caller: Caller, desk: Desk) -> Result<web::Json<Listing<Complaint>>, Problem> {
    let query: ListQuery = query(&request)?;
    let page = Page::parse(query.limit, query.cursor.as_deref())?;
    let filter = query.filter(&caller)?;
    let rows = complaints::list(&desk.store, &filter, page.after, page.fetch()).await?;
    Ok(web::Json(page.listing(rows, |complaint| (complaint.created_at, complaint.id))))
}

impl ListQuery {
    /// The filter, narrowed to what the caller may see.
    fn filter(self, caller: &Caller) -> Result<Filter, Problem> {
        let mut faults = Faults::default();
        let unknown = |word: &str| ("unknown", format!("{word:?} is not known"));
        let region = self.region.and_then(|id| faults.keep("region", RegionId::parse(&id)));
        let status = self.status.and_then(|word| {
            faults.keep("status", Status::parse(&word).ok_or_else(|| unknown(&word)))
        });
        let severity = self.severity.and_then(|word| faults.keep("severity", Severity::parse(&word)));
        let category = self
            .category
            .and_then(|id| faults.keep("category", crate::domain::fault::slug(&id)));
        let text = self.q.and_then(|text| faults.keep("q", free_text(&text, 200)));
        let created_after = self.created_after.and_then(|at| faults.keep("created_after", time(&at)));
        let created_before = self.created_before.and_then(|at| faults.keep("created_before", time(&at)));
        let (assignee, unassigned) = match self.assignee.as_deref() {
            None => (None, false),
            Some("none") => (None, true),
            Some(who) => (faults.keep("assignee", assignee(who, caller)), false),
        };
        let filter = Filter {
            regions: None,
            status,
            category,
            severity,
            assignee,
            unassigned,
            text,
            created_after,
            created_before,
            api_key: None,
        };
        let filter = faults.into_result(Some(filter))?;
        visible(filter, region, caller)
    }
}

/// Narrows a filter to the regions that the caller may see.
fn visible(filter: Filter, asked: Option<RegionId>, caller: &Caller) -> Result<Filter, Problem> {
    let (granted, api_key) = match caller {
        Caller::Anonymous => return Err(Problem::unauthorized("sign in, or send an X-API-Key")),
        Caller::Staff(identity) => (granted(identity), None),
        Caller::ApiKey(key) => {
            let all = (!key.regions.is_empty()).then(|| key.regions.iter().cloned().collect());
            let own_only = !key.scopes.contains(&Scope::Read);
            (all, own_only.then_some(key.id))
        }
    };
    let regions: Option<Vec<RegionId>> = match (asked, granted) {
        (Some(region), Some(granted)) if !granted.contains(&region) => {
            return Err(Problem::forbidden("this region is not granted to you"));
        }
        (Some(region), _) => Some(vec![region]),
        (None, granted) => granted,
    };
    Ok(Filter { regions, api_key, ..filter })
}

/// The regions of an officer; `None`: all.
fn granted(identity: &Identity) -> Option<Vec<RegionId>> {
    match identity.role {
        Role::Admin => None,
        Role::Officer => Some(identity.regions.iter().cloned().collect()),
    }
}

fn assignee(who: &str, caller: &Caller) -> Result<Uuid, (&'static str, String)> {
    match (who, caller) {
        ("me", Caller::Staff(identity)) => Ok(identity.account),
        ("me", Caller::ApiKey(_) | Caller::Anonymous) => {
            Err(("invalid", "only staff can ask for their own".into()))
        }
        (id, _) => id
            .parse()
            .map_err(|error| ("invalid", format!("must be an account id, me, or none: {error}"))),
    }
}

fn time(text: &str) -> Result<Timestamp, (&'static str, String)> {
    text.parse()
        .ok()
        .filter(|at: &Timestamp| *at >= Timestamp::UNIX_EPOCH)
        .ok_or(("invalid", "must be a time such as 2026-01-31T12:00:00Z, not before 1970".into()))
}
