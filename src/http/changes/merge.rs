//! A complaint is closed as a duplicate of another one.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Asking, IfMatch, Who, changed};
use crate::domain::change::{Deed, Merger};
use crate::domain::complaint::{COMMENT_LONGEST, Complaint};
use crate::domain::fault::{Faults, free_text};
use crate::http::asked::Asked;
use crate::http::auth::Staff;
use crate::http::complaints::complaint_id;
use crate::http::desk::Desk;
use crate::http::problem::{Problem, ProblemBody};
use crate::store::complaints;

/// Into which complaint to merge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// The complaint that goes on: open, and no duplicate itself.
    #[schema(value_type = Uuid)]
    into: String,
    /// Why, 1–4000 characters.
    comment: Option<String>,
    /// The version that you saw; if the complaint has another one by now, nothing is changed.
    version: Option<i64>,
}

impl MergeBody {
    fn parse(self) -> Result<Merger, Faults> {
        let mut faults = Faults::default();
        let invalid = |_| ("invalid", "must be the id of a complaint".to_owned());
        let into = faults.keep("into", self.into.parse::<Uuid>().map_err(invalid));
        let comment = self
            .comment
            .and_then(|text| faults.keep("comment", free_text(&text, COMMENT_LONGEST)));
        faults
            .into_result(into)
            .map(|into| Merger { into, comment })
    }
}

/// Closes a complaint as a duplicate of another one, which gains its supporters and its reporter as
/// one more. The caller must work in the regions of both.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/merge", tag = "complaints",
    request_body = MergeBody,
    params(("id" = Uuid, Path, description = "The duplicate"),
        ("If-Match" = Option<String>, Header, description = "The ETag that you saw")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The duplicate as it is now", body = Complaint),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "Stale version, or one of both is not open; `current` shows the duplicate", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn merge(
    id: web::Path<String>,
    seen: IfMatch,
    asked: Asked<Staff, MergeBody>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let body = asked.body.value;
    let asking = Asking {
        desk: &desk,
        who: Who::Staff(&asked.who.0),
        complaint: complaint_id(&id)?,
        version: seen.or(body.version)?,
    };
    let merger = body.parse()?;
    let target = complaints::get(&desk.store, merger.into).await?;
    let target = target.ok_or_else(|| {
        Problem::invalid_field("into", "unknown", "there is no complaint with this id")
    })?;
    let region = target.complaint.region;
    if !asking.who.may_change_in(&region) {
        return Err(Problem::forbidden(
            "the complaint to merge into is not in one of your regions",
        ));
    }
    let complaint = asking.carry_out(Deed::Merge(merger), Some(&region)).await?;
    Ok(changed(&complaint))
}
