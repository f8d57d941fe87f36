//! The commit lanes of a node: whose commands go to which.

use std::sync::Arc;

use actix::{Arbiter, ArbiterHandle};

use super::commit_lane::{LaneDeps, LaneHandle};
use crate::domain::region::RegionId;

/// A lane and the arbiter on which it and its desks live: a hop between them stays on one thread.
#[derive(Clone)]
pub struct Home {
    /// The arbiter.
    pub arbiter: ArbiterHandle,
    /// The lane.
    pub lane: LaneHandle,
}

/// All of them.
#[derive(Clone)]
pub struct Lanes {
    /// Regions are hashed onto these.
    homes: Arc<[Home]>,
    /// For what retention erases, of any region. In the lane of a region everybody who submits would wait for a batch of it;
    /// beside it they wait only while it holds the region's counter, which it takes last.
    pub erasing: LaneHandle,
}

impl Lanes {
    /// Starts a lane on each of the arbiters, and among the `owners` the one for what retention erases. `deps` makes what
    /// a lane of a name works with.
    pub fn start(
        arbiters: &[Arbiter],
        owners: &Arbiter,
        deps: impl Fn(String) -> LaneDeps,
    ) -> Self {
        let start =
            |arbiter: &Arbiter, name: String| LaneHandle::start(&arbiter.handle(), deps(name));
        let home = |(number, arbiter): (usize, &Arbiter)| Home {
            arbiter: arbiter.handle(),
            lane: start(arbiter, number.to_string()),
        };
        Self {
            homes: arbiters.iter().enumerate().map(home).collect(),
            erasing: start(owners, "erasing".to_owned()),
        }
    }

    /// The home of a region; the same for as long as the process runs (FNV-1a).
    pub fn home_of(&self, region: &RegionId) -> Option<&Home> {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in region.as_str().bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let homes = self.homes.len().max(1) as u64;
        self.homes.get(usize::try_from(hash % homes).ok()?)
    }
}
