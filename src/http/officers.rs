//! The officers of a region: who could be sent, who is online, who is on the way where.

use std::collections::BTreeMap;

use actix_web::web;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::auth::Staff;
use super::desk::Desk;
use super::problem::{Problem, ProblemBody};
use crate::actors::presence::Notice;
use crate::domain::account::Role;
use crate::domain::presence::{Named, Online};
use crate::domain::region::RegionId;
use crate::store::accounts;

/// Most people of an answer.
const MOST: usize = 1000;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/regions/{region}/officers").route(web::get().to(list)));
}

/// Somebody who works in a region, or watches it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficerView {
    /// The account.
    id: Uuid,
    /// What it is called.
    name: String,
    /// Officers of the region, and admins while they are online in it.
    role: Role,
    /// Whether a socket of the account is subscribed to the region, on whichever node.
    online: bool,
    /// Since when (UTC); null while offline.
    #[schema(value_type = Option<String>, format = DateTime)]
    online_since: Option<Timestamp>,
    /// How many sockets.
    sockets: i32,
    /// The complaints of the region to which they are on the way.
    claims: Vec<Uuid>,
}

/// The officers of a region.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficerList {
    /// The region.
    #[schema(value_type = String)]
    region: RegionId,
    /// Those who are online first, then by name; at most 1000.
    officers: Vec<OfficerView>,
}

/// The officers of a region, those who are online first, as of about a second ago; admins while they are online.
#[utoipa::path(get, path = "/api/v1/regions/{region}/officers", tag = "live",
    params(("region" = String, Path, description = "The region")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Its officers", body = OfficerList),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such region", body = ProblemBody)))]
pub async fn list(
    Staff(identity): Staff,
    region: web::Path<String>,
    desk: Desk,
) -> Result<web::Json<OfficerList>, Problem> {
    let region = RegionId::from_stored(&region);
    if !desk.catalogue.get().regions.contains_key(&region) {
        return Err(Problem::not_found("region"));
    }
    if !identity.may_work_in(&region) {
        return Err(Problem::forbidden("this region is not granted to you"));
    }
    let limit = i64::try_from(MOST).unwrap_or(i64::MAX);
    let officers = accounts::officers_of(&desk.store, &region, limit).await?;
    let officers = together(officers, &desk.presence.notice(&region));
    Ok(web::Json(OfficerList { region, officers }))
}

/// Those who work in a region and those who are online in it, each once.
fn together(officers: Vec<(Uuid, Named)>, notice: &Notice) -> Vec<OfficerView> {
    let mut on_the_way: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for claim in notice.claims.values() {
        let claims = on_the_way.entry(claim.holder.id).or_default();
        claims.push(claim.complaint);
    }
    let mut claims = |id: Uuid| on_the_way.remove(&id).unwrap_or_default();
    let mut online: Vec<&Online> = notice.officers.values().collect();
    online.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    let online = online.into_iter().map(|one| OfficerView {
        id: one.id,
        name: one.name.clone(),
        role: one.role,
        online: true,
        online_since: Some(one.online_since),
        sockets: one.sockets,
        claims: claims(one.id),
    });
    let mut all: Vec<OfficerView> = online.collect();
    let is_offline = |(id, _): &(Uuid, Named)| !notice.officers.contains_key(id);
    let offline = officers.into_iter().filter(is_offline);
    all.extend(offline.map(|(id, named)| OfficerView {
        id,
        name: named.name,
        role: named.role,
        online: false,
        online_since: None,
        sockets: 0,
        claims: claims(id),
    }));
    all.truncate(MOST);
    all
}
