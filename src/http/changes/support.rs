//! "Me too": others are troubled by the same.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actors::command::CommandError;
use crate::domain::account::{By, Scope};
use crate::domain::action::Party;
use crate::domain::change::{Deed, Request, Support};
use crate::domain::fault::free_text;
use crate::domain::region::RegionId;
use crate::http::asked::Asked;
use crate::http::auth::Caller;
use crate::http::client_address::ClientAddress;
use crate::http::complaints::{complaint_id, find};
use crate::http::desk::Desk;
use crate::http::problem::{Problem, ProblemBody};

/// Who supports a complaint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupportBody {
    /// For apps: whatever tells the app's users apart, 1–200 characters. It is kept as a keyed hash.
    reporter: Option<String>,
}

/// What a support is answered with.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupportAnswer {
    /// The complaint.
    pub id: Uuid,
    /// People who said "me too" by now.
    pub supporters: i32,
}

/// How far a complaint has come that others support.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupportState {
    /// The complaint.
    pub id: Uuid,
    /// People who said "me too" by now.
    pub supporters: i32,
    /// Whether "me too" can still be said.
    pub open: bool,
}

/// Tells whoever knows its id how many support a complaint, and whether it is still open.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/support", tag = "complaints",
    params(("id" = Uuid, Path, description = "The complaint")),
    responses(
        (status = 200, description = "As it is now", body = SupportState),
        (status = 404, description = "No such complaint, perhaps any more", body = ProblemBody)))]
pub async fn supported(
    id: web::Path<String>,
    desk: Desk,
) -> Result<web::Json<SupportState>, Problem> {
    let complaint = find(&desk.store, complaint_id(&id)?).await?.complaint;
    Ok(web::Json(SupportState {
        id: complaint.id,
        supporters: complaint.life.supporters,
        open: complaint.status.is_open(),
    }))
}

/// Says "me too" to an open complaint. Each account, user of an app, or network address counts once;
/// saying it again changes nothing.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/support", tag = "complaints",
    request_body = SupportBody,
    params(("id" = Uuid, Path, description = "The complaint")),
    security((), ("api_key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Counted, now or before", body = SupportAnswer),
        (status = 401, description = "A key or token is needed, or the given one is not valid", body = ProblemBody),
        (status = 403, description = "The key may not submit in its region", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "The complaint is not open any more", body = ProblemBody),
        (status = 422, description = "An app must tell its users apart", body = ProblemBody),
        (status = 429, description = "Too many", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn support(
    id: web::Path<String>,
    address: ClientAddress,
    asked: Asked<Caller, SupportBody>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let id = complaint_id(&id)?;
    let who = supporter(&asked, address, &desk).await?;
    let by = match &asked.who {
        Caller::Staff(identity) => By::from(identity),
        Caller::ApiKey(key) => By::ApiKey { id: key.id },
        Caller::Anonymous => By::Resident,
    };
    let region = find(&desk.store, id).await?.complaint.region;
    allow(&asked.who, &region)?;
    let request = Request {
        complaint: id,
        version: None,
        deed: Deed::Support(Support {
            supporter: desk.tracking.supporter(&who),
        }),
    };
    let desks = desk.desks.of(&region).ok_or(CommandError::UnknownRegion)?;
    let deadline = desk.settings.server.command_deadline;
    // Whoever it is: a support asks for no party.
    let complaint = desks
        .change(request, (by, Party::Reporter), None, deadline)
        .await;
    let supporters = match complaint {
        Ok(complaint) => complaint.life.supporters,
        Err(CommandError::Refused(refusal, _)) => {
            // Without the complaint: residents may not read all of it.
            return Err(Problem::conflict("not_open", refusal.to_string(), None));
        }
        Err(error) => return Err(error.into()),
    };
    Ok(HttpResponse::Ok().json(SupportAnswer { id, supporters }))
}

/// Who supports, told apart from everybody else.
async fn supporter(
    asked: &Asked<Caller, SupportBody>,
    address: ClientAddress,
    desk: &Desk,
) -> Result<String, Problem> {
    match &asked.who {
        Caller::Staff(identity) => Ok(format!("account:{}", identity.account)),
        Caller::ApiKey(key) => {
            let told = asked.body.value.reporter.as_deref().unwrap_or_default();
            let told = free_text(told, 200);
            told.map(|user| format!("api_key:{}:{user}", key.id))
                .map_err(|(code, message)| Problem::invalid_field("reporter", code, message))
        }
        Caller::Anonymous => {
            desk.admit_anonymous(address).await?;
            Ok(format!("address:{}", address.0))
        }
    }
}

fn allow(caller: &Caller, region: &RegionId) -> Result<(), Problem> {
    match caller {
        Caller::ApiKey(key) if !key.may(Scope::Submit, region) => Err(Problem::forbidden(
            "this API key may not submit to this region",
        )),
        Caller::Staff(_) | Caller::ApiKey(_) | Caller::Anonymous => Ok(()),
    }
}
