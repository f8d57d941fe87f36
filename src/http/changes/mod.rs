//! Changes of one complaint: who may ask, which version they saw, and the way to the region's desk.

pub mod assignee;
pub mod bulk;
pub mod claim;
pub mod comments;
pub mod edit;
pub mod history;
pub mod merge;
pub mod relocation;
pub mod status;
mod status_patch;
pub mod support;

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ETAG, IF_MATCH};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use uuid::Uuid;

use super::auth::header;
use super::complaints::find;
use super::desk::Desk;
use super::problem::Problem;
use crate::actors::command::CommandError;
use crate::domain::account::{By, Identity};
use crate::domain::action::Party;
use crate::domain::change::{Deed, Request};
use crate::domain::complaint::Complaint;
use crate::domain::region::RegionId;

use assignee::assign;
use claim::{claim, release};
use comments::{comment, list_comments};
use history::history;
use merge::merge;
use relocation::relocate;
use status::change_status;
use support::{support, supported};

/// How often a change follows a complaint that moves from region to region while it is asked for.
const MOVES: usize = 3;

/// Adds the routes of this folder, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/complaints/{id}/status").route(web::patch().to(change_status)))
        .service(web::resource("/complaints/{id}/assignee").route(web::patch().to(assign)))
        .service(
            web::resource("/complaints/{id}/claim")
                .route(web::put().to(claim))
                .route(web::delete().to(release)),
        )
        .service(
            web::resource("/complaints/{id}/comments")
                .route(web::post().to(comment))
                .route(web::get().to(list_comments)),
        )
        .service(web::resource("/complaints/{id}/move").route(web::post().to(relocate)))
        .service(web::resource("/complaints/{id}/merge").route(web::post().to(merge)))
        .service(
            web::resource("/complaints/{id}/support")
                .route(web::post().to(support))
                .route(web::get().to(supported)),
        )
        .service(web::resource("/complaints/{id}/history").route(web::get().to(history)));
}

/// The version that `If-Match` names; `None` without the header and for `*`.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub Option<i64>);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(if_match(request).map(Self))
    }
}

fn if_match(request: &HttpRequest) -> Result<Option<i64>, Problem> {
    let Some(value) = header(request, IF_MATCH.as_str())?.map(str::trim) else {
        return Ok(None);
    };
    if value == "*" {
        return Ok(None);
    }
    let quoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let version = quoted.and_then(|version| version.parse().ok());
    version.map(Some).ok_or_else(|| {
        Problem::malformed("If-Match must be the ETag of a complaint, such as \"3\"")
    })
}

impl IfMatch {
    /// The one version that header and body name.
    fn or(self, body: Option<i64>) -> Result<Option<i64>, Problem> {
        match (self.0, body) {
            (Some(header), Some(body)) if header != body => Err(Problem::malformed(
                "If-Match and version name two versions; send one of them",
            )),
            (header, body) => Ok(header.or(body)),
        }
    }
}

/// The complaint after a change, with its version as ETag.
pub(super) fn changed(complaint: &Complaint) -> HttpResponse {
    let etag = etag(complaint.version);
    HttpResponse::Ok()
        .insert_header((ETAG, etag))
        .json(complaint)
}

/// A complaint's version as an entity tag.
pub(super) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// Who asks for a change.
#[derive(Clone, Copy)]
pub(super) enum Who<'a> {
    /// A member of staff, who must work in the complaint's region.
    Staff(&'a Identity),
    /// Who reported the complaint.
    Reporter(By),
}

impl Who<'_> {
    pub(super) fn by(self) -> By {
        match self {
            Self::Staff(identity) => By::from(identity),
            Self::Reporter(by) => by,
        }
    }

    fn party(self) -> Party {
        match self {
            Self::Staff(identity) => identity.role.into(),
            Self::Reporter(_) => Party::Reporter,
        }
    }

    fn may_change_in(self, region: &RegionId) -> bool {
        match self {
            Self::Staff(identity) => identity.may_work_in(region),
            Self::Reporter(_) => true,
        }
    }
}

/// A change that somebody asks for.
pub(super) struct Asking<'a> {
    pub(super) desk: &'a Desk,
    pub(super) who: Who<'a>,
    pub(super) complaint: Uuid,
    pub(super) version: Option<i64>,
}

impl Asking<'_> {
    /// Lets the complaint's desk carry it out. `other`: the second region in which it has an event.
    pub(super) async fn carry_out(
        &self,
        deed: Deed,
        other: Option<&RegionId>,
    ) -> Result<Complaint, Problem> {
        Ok(self.carried_out(deed, other).await??)
    }

    /// As [`Asking::carry_out`], with what the desk says when it does not.
    pub(super) async fn carried_out(
        &self,
        deed: Deed,
        other: Option<&RegionId>,
    ) -> Result<Result<Complaint, CommandError>, Problem> {
        let mut tries = 0;
        loop {
            tries += 1;
            let request = Request {
                complaint: self.complaint,
                version: self.version,
                deed: deed.clone(),
            };
            match self.ask(request, other).await? {
                Err(CommandError::Elsewhere(_)) if tries < MOVES => {}
                answer => return Ok(answer),
            }
        }
    }

    async fn ask(
        &self,
        request: Request,
        other: Option<&RegionId>,
    ) -> Result<Result<Complaint, CommandError>, Problem> {
        let region = self.region().await?;
        let desks = &self.desk.desks;
        let desk = desks.of(&region).ok_or(CommandError::UnknownRegion)?;
        let other = other.and_then(|region| desks.of(region));
        let who = (self.who.by(), self.who.party());
        let deadline = self.desk.settings.server.command_deadline;
        Ok(desk.change(request, who, other.as_ref(), deadline).await)
    }

    /// The region in which the complaint is, if the caller may work there.
    pub(super) async fn region(&self) -> Result<RegionId, Problem> {
        let found = find(&self.desk.store, self.complaint).await?;
        let region = found.complaint.region;
        if self.who.may_change_in(&region) {
            Ok(region)
        } else {
            Err(Problem::not_in_your_regions())
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn if_match_is_a_version_a_star_or_refused() {
        let with = |value: &'static str| {
            let request = TestRequest::default().append_header(("If-Match", value));
            if_match(&request.to_http_request())
        };
        assert_eq!(with("\"7\"").unwrap(), Some(7));
        assert_eq!(with("*").unwrap(), None);
        for bad in ["7", "W/\"7\"", "\"x\"", "\"7\", \"8\"", ""] {
            assert!(with(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn header_and_body_may_name_one_version_only() {
        assert_eq!(IfMatch(Some(3)).or(Some(3)).unwrap(), Some(3));
        assert_eq!(IfMatch(None).or(Some(3)).unwrap(), Some(3));
        assert_eq!(IfMatch(Some(3)).or(None).unwrap(), Some(3));
        assert!(IfMatch(Some(3)).or(Some(4)).is_err());
    }
}
