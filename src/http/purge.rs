//! `DELETE /admin/purge`: has what is due go at once, or tells what would go.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::auth::AdminOnly;
use super::desk::Desk;
use super::page::query;
use super::problem::{Problem, ProblemBody};
use crate::domain::retention::{Counts, Plan, Purge, Run, Stage};
use crate::domain::status::Status;
use crate::retention::{Asking, ask, preview};
use crate::store::retention::runs;

/// How long the answer waits for the end of the run; a longer one is followed by its id.
const PATIENCE: Duration = Duration::from_secs(5);
/// Time between looks at it.
const INTERVAL: Duration = Duration::from_millis(50);

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/admin/purge").route(web::delete().to(purge)));
}

/// What is to go.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PurgeQuery {
    /// Only complaints in this status: `resolved`, `closed` or `rejected`; absent: all three.
    complaint_status: Option<String>,
    /// Days from entering the status, 1–36500; absent: as the retention policy says.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 36500)]
    days_old: Option<String>,
    /// Only tell what would go.
    #[serde(default)]
    dry_run: bool,
}

/// What went, goes, or would go.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurgeView {
    /// The same for people.
    message: String,
    /// Whether nothing was touched.
    dry_run: bool,
    /// The run; null for a dry run.
    run_id: Option<Uuid>,
    /// How far it is; null for a dry run.
    stage: Option<Stage>,
    /// Complaints that were erased by now, by status.
    #[schema(value_type = BTreeMap<String, i64>)]
    deleted: BTreeMap<Status, i64>,
    /// All that was found and done, by status.
    #[schema(value_type = BTreeMap<String, Counts>)]
    counts: BTreeMap<Status, Counts>,
    /// The rules with their cut-offs, the most specific first.
    #[schema(value_type = Vec<crate::domain::retention::Line>)]
    cut_offs: Plan,
    /// The first hundred of those that are due, held ones among them; absent unless it is a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    ids: Option<Vec<Uuid>>,
}

/// Removes complaints whose time is up: by the retention policy, or after `days_old` days in their status.
///
/// Active complaints, those under a legal hold and those younger than 24 hours stay, whatever is asked. A run that takes
/// longer than a few seconds goes on; `Location` names it.
#[utoipa::path(delete, path = "/api/v1/admin/purge", tag = "admin", security(("bearer" = [])),
    params(PurgeQuery),
    responses(
        (status = 200, description = "What went, or would go", body = PurgeView),
        (status = 202, description = "It takes longer: follow the run", body = PurgeView),
        (status = 403, description = "Not an admin", body = ProblemBody),
        (status = 409, description = "Another run is not over; `current.run_id` names it", body = ProblemBody),
        (status = 422, description = "The status or the age cannot be; the bounds are told", body = ProblemBody)))]
pub async fn purge(
    AdminOnly(admin): AdminOnly,
    request: HttpRequest,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let asked: PurgeQuery = query(&request)?;
    let names = ("complaint_status", "days_old");
    let (status, days) = (asked.complaint_status.as_deref(), asked.days_old.as_deref());
    let wanted = Purge::parse(status, days, names)?;
    let (now, zone) = (
        Timestamp::now(),
        &desk.settings.retention.zone.retention_time_zone,
    );
    if asked.dry_run {
        let found = preview(&desk.store, wanted, now, zone).await?;
        return Ok(HttpResponse::Ok().json(PurgeView::of_preview(found)));
    }
    let id = ask(
        &desk.store,
        Asking::Request(admin.account),
        wanted,
        now,
        zone,
    )
    .await?;
    desk.retention.asked();
    let run = ended(&desk, id).await?;
    let mut response = match run.stage {
        Stage::Done => HttpResponse::Ok(),
        Stage::Waiting | Stage::Running => HttpResponse::Accepted(),
        Stage::Failed => {
            let detail = "the run was given up; the next one finds what is left";
            return Err(Problem::unavailable(
                detail,
                run.failure.unwrap_or_default(),
            ));
        }
    };
    let place = format!("/api/v1/admin/retention/runs/{id}");
    Ok(response
        .insert_header((LOCATION, place))
        .json(PurgeView::of_run(run)))
}

/// The run when it has ended, or as it is when that takes too long.
async fn ended(desk: &Desk, id: Uuid) -> Result<Run, Problem> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let run = runs::get(&desk.store, id).await?;
        let run = run.ok_or_else(|| Problem::not_found("retention run"))?;
        let has_ended = matches!(run.stage, Stage::Done | Stage::Failed);
        if has_ended || Instant::now() >= deadline {
            return Ok(run);
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

impl PurgeView {
    fn of_preview(found: crate::retention::Preview) -> Self {
        let deleted = found.counts.keys().map(|status| (*status, 0)).collect();
        let due: i64 = found.counts.values().map(|counts| counts.due).sum();
        let held: i64 = found.counts.values().map(|counts| counts.held).sum();
        Self {
            message: format!("{due} complaints are due, {held} of them held; nothing was touched"),
            dry_run: true,
            run_id: None,
            stage: None,
            deleted,
            counts: found.counts,
            cut_offs: found.plan,
            ids: Some(found.ids),
        }
    }

    fn of_run(run: Run) -> Self {
        let total = run.total();
        let said = match run.stage {
            Stage::Done => "purged",
            Stage::Waiting | Stage::Running | Stage::Failed => "purging, so far",
        };
        let erased = run.counts.iter();
        Self {
            message: format!(
                "{said}: {} erased, {} anonymised, {} held, {} failed",
                total.erased, total.anonymised, total.held, total.failed
            ),
            dry_run: false,
            run_id: Some(run.id),
            stage: Some(run.stage),
            deleted: erased.map(|(status, one)| (*status, one.erased)).collect(),
            counts: run.counts,
            cut_offs: run.cut_offs,
            ids: None,
        }
    }
}
