//! The front of the registry: passes what desks publish to all shards and sums up their counts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actix::{Actor, Context, Handler, Message, Supervised};
use fail::fail_point;
use uuid::Uuid;

use super::shard::ShardHandle;
use super::{Counts, HeadsPolled, Publish, RegistryDeps, Shards};
use crate::domain::account::Role;
use crate::domain::region::RegionId;

/// A shard has started (again): it wants to know what was published.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct ShardOpened(pub(super) ShardHandle);

/// What a shard has, after a change.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct ShardCounted {
    pub(super) shard: Uuid,
    pub(super) counts: Counts,
}

/// The last announcement of each region, without its events: what a new shard begins with, also when the front
/// was lost in a panic meanwhile.
pub(super) type Announcements = Arc<Mutex<HashMap<RegionId, Publish>>>;

/// The actor.
pub struct SessionRegistry {
    deps: RegistryDeps,
    shards: Shards,
    /// The sum, for readers in other threads.
    shown: Arc<Mutex<Counts>>,
    counts: HashMap<Uuid, Counts>,
    published: Announcements,
}

impl SessionRegistry {
    pub(super) fn new(
        deps: RegistryDeps,
        shards: Shards,
        shown: Arc<Mutex<Counts>>,
        published: Announcements,
    ) -> Self {
        Self {
            deps,
            shards,
            shown,
            counts: HashMap::new(),
            published,
        }
    }

    fn each_shard(&self, tell: impl Fn(&ShardHandle)) {
        let shards = self
            .shards
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        shards.iter().for_each(tell);
    }

    /// What is published again for one shard may be older than what a new shard begins with.
    fn note(&self, publish: &Publish) {
        let published = self.published.lock();
        let mut published = published.unwrap_or_else(|broken| broken.into_inner());
        let known = published.get(&publish.region);
        if known.is_none_or(|known| known.head <= publish.head) {
            let announcement = Publish {
                events: Arc::from([]),
                ..publish.clone()
            };
            published.insert(publish.region.clone(), announcement);
        }
    }

    /// Sums up the counts of the shards that live and shows the sum.
    fn show_counts(&mut self) {
        let mut alive = Vec::new();
        {
            let shards = self
                .shards
                .lock()
                .unwrap_or_else(|broken| broken.into_inner());
            alive.extend(
                shards
                    .iter()
                    .filter(|shard| shard.is_alive())
                    .map(ShardHandle::id),
            );
        }
        self.counts.retain(|shard, _| alive.contains(shard));
        let mut sum = Counts::default();
        self.counts.values().for_each(|counts| sum.add(counts));
        let metrics = &self.deps.supervision.metrics;
        for role in Role::ALL {
            let count = sum.by_role.get(&role).copied().unwrap_or_default();
            let gauge = metrics.push.connections.with_label_values(&[role.as_str()]);
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        let streams = i64::try_from(sum.event_streams).unwrap_or(i64::MAX);
        metrics.push.event_streams.set(streams);
        let watched = i64::try_from(sum.by_region.len()).unwrap_or(i64::MAX);
        metrics.push.regions_watched.set(watched);
        *self
            .shown
            .lock()
            .unwrap_or_else(|broken| broken.into_inner()) = sum;
    }
}

impl Actor for SessionRegistry {
    type Context = Context<Self>;

    /// After a restart the shards say again what they have.
    fn started(&mut self, _: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/session_registry/started",
            self.deps.supervision.node
        ));
        self.each_shard(ShardHandle::ask_counts);
    }
}

impl Supervised for SessionRegistry {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(
            self.deps.clone(),
            Arc::clone(&self.shards),
            Arc::clone(&self.shown),
            Arc::clone(&self.published),
        );
    }
}

impl Handler<Publish> for SessionRegistry {
    type Result = ();

    fn handle(&mut self, publish: Publish, _: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/session_registry/publish",
            self.deps.supervision.node
        ));
        self.deps.followed.note(&publish.events);
        self.note(&publish);
        self.each_shard(|shard| shard.publish(publish.clone()));
    }
}

impl Handler<HeadsPolled> for SessionRegistry {
    type Result = ();

    fn handle(&mut self, heads: HeadsPolled, _: &mut Context<Self>) {
        self.each_shard(|shard| shard.heads_polled(heads.clone()));
    }
}

impl Handler<ShardOpened> for SessionRegistry {
    type Result = ();

    fn handle(&mut self, ShardOpened(shard): ShardOpened, _: &mut Context<Self>) {
        let published = self.published.lock();
        let published = published.unwrap_or_else(|broken| broken.into_inner());
        for publish in published.values() {
            shard.publish(publish.clone());
        }
    }
}

impl Handler<ShardCounted> for SessionRegistry {
    type Result = ();

    fn handle(&mut self, counted: ShardCounted, _: &mut Context<Self>) {
        self.counts.insert(counted.shard, counted.counts);
        self.show_counts();
    }
}
