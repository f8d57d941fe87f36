//! What staff write to a complaint.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{Asking, Who};
use crate::domain::change::{Deed, NewComment};
use crate::domain::complaint::COMMENT_LONGEST;
use crate::domain::event::Visibility;
use crate::domain::fault::{Faults, free_text};
use crate::http::asked::Asked;
use crate::http::auth::Staff;
use crate::http::complaints::complaint_id;
use crate::http::desk::Desk;
use crate::http::page::{Listing, Page, query};
use crate::http::problem::{Problem, ProblemBody};
use crate::store::comments;

/// A comment to write.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommentBody {
    /// 1–4000 characters.
    text: String,
    /// `internal` (staff) if absent, or `public`: the reporter sees it too.
    #[schema(value_type = Option<Visibility>)]
    visibility: Option<String>,
}

/// A comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentView {
    /// UUIDv7.
    pub id: Uuid,
    /// When it was written (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What was written.
    pub text: String,
    /// Who may read it.
    pub visibility: Visibility,
    /// Who wrote it: `officer` or `admin`.
    pub by: String,
    /// The account that wrote it; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Uuid>,
}

/// The query of a list of comments.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommentQuery {
    /// Most items of the page; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl NewCommentBody {
    pub(super) fn parse(self) -> Result<NewComment, Faults> {
        let mut faults = Faults::default();
        let text = faults.keep("text", free_text(&self.text, COMMENT_LONGEST));
        let word = self.visibility.as_deref().unwrap_or("internal");
        let unknown = || ("unknown", "must be public or internal".to_owned());
        let visibility = Visibility::parse(word).ok_or_else(unknown);
        let visibility = faults.keep("visibility", visibility);
        let comment = text.zip(visibility).map(|(text, visibility)| NewComment {
            id: Uuid::now_v7(),
            text,
            visibility,
        });
        faults.into_result(comment)
    }
}

/// Writes a comment to a complaint in any status. It changes neither the version nor any deadline.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/comments", tag = "complaints",
    request_body = NewCommentBody,
    params(("id" = Uuid, Path, description = "The complaint")),
    security(("bearer" = [])),
    responses(
        (status = 201, description = "Written", body = CommentView),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody),
        (status = 503, description = "Not now; look whether it is there, then try again", body = ProblemBody)))]
pub async fn comment(
    id: web::Path<String>,
    asked: Asked<Staff, NewCommentBody>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let identity = &asked.who.0;
    let asking = Asking {
        desk: &desk,
        who: Who::Staff(identity),
        complaint: complaint_id(&id)?,
        version: None,
    };
    let comment = asked.body.value.parse()?;
    let view = |at| CommentView {
        id: comment.id,
        at,
        text: comment.text.clone(),
        visibility: comment.visibility,
        by: identity.role.as_str().to_owned(),
        account: Some(identity.account),
    };
    let complaint = asking.carry_out(Deed::Comment(comment.clone()), None);
    let at = complaint.await?.updated_at;
    Ok(HttpResponse::Created().json(view(at)))
}

/// Lists a complaint's comments for staff of its region, newest first.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/comments", tag = "complaints",
    params(("id" = Uuid, Path, description = "The complaint"), CommentQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page", body = Listing<CommentView>),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody)))]
pub async fn list_comments(
    request: HttpRequest,
    Staff(identity): Staff,
    id: web::Path<String>,
    desk: Desk,
) -> Result<web::Json<Listing<CommentView>>, Problem> {
    let query: CommentQuery = query(&request)?;
    let page = Page::parse(query.limit, query.cursor.as_deref())?;
    let asking = Asking {
        desk: &desk,
        who: Who::Staff(&identity),
        complaint: complaint_id(&id)?,
        version: None,
    };
    asking.region().await?;
    let before = page.after.map(|(_, id)| id);
    let rows = comments::list(&desk.store, asking.complaint, before, page.fetch()).await?;
    let views = rows.into_iter().map(CommentView::for_staff).collect();
    Ok(web::Json(
        page.listing(views, |view: &CommentView| (view.at, view.id)),
    ))
}

impl CommentView {
    /// For staff.
    pub(in crate::http) fn for_staff(comment: comments::Stored) -> Self {
        Self {
            id: comment.id,
            at: comment.at,
            text: comment.text,
            visibility: comment.visibility,
            by: comment.by_kind,
            account: comment.by_id,
        }
    }

    /// For the reporter: who wrote it is a role, not a person.
    pub fn for_reporter(comment: comments::Stored) -> Self {
        Self {
            account: None,
            ..Self::for_staff(comment)
        }
    }
}
