//! What is in an export: a folder a complaint, with what is held on it in JSON and its photos as they are stored.

use futures_util::TryStreamExt;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Extent;
use super::archive::{Archive, Cut};
use crate::domain::event::Visibility;
use crate::domain::photo::PhotoStatus;
use crate::http::changes::comments::CommentView;
use crate::http::changes::history::HistoryEntry;
use crate::http::desk::Desk;
use crate::http::photos::views::PhotoView;
use crate::http::right::Reader;
use crate::http::views::{ComplaintView, PublicView};
use crate::media::blobs::{BlobError, Picture};
use crate::store::photos::Stored;
use crate::store::{claims, comments, complaints, events, holds, photos};

/// Comments or events that are read at once.
const PAGE: i64 = 200;

const README: &str = "\
What this desk holds on your complaints, a folder a complaint:

complaint.json  what was reported, where it stands, and who reported it
comments.json   what was written to it, newest first
history.json    what happened to it, newest first
photos.json     its photos
photos/         the photos, as large as they are kept

Times are UTC. A complaint that was erased while this was written is not in it.
";

/// Writes what is held on complaints. Those that are gone meanwhile are left out.
pub(super) async fn write(
    archive: &mut Archive,
    desk: &Desk,
    complaints: &[Uuid],
    extent: Extent,
) -> Result<(), Cut> {
    archive.begin("README.txt")?;
    archive.write(README.as_bytes()).await?;
    for complaint in complaints {
        write_complaint(archive, desk, *complaint, extent).await?;
    }
    Ok(())
}

async fn write_complaint(
    archive: &mut Archive,
    desk: &Desk,
    id: Uuid,
    extent: Extent,
) -> Result<(), Cut> {
    let Some(found) = complaints::get(&desk.store, id).await? else {
        return Ok(());
    };
    let view = match extent {
        Extent::Whole => {
            let (api_key, claim) = (found.api_key, claims::find(&desk.store, id).await?);
            let hold = holds::find(&desk.store, id).await?;
            let mut view = serde_json::to_value(ComplaintView::for_staff(found, claim, hold))?;
            add(&mut view, "api_key", json!(api_key));
            view
        }
        Extent::Reporters => {
            let reporter = json!(found.reporter);
            let told = events::statuses(&desk.store, id).await?;
            let public = PublicView::of(found.complaint, told, Vec::new(), Vec::new());
            let mut view = serde_json::to_value(public)?;
            add(&mut view, "reporter", reporter);
            view
        }
    };
    archive.begin(&format!("{id}/complaint.json"))?;
    archive.write(&serde_json::to_vec_pretty(&view)?).await?;
    write_comments(archive, desk, id, extent).await?;
    write_history(archive, desk, id, extent).await?;
    write_photos(archive, desk, id, extent).await
}

async fn write_comments(
    archive: &mut Archive,
    desk: &Desk,
    id: Uuid,
    extent: Extent,
) -> Result<(), Cut> {
    archive.begin(&format!("{id}/comments.json"))?;
    let mut list = List::default();
    let mut before = None;
    loop {
        let page = comments::list(&desk.store, id, before, PAGE).await?;
        before = page.last().map(|comment| comment.id);
        if before.is_none() {
            return list.end(archive).await;
        }
        let views = page.into_iter().filter_map(|comment| match extent {
            Extent::Whole => Some(CommentView::for_staff(comment)),
            Extent::Reporters => {
                let is_public = comment.visibility == Visibility::Public;
                is_public.then(|| CommentView::for_reporter(comment))
            }
        });
        list.write(archive, views).await?;
    }
}

async fn write_history(
    archive: &mut Archive,
    desk: &Desk,
    id: Uuid,
    extent: Extent,
) -> Result<(), Cut> {
    archive.begin(&format!("{id}/history.json"))?;
    let mut list = List::default();
    let mut before = None;
    loop {
        let page = events::history(&desk.store, id, before, PAGE).await?;
        before = page.last().map(|event| event.event_id);
        if before.is_none() {
            return list.end(archive).await;
        }
        let entries = page.into_iter().map(HistoryEntry::of);
        let entries: Result<Vec<HistoryEntry>, _> = entries.collect();
        let entries = entries.map_err(|problem| Cut::Archive(problem.to_string()))?;
        let views = entries.into_iter().filter_map(|entry| match extent {
            Extent::Whole => serde_json::to_value(entry).ok(),
            Extent::Reporters => steps_alone(&entry),
        });
        list.write(archive, views).await?;
    }
}

/// What the reporter may know of an event: when the complaint entered which status.
fn steps_alone(entry: &HistoryEntry) -> Option<Value> {
    let step = entry.change.get("status")?;
    Some(json!({"at": entry.at, "kind": entry.kind, "status": step}))
}

async fn write_photos(
    archive: &mut Archive,
    desk: &Desk,
    id: Uuid,
    extent: Extent,
) -> Result<(), Cut> {
    let reader = match extent {
        Extent::Whole => Reader::Staff,
        Extent::Reporters => Reader::Reporter,
    };
    let stored = photos::list(&desk.store, id).await?;
    archive.begin(&format!("{id}/photos.json"))?;
    let mut list = List::default();
    let view = |photo: &Stored| PhotoView {
        // They expire, and the pictures are here.
        links: None,
        ..PhotoView::of(photo.clone(), reader, desk)
    };
    list.write(archive, stored.iter().map(view)).await?;
    list.end(archive).await?;
    for photo in stored {
        if photo.status == PhotoStatus::Ready {
            write_picture(archive, desk, id, photo.id).await?;
        }
    }
    Ok(())
}

async fn write_picture(
    archive: &mut Archive,
    desk: &Desk,
    complaint: Uuid,
    photo: Uuid,
) -> Result<(), Cut> {
    let blobs = &desk.photos.blobs;
    let mut part = match blobs.picture(photo, Picture::Original, None).await {
        Ok(part) => part,
        // Removed since the list was read; were it lost, a sweep would say so.
        Err(BlobError::Missing(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    archive.begin(&format!("{complaint}/photos/{photo}.jpg"))?;
    while let Some(bytes) = part.bytes.try_next().await? {
        archive.write(&bytes).await?;
    }
    Ok(())
}

fn add(view: &mut Value, member: &str, value: Value) {
    if let Value::Object(members) = view {
        members.insert(member.to_owned(), value);
    }
}

/// A JSON array that is written item by item.
#[derive(Default)]
struct List {
    has_begun: bool,
}

impl List {
    async fn write<T: Serialize>(
        &mut self,
        archive: &mut Archive,
        items: impl Iterator<Item = T>,
    ) -> Result<(), Cut> {
        let mut bytes = Vec::new();
        for item in items {
            bytes.extend_from_slice(if self.has_begun { b",\n" } else { b"[\n" });
            serde_json::to_writer(&mut bytes, &item)?;
            self.has_begun = true;
        }
        archive.write(&bytes).await
    }

    async fn end(self, archive: &mut Archive) -> Result<(), Cut> {
        let end: &[u8] = if self.has_begun { b"\n]\n" } else { b"[]\n" };
        archive.write(end).await
    }
}
