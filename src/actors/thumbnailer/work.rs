//! The work on one photo: bytes from quarantine, pictures into the store, the end by the complaint's desk.

use std::time::{Duration, Instant};

use bytes::Bytes;
use fail::fail_point;
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::ThumbnailerDeps;
use crate::actors::command::CommandError;
use crate::actors::kill_point::kill_point;
use crate::domain::account::By;
use crate::domain::action::Party;
use crate::domain::change::{Deed, FinishedPhoto, Refusal, Request};
use crate::domain::photo::{Outcome, PhotoStatus, Taken};
use crate::domain::place::Point;
use crate::domain::region::RegionId;
use crate::media::blobs::BlobError;
use crate::media::thumbnail::{Flaw, Pictures};
use crate::store::photos::{self, Leased};

/// Attempts before a photo is given up: each one before may have ended the process.
const ATTEMPTS: i16 = 3;
/// How long a photo rests that could not be worked on.
const PAUSE: Duration = Duration::from_secs(5);
/// How often a test's hold is looked at.
const HELD: Duration = Duration::from_millis(20);
/// How long a desk may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// How often a complaint that moves from region to region is followed.
const MOVES: usize = 3;

/// Why a photo has no end yet.
enum Hindrance {
    Blobs(BlobError),
    Desk(CommandError),
}

/// Whether a test holds the work (`return`), without holding up the thread as `pause` would; it may panic here, too.
fn is_held(_deps: &ThumbnailerDeps) -> bool {
    fail_point!(
        &format!("{}/thumbnailer/work", _deps.supervision.node),
        |_| true
    );
    false
}

/// Works on a photo to its end, or gives it back.
pub(super) async fn work(deps: ThumbnailerDeps, photo: Leased) {
    while is_held(&deps) {
        tokio::time::sleep(HELD).await;
    }
    let begun = Instant::now();
    let hindered = match outcome(&deps, &photo).await {
        Ok(found) => conclude(&deps, &photo, found, begun).await.err(),
        Err(error) => Some(Hindrance::Blobs(error)),
    };
    let Some(hindrance) = hindered else { return };
    let why = match hindrance {
        Hindrance::Blobs(error) => error.to_string(),
        Hindrance::Desk(error) => error.to_string(),
    };
    slog_scope::warn!("a photo waits: {}", why; "photo" => photo.id.to_string());
    if let Err(error) = photos::give_back(&deps.store, photo.id, PAUSE).await {
        // Its lease lapses by itself.
        slog_scope::debug!("a photo cannot be given back: {}", error);
    }
}

/// What becomes of a photo and, of one that is of no use, the word for why in metrics.
type Found = (Outcome, Option<&'static str>);

/// What becomes of the photo; its pictures are stored by then.
async fn outcome(deps: &ThumbnailerDeps, photo: &Leased) -> Result<Found, BlobError> {
    if photo.attempt > ATTEMPTS {
        let told = "the picture could not be read; send it anew";
        return Ok(failed("attempts", told));
    }
    let sent = match deps.blobs.sent(photo.id, deps.most_bytes).await {
        Err(BlobError::TooLarge(bytes)) => {
            let most = deps.most_bytes;
            let told = format!("the photo has {bytes} bytes; at most {most} are taken");
            return Ok(failed("too_many_bytes", &told));
        }
        Err(BlobError::Missing(_)) => {
            let told = "the bytes of the photo are gone from the store; send it anew";
            return Ok(failed("gone", told));
        }
        sent => sent?,
    };
    match pictures(deps, photo, sent).await {
        Ok(pictures) => {
            let outcome = ready(&pictures, taken(deps, photo, &pictures));
            deps.blobs.keep(photo.id, pictures).await?;
            kill_point("photo_pictures_kept");
            Ok((outcome, None))
        }
        Err(flaw) => {
            if flaw == Flaw::Panicked {
                slog_scope::error!("a codec panicked"; "photo" => photo.id.to_string());
            }
            Ok(failed(flaw.word(), &flaw.to_string()))
        }
    }
}

async fn pictures(deps: &ThumbnailerDeps, photo: &Leased, sent: Bytes) -> Result<Pictures, Flaw> {
    let (done, made) = oneshot::channel();
    let wants_taken = photo.uses_location;
    deps.pool
        .process(sent, deps.sizes, wants_taken, move |pictures| {
            // Nobody waits any more when the actor was restarted meanwhile.
            done.send(pictures).ok();
        });
    made.await.unwrap_or(Err(Flaw::Panicked))
}

/// Where and when it was taken. A point that is in another region than the complaint is none: a camera's clock and
/// receiver may be wrong, and a complaint that was handed in for a region stays there.
fn taken(deps: &ThumbnailerDeps, photo: &Leased, pictures: &Pictures) -> Taken {
    let Some(taken) = &pictures.taken else {
        return Taken::default();
    };
    let point = taken.latitude.zip(taken.longitude);
    let point = point.map(|(latitude, longitude)| Point {
        latitude,
        longitude,
    });
    let catalogue = deps.catalogue.get();
    Taken {
        point: point.filter(|point| catalogue.may_hold(&photo.region, *point)),
        at: taken.at.clone(),
    }
}

fn ready(pictures: &Pictures, taken: Taken) -> Outcome {
    let pixels = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    let bytes = pictures.original.len() + pictures.preview.len() + pictures.thumbnail.len();
    Outcome::Ready {
        width: pixels(pictures.width),
        height: pixels(pictures.height),
        placeholder: pictures.placeholder.clone(),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        taken,
    }
}

fn failed(word: &'static str, reason: &str) -> Found {
    let reason = reason.to_owned();
    (Outcome::Failed { reason }, Some(word))
}

/// Has the end written and told, then tidies up.
async fn conclude(
    deps: &ThumbnailerDeps,
    photo: &Leased,
    (outcome, flaw): Found,
    begun: Instant,
) -> Result<(), Hindrance> {
    let status = outcome.status();
    let tidied = match finish(deps, photo, outcome).await {
        Ok(()) => {
            count(deps, photo, flaw, begun);
            kill_point("photo_finished");
            tidy(deps, photo, status).await
        }
        // It was removed, perhaps with its complaint, while it was at work.
        Err(CommandError::UnknownComplaint | CommandError::Refused(Refusal::UnknownPhoto, _)) => {
            deps.blobs.remove_all(photo.id).await
        }
        Err(error) => return Err(Hindrance::Desk(error)),
    };
    if let Err(error) = tidied {
        slog_scope::info!("a photo leaves something to the sweep: {}", error;
            "photo" => photo.id.to_string());
    }
    Ok(())
}

/// What was sent goes in any case. Of a photo that failed everything goes, unless another node has finished it
/// otherwise.
async fn tidy(
    deps: &ThumbnailerDeps,
    photo: &Leased,
    status: PhotoStatus,
) -> Result<(), BlobError> {
    if status == PhotoStatus::Failed {
        let found = photos::find(&deps.store, photo.id).await;
        let is_failed = |found: &photos::Stored| found.status == PhotoStatus::Failed;
        if found.is_ok_and(|found| found.as_ref().is_none_or(is_failed)) {
            return deps.blobs.remove_all(photo.id).await;
        }
    }
    deps.blobs.remove_sent(photo.id).await
}

async fn finish(
    deps: &ThumbnailerDeps,
    photo: &Leased,
    outcome: Outcome,
) -> Result<(), CommandError> {
    let mut region = photo.region.clone();
    for _ in 1..MOVES {
        match ask(deps, &region, photo, outcome.clone()).await {
            Err(CommandError::Elsewhere(now)) => region = now,
            done => return done,
        }
    }
    ask(deps, &region, photo, outcome).await
}

async fn ask(
    deps: &ThumbnailerDeps,
    region: &RegionId,
    photo: &Leased,
    outcome: Outcome,
) -> Result<(), CommandError> {
    let desk = deps.desks.of(region).ok_or(CommandError::UnknownRegion)?;
    let request = Request {
        complaint: photo.complaint,
        version: None,
        deed: Deed::FinishPhoto(Box::new(FinishedPhoto {
            id: photo.id,
            outcome,
        })),
    };
    let who = (By::System, Party::System);
    desk.change(request, who, None, DEADLINE).await.map(drop)
}

fn count(deps: &ThumbnailerDeps, photo: &Leased, flaw: Option<&'static str>, begun: Instant) {
    let metrics = &deps.supervision.metrics.photos;
    let took = Timestamp::now().duration_since(photo.uploaded_at);
    metrics.duration.observe(took.as_secs_f64().max(0.0));
    metrics.work.observe(begun.elapsed().as_secs_f64());
    if let Some(word) = flaw {
        metrics.failures.with_label_values(&[word]).inc();
    }
}
