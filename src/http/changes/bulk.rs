//! One action on many complaints, with a result for each.

use std::collections::BTreeSet;

use actix_web::{HttpMessage, HttpRequest, web};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::assignee::AssigneePatch;
use super::comments::NewCommentBody;
use super::relocation::MoveBody;
use super::status_patch::StatusPatch;
use super::{Asking, Who};
use crate::domain::account::Identity;
use crate::domain::change::Deed;
use crate::domain::complaint::Complaint;
use crate::http::asked::Asked;
use crate::http::auth::Staff;
use crate::http::desk::Desk;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::trace::RequestId;

/// Most complaints of one request.
const IDS_MOST: usize = 200;
/// Complaints that are asked for at the same time: their commands share commits.
const AT_ONCE: usize = 32;

/// Complaints, and the one action on each of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// 1–200 complaints, each once.
    #[schema(value_type = Vec<Uuid>, max_items = 200)]
    ids: Vec<String>,
    /// The action: exactly one of the following four.
    status: Option<StatusPatch>,
    /// As for `PATCH …/assignee`.
    assignee: Option<AssigneePatch>,
    /// As for `POST …/comments`.
    comment: Option<NewCommentBody>,
    /// As for `POST …/move`.
    #[serde(rename = "move")]
    relocation: Option<MoveBody>,
}

/// What became of a bulk.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkAnswer {
    /// A result for each complaint, in the order of the ids.
    pub results: Vec<BulkResult>,
}

/// What became of one complaint: `complaint` if it was done, else `problem`.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkResult {
    /// The complaint.
    pub id: String,
    /// The complaint as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complaint: Option<Complaint>,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemBody>,
}

/// What to do with each complaint.
enum Action {
    Status(StatusPatch),
    Assignee(AssigneePatch),
    Comment(NewCommentBody),
    Move(MoveBody),
}

/// Does one thing to up to 200 complaints. Each is done or refused by itself.
#[utoipa::path(post, path = "/api/v1/complaints/bulk", tag = "complaints", request_body = BulkRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A result for each", body = BulkAnswer),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 422, description = "No ids, too many, one twice, or not exactly one action", body = ProblemBody)))]
pub async fn bulk(
    request: HttpRequest,
    asked: Asked<Staff, BulkRequest>,
    desk: Desk,
) -> Result<web::Json<BulkAnswer>, Problem> {
    let identity = &asked.who.0;
    let (ids, action) = asked.body.value.parse()?;
    let request_id = request.extensions().get::<RequestId>().cloned();
    let request_id = request_id.map(|id| id.0).unwrap_or_default();
    let (desk, action, request_id) = (&desk, &action, &request_id);
    let one = |id: String| async move {
        let asking = id.parse().map(|complaint| Asking {
            desk,
            who: Who::Staff(identity),
            complaint,
            version: None,
        });
        let answer = match asking {
            Ok(asking) => action.carry_out(asking, identity).await,
            Err(_no_uuid) => Err(Problem::not_found("complaint")),
        };
        BulkResult::of(id, answer, request_id)
    };
    let results = stream::iter(ids).map(one).buffered(AT_ONCE).collect().await;
    Ok(web::Json(BulkAnswer { results }))
}

impl BulkRequest {
    fn parse(self) -> Result<(Vec<String>, Action), Problem> {
        if self.ids.is_empty() || self.ids.len() > IDS_MOST {
            let message = format!("must be 1–{IDS_MOST} complaints");
            return Err(Problem::invalid_field("ids", "out_of_range", message));
        }
        let mut seen = BTreeSet::new();
        // One id may be written in several ways.
        let written_alike = |id: &String| {
            let parsed = id.parse::<Uuid>();
            parsed.map_or_else(|_no_uuid| id.clone(), |id| id.to_string())
        };
        if let Some(twice) = self.ids.iter().find(|id| !seen.insert(written_alike(id))) {
            let message = format!("{twice:?} is there twice");
            return Err(Problem::invalid_field("ids", "duplicate", message));
        }
        match (self.status, self.assignee, self.comment, self.relocation) {
            (Some(status), None, None, None) => Ok((self.ids, Action::Status(status))),
            (None, Some(assignee), None, None) => Ok((self.ids, Action::Assignee(assignee))),
            (None, None, Some(comment), None) => Ok((self.ids, Action::Comment(comment))),
            (None, None, None, Some(relocation)) => Ok((self.ids, Action::Move(relocation))),
            _ => Err(Problem::invalid_field(
                "status",
                "invalid",
                "exactly one of status, assignee, comment and move must be given",
            )),
        }
    }
}

impl Action {
    async fn carry_out(
        &self,
        mut asking: Asking<'_>,
        identity: &Identity,
    ) -> Result<Complaint, Problem> {
        match self {
            Self::Status(patch) => {
                asking.version = patch.version;
                let step = patch.clone().parse(Timestamp::now())?;
                asking.carry_out(Deed::Step(step), None).await
            }
            Self::Assignee(patch) => {
                asking.version = patch.version;
                patch.carry_out(&asking, identity).await
            }
            Self::Comment(body) => {
                let comment = body.clone().parse()?;
                asking.carry_out(Deed::Comment(comment), None).await
            }
            Self::Move(body) => {
                asking.version = body.version;
                body.carry_out(&asking).await
            }
        }
    }
}

impl BulkResult {
    fn of(id: String, answer: Result<Complaint, Problem>, request_id: &str) -> Self {
        let (complaint, problem) = match answer {
            Ok(complaint) => (Some(complaint), None),
            Err(problem) => {
                if let Some(cause) = problem.cause() {
                    slog_scope::error!("a complaint of a bulk failed: {}", cause;
                        "request_id" => request_id, "complaint" => &id);
                }
                (None, Some(problem.body(request_id)))
            }
        };
        Self {
            id,
            complaint,
            problem,
        }
    }
}
