//! Presence at this node: who is subscribed where, asked of all shards, and what all of them tell.

use super::RegistryHandle;
use crate::actors::presence::Posted;
use crate::domain::presence::{Attendances, add};

impl RegistryHandle {
    /// Who is subscribed to which region, on all shards.
    pub async fn attendances(&self) -> Attendances {
        let mut all = Attendances::new();
        for shard in self.shards() {
            for (key, attendance) in shard.attendances().await {
                add(&mut all, key, attendance);
            }
        }
        all
    }

    /// Tells those who follow the presence of a region what changed.
    pub fn post(&self, posted: &Posted) {
        for shard in self.shards() {
            shard.post(posted.clone());
        }
    }
}
