//! What handlers of complaints work with, as one extractor.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::client_address::ClientAddress;
use super::problem::Problem;
use crate::access::links::LinkKey;
use crate::access::throttle::Limits;
use crate::access::tracking::TrackingKey;
use crate::actors::desks::DesksHandle;
use crate::actors::presence::PresenceHandle;
use crate::actors::retention_scheduler::SchedulerHandle;
use crate::actors::thumbnailer::ThumbnailerHandle;
use crate::config::{ServeSettings, Switch};
use crate::media::blobs::Blobs;
use crate::media::intake::Intake;
use crate::store::Store;
use crate::store::catalogue::CatalogueCell;
use crate::store::installation::Installation;

/// What photos need beside that.
#[derive(Clone)]
pub struct PhotoParts {
    /// Where their bytes are.
    pub blobs: Blobs,
    /// Makes their pictures.
    pub thumbnailer: ThumbnailerHandle,
    /// Signs links to them.
    pub links: LinkKey,
    /// The turns of uploads.
    pub intake: Arc<Intake>,
}

/// The parts of the program that a complaint needs. Cheap to clone; one for the whole process.
#[derive(Clone)]
pub struct Desk {
    /// Reads.
    pub store: Store,
    /// Finds the desk of a region.
    pub desks: DesksHandle,
    /// Who is online, and who is on the way where.
    pub presence: PresenceHandle,
    /// Regions and categories.
    pub catalogue: CatalogueCell,
    /// Makes and checks tracking tokens.
    pub tracking: TrackingKey,
    /// Who comes how often.
    pub limits: Limits,
    /// Photos.
    pub photos: PhotoParts,
    /// Takes up retention runs.
    pub retention: SchedulerHandle,
    /// Identity of the database.
    pub installation: Installation,
    /// Settings.
    pub settings: web::Data<ServeSettings>,
}

impl Desk {
    /// Lets an anonymous submission pass, or says why not.
    ///
    /// # Errors
    /// A 401 problem when they are off, a 429 problem when there are too many.
    pub async fn admit_anonymous(&self, address: ClientAddress) -> Result<(), Problem> {
        match self.settings.access.anonymous_submissions {
            Switch::On => Ok(self.limits.anonymous_submission(address.0).await?),
            Switch::Off => Err(Problem::unauthorized(
                "this installation takes complaints from apps and staff only: send an X-API-Key",
            )),
        }
    }
}

impl FromRequest for Desk {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let desk = request.app_data::<web::Data<Self>>();
        ready(
            desk.map(|desk| Self::clone(desk))
                .ok_or_else(|| Problem::internal("no desk in the application")),
        )
    }
}
