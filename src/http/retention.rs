//! Retention: the policy and its administration. Runs are in [`runs`]; asking for one is `purge`.

pub mod runs;

use actix_web::web;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::auth::AdminOnly;
use super::desk::Desk;
use super::problem::{Problem, ProblemBody};
use crate::config::Switch;
use crate::domain::retention::{Kept, Policy, Rule};
use crate::retention::{policy, set_policy};
use crate::store::retention::{StoredPolicy, pulse};

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/admin/retention")
            .route(web::get().to(get))
            .route(web::put().to(put)),
    );
}

/// The policy in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyView {
    /// Counts up with every change.
    version: i64,
    /// Since when it holds.
    #[schema(value_type = String, format = DateTime)]
    set_at: Timestamp,
    /// The admin who set it; null: the command line, or nobody yet.
    set_by: Option<Uuid>,
    /// As it was sent.
    document: Value,
    /// The rules, with those that hold of what the document does not name. The first that fits a complaint holds.
    rules: Vec<Rule>,
    #[serde(flatten)]
    kept: Kept,
    /// When runs begin.
    schedule: ScheduleView,
}

/// When runs begin.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleView {
    /// Whether this node keeps to it.
    on: bool,
    /// Minute, hour, day of the month, month, day of the week.
    cron: String,
    /// On whose calendar, and in which days are counted.
    time_zone: String,
    /// The next run begins then, or up to the jitter later.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Timestamp>,
    /// When a run of the schedule was last done.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_done_at: Option<Timestamp>,
}

/// Reads the retention policy in force, and when the next run begins.
#[utoipa::path(get, path = "/api/v1/admin/retention", tag = "admin", security(("bearer" = [])),
    responses(
        (status = 200, description = "The policy", body = PolicyView),
        (status = 403, description = "Not an admin", body = ProblemBody),
        (status = 409, description = "The stored policy cannot be read by this program", body = ProblemBody)))]
pub async fn get(_admin: AdminOnly, desk: Desk) -> Result<web::Json<PolicyView>, Problem> {
    let (stored, policy) = policy(&desk.store).await?;
    view(&desk, stored, &policy).await
}

/// Sets the retention policy: the whole document. It holds for runs that are asked for from now on.
#[utoipa::path(put, path = "/api/v1/admin/retention", tag = "admin", security(("bearer" = [])),
    request_body(content = Value, content_type = "application/json",
        description = "Members, all optional: rules (region, category, status, days, action), replay_days, orphaned_photo_days, unfinished_upload_days"),
    responses(
        (status = 200, description = "The policy in force now", body = PolicyView),
        (status = 403, description = "Not an admin", body = ProblemBody),
        (status = 422, description = "Everything that is wrong with it", body = ProblemBody)))]
pub async fn put(
    asked: Asked<AdminOnly, Value>,
    desk: Desk,
) -> Result<web::Json<PolicyView>, Problem> {
    let (catalogue, admin) = (desk.catalogue.get(), asked.who.0.account);
    let document = &asked.body.value;
    let (stored, policy) = set_policy(&desk.store, &catalogue, document, Some(admin)).await?;
    view(&desk, stored, &policy).await
}

async fn view(
    desk: &Desk,
    stored: StoredPolicy,
    policy: &Policy,
) -> Result<web::Json<PolicyView>, Problem> {
    let settings = &desk.settings.retention;
    let zone = &settings.zone.retention_time_zone;
    let found = pulse(&desk.store).await?;
    let on = settings.retention == Switch::On;
    let next = || settings.retention_schedule.next(found.since, zone);
    Ok(web::Json(PolicyView {
        version: stored.version,
        set_at: stored.set_at,
        set_by: stored.set_by,
        document: stored.document,
        rules: policy.rules().to_vec(),
        kept: policy.kept,
        schedule: ScheduleView {
            on,
            cron: settings.retention_schedule.to_string(),
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            next_at: on.then(next).flatten(),
            last_done_at: found.last_done,
        },
    }))
}
