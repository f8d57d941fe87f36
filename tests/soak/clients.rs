//! Clients whose network goes without a word, and comes back.

use std::time::Duration;

use super::Settings;
use super::plateau::Plateau;
use super::stage::{Outcome, REGIONS, longest, node, recovery, trial};
use super::support::eventually;
use super::support::proxy::{Place, Proxy};
use super::support::world::World;

/// What a server may keep of the memory of a storm, in MiB.
const KEPT: usize = 64;

/// All followers are behind a black hole for so many seconds, a few times.
pub(super) async fn vanished(settings: Settings, seconds: u64) -> Outcome {
    let world = World::create(REGIONS).await;
    let node = node(&world, "n1", &[]).await;
    let proxy = Proxy::before(Place::Tcp(node.address()), settings.seed).await;
    let mut trial = trial(&world, &node, settings.seed).await;
    trial.write(&[node.address()], 4);
    let before = Plateau::of(&node).await;
    trial.follow(proxy.address(), 60);
    trial.goes_on().await;
    let turns = if seconds > 10 {
        1
    } else {
        settings.runs.min(5)
    };
    let mut recoveries = Vec::new();
    for _ in 0..turns {
        proxy.black_hole();
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        proxy.heal();
        recoveries.push(recovery(&trial).await);
    }
    let mut client = world.database.connect().await;
    let verdict = trial.judge(&mut client).await;
    let after = eventually("all sockets are gone", async || {
        let after = Plateau::of(&node).await;
        after
            .left_over(&before, usize::MAX / 2)
            .is_none()
            .then_some(after)
    })
    .await;
    let left_over = after.left_over(&before, KEPT);
    drop((node, client));
    world.database.remove().await;
    let figures = format!(
        "{turns} times {seconds} s, longest recovery {}, memory {} → {} MiB",
        longest(&recoveries),
        before.resident_mib,
        after.resident_mib
    );
    let said = left_over.clone().unwrap_or_default();
    Outcome::of(verdict, &figures).unless(left_over.is_none(), &said)
}
