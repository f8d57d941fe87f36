//! What the import routes share: the body of a file, and what came of it.

use actix_web::dev::Payload;
use actix_web::{HttpMessage, HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::read;
use super::desk::Desk;
use super::problem::Problem;
use crate::import::{FILE_LIMIT, ImportError};
use crate::store::catalogue::Saved;

/// What an import wrote.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportAnswer {
    /// Entries that are new.
    pub created: i64,
    /// Entries that existed and were updated.
    pub updated: i64,
}

impl From<Saved> for ImportAnswer {
    fn from(saved: Saved) -> Self {
        Self {
            created: saved.created,
            updated: saved.updated,
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Unreadable(detail) => Self::malformed(detail),
            ImportError::Invalid(faults) => Self::invalid(faults),
            ImportError::Store(error) => error.into(),
        }
    }
}

/// Reads a file of one of the `accepted` types (the first is named when it is none of them) and
/// parses it on a blocking thread: eight megabytes of boundaries take longer than a worker may wait.
pub(super) async fn parsed<T, F>(
    request: &HttpRequest,
    payload: Payload,
    accepted: &[&str],
    parse: F,
) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce(&[u8]) -> Result<T, ImportError> + Send + 'static,
{
    let given = request.content_type();
    if !accepted.iter().any(|kind| given.eq_ignore_ascii_case(kind)) {
        return Err(Problem::wrong_media_type(&accepted.join(" or ")));
    }
    let bytes = read(request, payload, FILE_LIMIT).await?;
    let parsed = web::block(move || parse(&bytes)).await;
    Ok(parsed.map_err(Problem::internal)??)
}

/// Shows what was just written in this process, and opens desks for new regions; other nodes see it
/// by the catalogue's version.
pub(super) async fn show(desk: &Desk) {
    if let Err(error) = desk.catalogue.reload(&desk.store).await {
        // It is written: the answer stays a success, and the next look at the version catches up.
        slog_scope::warn!(
            "the catalogue could not be reloaded after a change: {}",
            error
        );
        return;
    }
    // The head poll opens desks only when it finds a newer catalogue, and this one is the newest now.
    let regions = desk.catalogue.get().regions.keys().cloned().collect();
    if !desk.desks.open(regions).await {
        slog_scope::warn!("no desk could be opened after a change of the regions");
    }
}

/// Tells a member that is absent (`None`) from one that is null (`Some(None)`).
pub(super) fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}
