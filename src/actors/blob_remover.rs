//! The blob remover: removes the blobs of photos that were erased, and tries again until they are gone.
//!
//! What is to be removed is in the database since the transaction that erased the rows, so that nothing is lost
//! with this process. Every node looks once a second and takes what nobody else has at hand; what the store does
//! not remove is tried again, less and less often.

use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorFutureExt, Addr, ArbiterHandle, AsyncContext, Context, Supervised, WrapFuture,
};
use fail::fail_point;

use super::kill_point::kill_point;
use super::supervise::{self, Supervision};
use crate::media::blobs::Blobs;
use crate::store::{Store, StoreError, erasures};

/// Time between looks.
const INTERVAL: Duration = Duration::from_secs(1);
/// Photos that are taken at a time: their files are removed within their lease of ten seconds.
const AT_ONCE: i64 = 100;

/// What the remover works with.
#[derive(Clone)]
pub struct BlobRemoverDeps {
    /// The database.
    pub store: Store,
    /// Where the bytes are.
    pub blobs: Blobs,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// The actor.
pub struct BlobRemover {
    deps: BlobRemoverDeps,
}

impl BlobRemover {
    /// Starts the actor on an arbiter. Keep the address: it lives as long as that.
    pub fn start(home: &ArbiterHandle, deps: BlobRemoverDeps) -> Arc<Addr<Self>> {
        let supervision = deps.supervision.clone();
        supervise::start_on(home, "blob_remover", 16, || Self { deps }, &supervision)
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/blob_remover/look", self.deps.supervision.node));
        let work = look(self.deps.clone());
        ctx.spawn(work.into_actor(self).map(|outcome, _, ctx| {
            let pause = match outcome {
                // There may be more.
                Ok(true) => Duration::ZERO,
                Ok(false) => INTERVAL,
                Err(error) => {
                    // The head poll tells the operator of an outage.
                    slog_scope::debug!("blobs of erased photos stay: {}", error);
                    INTERVAL
                }
            };
            ctx.run_later(pause, Self::look);
        }));
    }
}

/// Removes what is due; whether there may be more.
async fn look(deps: BlobRemoverDeps) -> Result<bool, StoreError> {
    let due = erasures::lease_blobs(&deps.store, AT_ONCE).await?;
    let mut removed = Vec::with_capacity(due.len());
    let removals = &deps.supervision.metrics.photos.removals;
    for photo in &due {
        kill_point("before_blob_removal");
        match deps.blobs.remove_all(*photo).await {
            Ok(()) => {
                removals.with_label_values(&["removed"]).inc();
                removed.push(*photo);
                kill_point("after_blob_removal");
            }
            Err(error) => {
                removals.with_label_values(&["failed"]).inc();
                slog_scope::warn!("the blobs of an erased photo stay for now: {}", error;
                    "photo" => photo.to_string());
                // The store is away: the others wait for their turn, too.
                break;
            }
        }
    }
    if !removed.is_empty() {
        erasures::blobs_removed(&deps.store, &removed).await?;
    }
    let pending = erasures::blobs_pending(&deps.store).await?;
    deps.supervision.metrics.photos.pending_removal.set(pending);
    Ok(i64::try_from(removed.len()) == Ok(AT_ONCE))
}

impl Actor for BlobRemover {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/blob_remover/started",
            self.deps.supervision.node
        ));
        self.look(ctx);
    }
}

impl Supervised for BlobRemover {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self {
            deps: self.deps.clone(),
        };
    }
}
