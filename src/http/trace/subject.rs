//! Who asked, and about what, for a request's line in the log: ids of ours alone.

use actix_web::{HttpMessage, HttpRequest, web};
use slog::{KV, Record, Serializer};
use uuid::Uuid;

use crate::domain::region::RegionId;
use crate::store::catalogue::CatalogueCell;

/// The account that signed a request; kept with the request by whoever let it in.
#[derive(Debug, Clone, Copy)]
pub struct Account(pub Uuid);

/// What a request turned out to be about; kept with the request by its handler, when its path does not say.
#[derive(Debug, Clone)]
pub struct About {
    /// The region.
    pub region: RegionId,
    /// The complaint.
    pub complaint: Uuid,
}

/// Who asked, and about what, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Subject {
    account: Option<Uuid>,
    region: Option<RegionId>,
    complaint: Option<Uuid>,
}

impl Subject {
    /// The subject of a request that was handled. What a path names counts only if it is an id: a path may hold
    /// anything, also what a client sent there by mistake.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let extensions = request.extensions();
        let about = extensions.get::<About>();
        let path = request.match_info();
        let is_known = |region: &RegionId| {
            let catalogue = request.app_data::<web::Data<CatalogueCell>>();
            catalogue.is_some_and(|catalogue| catalogue.get().regions.contains_key(region))
        };
        let region = || RegionId::parse(path.get("region")?).ok().filter(is_known);
        let complaint = || {
            let is_complaint = request.path().starts_with("/api/v1/complaints/");
            path.get("id").filter(|_| is_complaint)?.parse().ok()
        };
        Self {
            account: extensions.get::<Account>().map(|account| account.0),
            region: about.map(|about| about.region.clone()).or_else(region),
            complaint: about.map(|about| about.complaint).or_else(complaint),
        }
    }
}

impl KV for Subject {
    fn serialize(&self, _: &Record<'_>, serializer: &mut dyn Serializer) -> slog::Result {
        if let Some(complaint) = self.complaint {
            serializer.emit_arguments("complaint", &format_args!("{complaint}"))?;
        }
        if let Some(region) = &self.region {
            serializer.emit_str("region", region.as_str())?;
        }
        if let Some(account) = self.account {
            serializer.emit_arguments("account", &format_args!("{account}"))?;
        }
        Ok(())
    }
}
