//! Puts together what photos need: the store of their bytes, the threads for their pictures, the thumbnailer, the
//! remover of what was erased.

use std::sync::Arc;

use actix::{Addr, ArbiterHandle};

use super::AppError;
use crate::actors::blob_remover::{BlobRemover, BlobRemoverDeps};
use crate::actors::desks::DesksHandle;
use crate::actors::supervise::Supervision;
use crate::actors::thumbnailer::{ThumbnailerDeps, ThumbnailerHandle};
use crate::config::{S3Access, ServeSettings};
use crate::media::blobs::Blobs;
use crate::media::intake::Intake;
use crate::media::pool::{Pool, usual_threads};
use crate::media::thumbnail::Sizes;
use crate::store::Store;
use crate::store::catalogue::CatalogueCell;

/// The running parts.
#[derive(Clone)]
pub(super) struct Photos {
    pub(super) blobs: Blobs,
    pub(super) thumbnailer: ThumbnailerHandle,
    pub(super) intake: Arc<Intake>,
    /// Kept: an actor that nobody can reach ends.
    _remover: Arc<Addr<BlobRemover>>,
}

impl Photos {
    pub(super) fn start(
        settings: &ServeSettings,
        (store, catalogue, desks): (&Store, &CatalogueCell, &DesksHandle),
        home: &ArbiterHandle,
        supervision: &Supervision,
    ) -> Result<Self, AppError> {
        let photos = &settings.photos;
        let place = photos.store.place(&settings.data.data_dir)?;
        let access = S3Access::from_environment()?;
        let blobs = Blobs::new(place, &access, photos.store.photo_store_wait)?;
        let threads = match photos.photo_threads {
            0 => usual_threads(),
            threads => threads,
        };
        let intake = Arc::new(Intake::new(photos.photo_uploads, threads));
        let pool = Pool::start(threads, photos.photo_memory, photos.photo_time);
        let deps = ThumbnailerDeps {
            store: store.clone(),
            catalogue: catalogue.clone(),
            desks: desks.clone(),
            blobs: blobs.clone(),
            pool: pool.map_err(|error| AppError::Threads(error.to_string()))?,
            sizes: Sizes {
                original: photos.photo_original,
                preview: photos.photo_preview,
                thumbnail: photos.photo_thumbnail,
            },
            slots: threads.saturating_mul(2),
            most_bytes: photos.photo_limit,
            most_waiting: photos.photo_queue,
            supervision: supervision.clone(),
        };
        let remover = BlobRemoverDeps {
            store: store.clone(),
            blobs: blobs.clone(),
            supervision: supervision.clone(),
        };
        Ok(Self {
            _remover: BlobRemover::start(home, remover),
            blobs,
            intake,
            thumbnailer: ThumbnailerHandle::start(home, deps),
        })
    }
}
