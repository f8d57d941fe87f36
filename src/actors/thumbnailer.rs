//! The thumbnailer: has pictures made of the photos that wait.
//!
//! What waits is in the database, so that nothing is lost with this process. The actor leases as many photos as
//! the pool of threads has use for, at once when its node has taken an upload, and once a second for what others
//! have left. Who holds a lease works on the photo; a lease that is not renewed lapses, and another node goes on.
//! What comes of it is a command to the complaint's desk, which takes the first end of a photo and no other.

mod sweeping;
mod work;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use actix::{
    Actor, ActorFutureExt, Addr, ArbiterHandle, AsyncContext, Context, Handler, Message,
    Supervised, WrapFuture,
};
use fail::fail_point;
use uuid::Uuid;

use super::desks::DesksHandle;
use super::supervise::{self, Supervision};
use crate::media::blobs::Blobs;
use crate::media::pool::Pool;
use crate::media::thumbnail::Sizes;
use crate::store::catalogue::CatalogueCell;
use crate::store::photos::{self, Leased};
use crate::store::{Store, StoreError};

/// Messages that the mailbox holds; one that is refused does no harm, for the next look finds the same.
const MAILBOX: usize = 64;
/// Time between looks.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long a photo is this node's without a renewal.
const LEASE: Duration = Duration::from_secs(10);
/// The first sweep, when the rush of a start is over.
const FIRST_SWEEP: Duration = Duration::from_secs(600);

/// What the thumbnailer works with.
#[derive(Clone)]
pub struct ThumbnailerDeps {
    /// The database.
    pub store: Store,
    /// Where regions are.
    pub catalogue: CatalogueCell,
    /// Told what became of photos.
    pub desks: DesksHandle,
    /// Where the bytes are.
    pub blobs: Blobs,
    /// Makes the pictures.
    pub pool: Pool,
    /// Their sizes.
    pub sizes: Sizes,
    /// Photos at work at the same time: a few more than threads, so that none waits for bytes.
    pub slots: usize,
    /// Most bytes of a photo as it is sent.
    pub most_bytes: u64,
    /// Photos that may wait before uploads are refused.
    pub most_waiting: i64,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// How others reach the thumbnailer. Cheap to clone; all clones share one mailbox bound.
#[derive(Clone)]
pub struct ThumbnailerHandle {
    actor: Arc<Addr<Thumbnailer>>,
    waiting: Arc<AtomicI64>,
    most: i64,
}

impl ThumbnailerHandle {
    /// Starts the actor on an arbiter.
    pub fn start(home: &ArbiterHandle, deps: ThumbnailerDeps) -> Self {
        let waiting: Arc<AtomicI64> = Arc::default();
        let (most, supervision) = (deps.most_waiting, deps.supervision.clone());
        let shown = Arc::clone(&waiting);
        let make = move || Thumbnailer::new(deps, shown);
        let actor = supervise::start_on(home, "thumbnailer", MAILBOX, make, &supervision);
        Self {
            actor,
            waiting,
            most,
        }
    }

    /// Whether one more photo may wait; true as of about a second ago.
    pub fn has_room(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) < self.most
    }

    /// Says that so many photos came.
    pub fn came(&self, photos: usize) {
        let photos = i64::try_from(photos).unwrap_or(i64::MAX);
        self.waiting.fetch_add(photos, Ordering::Relaxed);
        if self.actor.try_send(Look).is_err() {
            slog_scope::debug!("the thumbnailer is busy; it looks within a second");
        }
    }
}

/// Look whether photos wait.
#[derive(Message)]
#[rtype(result = "()")]
struct Look;

/// The actor.
pub struct Thumbnailer {
    deps: ThumbnailerDeps,
    /// Photos that wait, of all nodes.
    waiting: Arc<AtomicI64>,
    /// Photos at work here.
    working: HashSet<Uuid>,
    is_leasing: bool,
    /// Something came while it was leasing.
    leases_again: bool,
}

impl Thumbnailer {
    fn new(deps: ThumbnailerDeps, waiting: Arc<AtomicI64>) -> Self {
        Self {
            deps,
            waiting,
            working: HashSet::new(),
            is_leasing: false,
            leases_again: false,
        }
    }

    /// Takes as many photos as there is use for.
    fn take(&mut self, ctx: &mut Context<Self>) {
        let free = self.deps.slots.saturating_sub(self.working.len());
        self.leases_again |= self.is_leasing;
        if self.is_leasing || free == 0 {
            return;
        }
        self.is_leasing = true;
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let store = self.deps.store.clone();
        let leased = async move { photos::lease(&store, LEASE, limit).await };
        ctx.spawn(leased.into_actor(self).map(Self::begin_all));
    }

    fn begin_all(
        leased: Result<Vec<Leased>, StoreError>,
        thumbnailer: &mut Self,
        ctx: &mut Context<Self>,
    ) {
        thumbnailer.is_leasing = false;
        match leased {
            Ok(leased) => leased
                .into_iter()
                .for_each(|photo| thumbnailer.begin(photo, ctx)),
            // The head poll tells the operator of an outage.
            Err(error) => slog_scope::debug!("photos cannot be leased: {}", error),
        }
        if std::mem::take(&mut thumbnailer.leases_again) {
            thumbnailer.take(ctx);
        }
    }

    fn begin(&mut self, photo: Leased, ctx: &mut Context<Self>) {
        let id = photo.id;
        if !self.working.insert(id) {
            return;
        }
        self.show_work();
        let work = work::work(self.deps.clone(), photo);
        ctx.spawn(work.into_actor(self).map(move |(), thumbnailer, ctx| {
            thumbnailer.working.remove(&id);
            thumbnailer.show_work();
            thumbnailer.waiting.fetch_sub(1, Ordering::Relaxed);
            thumbnailer.take(ctx);
        }));
    }

    fn show_work(&self) {
        let working = i64::try_from(self.working.len()).unwrap_or(i64::MAX);
        let photos = &self.deps.supervision.metrics.photos;
        photos.in_progress.set(working);
    }

    /// Renews leases, counts what waits, takes what is free.
    fn look(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/thumbnailer/look", self.deps.supervision.node));
        let store = self.deps.store.clone();
        let working: Vec<Uuid> = self.working.iter().copied().collect();
        let looked = async move {
            if !working.is_empty() {
                photos::renew(&store, &working, LEASE).await?;
            }
            photos::waiting(&store).await
        };
        ctx.spawn(looked.into_actor(self).map(|waiting, thumbnailer, ctx| {
            if let Ok(waiting) = waiting {
                thumbnailer.waiting.store(waiting, Ordering::Relaxed);
                let metrics = &thumbnailer.deps.supervision.metrics;
                metrics.photos.queue.set(waiting);
                if waiting > 0 {
                    thumbnailer.take(ctx);
                }
            }
            ctx.run_later(INTERVAL, Self::look);
        }));
    }

    /// Sweeps now and then; every node does, which costs no more than a look at the store.
    fn sweep(&mut self, ctx: &mut Context<Self>) {
        let swept = sweeping::sweep(self.deps.clone());
        ctx.spawn(swept.into_actor(self).map(|(), _, ctx| {
            ctx.run_later(sweeping::INTERVAL, Self::sweep);
        }));
    }
}

impl Actor for Thumbnailer {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/thumbnailer/started",
            self.deps.supervision.node
        ));
        // What was at work before a restart is taken up again when its lease has lapsed.
        self.show_work();
        self.look(ctx);
        ctx.run_later(FIRST_SWEEP, Self::sweep);
    }
}

impl Supervised for Thumbnailer {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(self.deps.clone(), Arc::clone(&self.waiting));
    }
}

impl Handler<Look> for Thumbnailer {
    type Result = ();

    fn handle(&mut self, _: Look, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/thumbnailer/handle",
            self.deps.supervision.node
        ));
        self.take(ctx);
    }
}
