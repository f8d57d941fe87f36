//! The snapshot of a region: its open complaints and its head at one moment, streamed page by page.

use actix_web::{HttpResponse, web};
use bytes::Bytes;
use futures_util::{Stream, stream};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Staff;
use super::desk::Desk;
use super::problem::{Problem, ProblemBody};
use crate::domain::complaint::Complaint;
use crate::domain::region::RegionId;
use crate::store::snapshot::{PAGE, Snapshot};
use crate::store::{Store, StoreError};

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/regions/{region}/snapshot").route(web::get().to(get)));
}

/// The open complaints of a region at one moment: subscribe from `epoch` and `seq`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnapshotView {
    /// The region.
    pub region: String,
    /// Names this history of the database.
    pub epoch: String,
    /// The number of the region's last event at that moment.
    pub seq: i64,
    /// The open complaints, oldest first.
    pub complaints: Vec<Complaint>,
}

/// Reads the open complaints of a region and the position from which to subscribe to its feed.
#[utoipa::path(get, path = "/api/v1/regions/{region}/snapshot", tag = "live",
    params(("region" = String, Path, description = "The region")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The snapshot", body = SnapshotView),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such region", body = ProblemBody)))]
pub async fn get(
    Staff(identity): Staff,
    region: web::Path<String>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let region = RegionId::from_stored(&region);
    if !desk.catalogue.get().regions.contains_key(&region) {
        return Err(Problem::not_found("region"));
    }
    if !identity.may_work_in(&region) {
        return Err(Problem::forbidden("this region is not granted to you"));
    }
    let (pages, begun) = tokio::sync::oneshot::channel();
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    actix_web::rt::spawn(read(desk.store.clone(), region.clone(), pages, sender));
    let seq = begun.await.map_err(Problem::internal)??;
    let head = format!(
        r#"{{"region":"{region}","epoch":"{}","seq":{seq},"complaints":["#,
        desk.installation.epoch
    );
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .streaming(body(head, receiver)))
}

type Pages = tokio::sync::mpsc::Receiver<Result<String, StoreError>>;

/// Reads pages as fast as the client takes them; ends when it goes away.
async fn read(
    store: Store,
    region: RegionId,
    begun: tokio::sync::oneshot::Sender<Result<i64, StoreError>>,
    pages: tokio::sync::mpsc::Sender<Result<String, StoreError>>,
) {
    let mut snapshot = match Snapshot::begin(&store, &region).await {
        Ok(snapshot) => snapshot,
        Err(error) => return drop(begun.send(Err(error))),
    };
    if begun.send(Ok(snapshot.seq)).is_err() {
        return;
    }
    let mut first = true;
    loop {
        let page = snapshot.next_page().await;
        let done = page.as_ref().map_or(true, |page| page.len() < PAGE);
        let text = page.and_then(|page| encode(&page, std::mem::take(&mut first)));
        if pages.send(text).await.is_err() || done {
            break;
        }
    }
    if let Err(error) = snapshot.end().await {
        slog_scope::warn!("a snapshot could not be ended: {}", error);
    }
}

/// The complaints of a page, separated by commas, without brackets.
fn encode(page: &[Complaint], first: bool) -> Result<String, StoreError> {
    let shape = |error: serde_json::Error| StoreError::Shape(error.to_string());
    let mut text = String::new();
    for (index, complaint) in page.iter().enumerate() {
        if index > 0 || !first {
            text.push(',');
        }
        text.push_str(&serde_json::to_string(complaint).map_err(shape)?);
    }
    Ok(text)
}

/// The head, the pages, the end. A failed page breaks the connection off: half a list is no answer.
fn body(head: String, pages: Pages) -> impl Stream<Item = Result<Bytes, StoreError>> {
    let head = stream::once(async move { Ok(Bytes::from(head)) });
    let pages = stream::unfold(Some(pages), |pages| async {
        let mut pages = pages?;
        match pages.recv().await {
            Some(Ok(text)) => Some((Ok(Bytes::from(text)), Some(pages))),
            Some(Err(error)) => Some((Err(error), None)),
            None => Some((Ok(Bytes::from_static(b"]}")), None)),
        }
    });
    futures_util::StreamExt::chain(head, pages)
}
