//! The sweep that a node makes by itself.

use std::time::Duration;

use super::ThumbnailerDeps;
use crate::domain::retention::Kept;
use crate::media::sweep::{LISTED, Sweep, Swept};
use crate::retention::policy;
use crate::store::photos;
use crate::telemetry::sentry;

/// Time between sweeps.
pub(super) const INTERVAL: Duration = Duration::from_secs(6 * 3600);

/// Removes blobs without a row that are as old as the retention policy says, and tells of rows without blobs.
pub(super) async fn sweep(deps: ThumbnailerDeps) {
    if let Err(error) = photos::forget_days(&deps.store).await {
        slog_scope::debug!("days that are over stay: {}", error);
    }
    let kept = match policy(&deps.store).await {
        Ok((_, policy)) => policy.kept,
        Err(error) => {
            slog_scope::debug!("photos are swept by the usual ages: {}", error);
            Kept::default()
        }
    };
    let sweep = Sweep {
        ages: kept.into(),
        listed: LISTED,
        dry: false,
        fails_rows: false,
    };
    match sweep.run(&deps.store, &deps.blobs).await {
        Ok(swept) => tell(&deps, swept),
        Err(error) => {
            slog_scope::warn!("photos could not be swept: {}", error);
            sentry::report_failed_run("photo sweep");
        }
    }
}

fn tell(deps: &ThumbnailerDeps, swept: Swept) {
    let found = &deps.supervision.metrics.photos.swept;
    found
        .with_label_values(&["pictures"])
        .inc_by(swept.pictures);
    found.with_label_values(&["uploads"]).inc_by(swept.uploads);
    let lost = i64::try_from(swept.rows).unwrap_or(i64::MAX);
    deps.supervision.metrics.photos.lost.set(lost);
    if swept.rows > 0 {
        slog_scope::error!(
            "{} photos are gone from {}; is it the right place? see redress photos sweep",
            swept.rows,
            deps.blobs.described()
        );
    }
    if swept != Swept::default() {
        slog_scope::info!("photos were swept";
            "pictures" => swept.pictures, "uploads" => swept.uploads, "bytes" => swept.bytes);
    }
}
