//! Workflows of regions, and of categories in them: what holds, and its administration.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::asked::Asked;
use super::auth::{AdminOnly, Staff};
use super::desk::Desk;
use super::import::show;
use super::page::query;
use super::problem::{Problem, ProblemBody};
use crate::domain::action::{Action, Party};
use crate::domain::region::RegionId;
use crate::domain::status::Status;
use crate::domain::term::Term;
use crate::domain::workflow::{Need, Workflow};
use crate::import::rules::set_workflow;
use crate::store::rules;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/regions/{region}/workflow")
            .route(web::get().to(get))
            .route(web::put().to(put))
            .route(web::delete().to(delete)),
    );
}

/// Whose workflow is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkflowQuery {
    /// Only that of this category; absent: of all that have none of their own.
    category: Option<String>,
}

/// A step that is on.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepView {
    /// The status before.
    from: Status,
    /// What is done.
    action: Action,
    /// The status after; of two the first with an assignee, the second without.
    to: &'static [Status],
    /// Who may do it.
    roles: BTreeSet<Party>,
    /// What it needs.
    require: BTreeSet<Need>,
}

/// A workflow.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkflowView {
    /// The region.
    #[schema(value_type = String)]
    region: RegionId,
    /// The category; null: all that have none of their own.
    category: Option<String>,
    /// What was set here to tighten the workflow beneath; null: nothing.
    document: Option<Value>,
    /// The steps in force.
    steps: Vec<StepView>,
    /// Statuses that are not used.
    without: Vec<Status>,
    /// How long a resolution may be contested before it closes by itself.
    #[schema(value_type = String, examples("14d"))]
    confirmation_window: Term,
    /// How long what is closed or rejected may be reopened.
    #[schema(value_type = String, examples("30d"))]
    reopen_window: Term,
    /// The longest time in a status.
    #[schema(value_type = BTreeMap<String, String>)]
    deadlines: BTreeMap<Status, Term>,
}

/// Reads the workflow in force: the steps with their roles and requirements.
#[utoipa::path(get, path = "/api/v1/regions/{region}/workflow", tag = "catalogue",
    params(("region" = String, Path, description = "The region"), WorkflowQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The workflow", body = WorkflowView),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such region", body = ProblemBody)))]
pub async fn get(
    Staff(identity): Staff,
    request: HttpRequest,
    region: web::Path<String>,
    desk: Desk,
) -> Result<web::Json<WorkflowView>, Problem> {
    let (region, category) = asked_for(&request, &region, &desk)?;
    if !identity.may_work_in(&region) {
        return Err(Problem::forbidden("this region is not granted to you"));
    }
    Ok(web::Json(view(region, category, &desk)))
}

/// Tightens the workflow of a region, or of one category in it. It takes effect at once.
#[utoipa::path(put, path = "/api/v1/regions/{region}/workflow", tag = "admin",
    params(("region" = String, Path, description = "The region"), WorkflowQuery),
    request_body(content = Value, content_type = "application/json",
        description = "Members, all optional: edges, without, deadlines, confirmation_window, reopen_window"),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The workflow in force now", body = WorkflowView),
        (status = 404, description = "No such region", body = ProblemBody),
        (status = 409, description = "Complaints are in statuses that it would give no next step; `current` counts them", body = ProblemBody),
        (status = 422, description = "Everything that is wrong with it", body = ProblemBody)))]
pub async fn put(
    request: HttpRequest,
    region: web::Path<String>,
    asked: Asked<AdminOnly, Value>,
    desk: Desk,
) -> Result<web::Json<WorkflowView>, Problem> {
    let (region, category) = asked_for(&request, &region, &desk)?;
    let (catalogue, document) = (desk.catalogue.get(), &asked.body.value);
    set_workflow(
        &desk.store,
        &catalogue,
        &region,
        category.as_deref(),
        document,
    )
    .await?;
    show(&desk).await;
    Ok(web::Json(view(region, category, &desk)))
}

/// Takes a region's or category's own workflow away: the one beneath it holds again.
#[utoipa::path(delete, path = "/api/v1/regions/{region}/workflow", tag = "admin",
    params(("region" = String, Path, description = "The region"), WorkflowQuery),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Taken away"),
        (status = 404, description = "There is none", body = ProblemBody)))]
pub async fn delete(
    _admin: AdminOnly,
    request: HttpRequest,
    region: web::Path<String>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let (region, category) = asked_for(&request, &region, &desk)?;
    if !rules::delete_workflow(&desk.store, &region, category.as_deref()).await? {
        return Err(Problem::not_found("workflow of its own"));
    }
    show(&desk).await;
    Ok(HttpResponse::NoContent().finish())
}

fn asked_for(
    request: &HttpRequest,
    region: &str,
    desk: &Desk,
) -> Result<(RegionId, Option<String>), Problem> {
    let catalogue = desk.catalogue.get();
    let region = RegionId::from_stored(region);
    if !catalogue.regions.contains_key(&region) {
        return Err(Problem::not_found("region"));
    }
    let category = query::<WorkflowQuery>(request)?.category;
    let is_unknown = |id: &&String| !catalogue.categories.contains_key(*id);
    if category.as_ref().filter(is_unknown).is_some() {
        return Err(Problem::invalid_field(
            "category",
            "unknown",
            "is no category",
        ));
    }
    Ok((region, category))
}

fn view(region: RegionId, category: Option<String>, desk: &Desk) -> WorkflowView {
    let catalogue = desk.catalogue.get();
    let rules = &catalogue.rules;
    let workflow: &Workflow = match &category {
        Some(category) => rules.workflow(&region, category),
        None => rules.region_workflow(&region),
    };
    let step = |(from, action, edge): (Status, Action, &crate::domain::workflow::Edge)| StepView {
        from,
        action,
        to: action.ends_in(),
        roles: edge.roles.clone(),
        require: edge.requires.clone(),
    };
    let unused = |status: &Status| !workflow.uses(*status);
    WorkflowView {
        document: rules
            .workflow_document(&region, category.as_deref())
            .cloned(),
        steps: workflow.steps().map(step).collect(),
        without: Status::ALL.into_iter().filter(unused).collect(),
        confirmation_window: workflow.confirmation_window,
        reopen_window: workflow.reopen_window,
        deadlines: workflow.deadlines.clone(),
        region,
        category,
    }
}
