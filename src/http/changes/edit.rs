//! Corrections of a complaint by staff.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Asking, IfMatch, Who, changed};
use crate::domain::catalogue::Catalogue;
use crate::domain::change::{Deed, Edit};
use crate::domain::complaint::{Complaint, DESCRIPTION_LONGEST, Severity};
use crate::domain::fault::{Faults, free_text};
use crate::domain::place::Place;
use crate::http::asked::Asked;
use crate::http::auth::Staff;
use crate::http::complaints::complaint_id;
use crate::http::desk::Desk;
use crate::http::problem::{Problem, ProblemBody};

/// What to correct; absent members stay as they are. A place is replaced as a whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintPatch {
    /// An active category's id.
    category: Option<String>,
    /// How much it matters.
    #[schema(value_type = Option<Severity>)]
    severity: Option<String>,
    /// What is wrong, 1–4000 characters.
    description: Option<String>,
    /// WGS84 degrees, north positive; together with longitude.
    latitude: Option<f64>,
    /// WGS84 degrees, east positive; together with latitude.
    longitude: Option<f64>,
    /// Address in words, 1–500 characters.
    address: Option<String>,
    /// The version that you saw; if the complaint has another one by now, nothing is changed.
    version: Option<i64>,
}

impl ComplaintPatch {
    fn parse(self, catalogue: &Catalogue) -> Result<Edit, Faults> {
        let mut faults = Faults::default();
        let category = self.category.and_then(|id| {
            let active = catalogue.categories.get(&id).is_some_and(|it| it.active);
            let unknown = || {
                let message = "is not an active category; GET /api/v1/categories lists them";
                ("unknown", message.to_owned())
            };
            faults.keep("category", active.then_some(id).ok_or_else(unknown))
        });
        let severity = self
            .severity
            .and_then(|word| faults.keep("severity", Severity::parse(&word)));
        let description = self
            .description
            .and_then(|text| faults.keep("description", free_text(&text, DESCRIPTION_LONGEST)));
        let somewhere =
            self.latitude.is_some() || self.longitude.is_some() || self.address.is_some();
        let place = somewhere.then(|| {
            let address = self.address.as_deref();
            Place::parse(self.latitude, self.longitude, address, &mut faults)
        });
        let edit = Edit {
            category,
            severity,
            description,
            place: place.flatten(),
        };
        faults.into_result(Some(edit))
    }
}

/// Corrects a complaint: officers while it is open, admins at any time. Answered after it is durable.
#[utoipa::path(patch, path = "/api/v1/complaints/{id}", tag = "complaints",
    request_body = ComplaintPatch,
    params(("id" = Uuid, Path, description = "The complaint"),
        ("If-Match" = Option<String>, Header, description = "The ETag that you saw")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The complaint as it is now", body = Complaint),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "Stale version, or not open; `current` shows it", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn edit(
    id: web::Path<String>,
    seen: IfMatch,
    asked: Asked<Staff, ComplaintPatch>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let body = asked.body.value;
    let asking = Asking {
        desk: &desk,
        who: Who::Staff(&asked.who.0),
        complaint: complaint_id(&id)?,
        version: seen.or(body.version)?,
    };
    let edit = body.parse(&desk.catalogue.get())?;
    let complaint = asking.carry_out(Deed::Edit(Box::new(edit)), None).await?;
    Ok(changed(&complaint))
}
