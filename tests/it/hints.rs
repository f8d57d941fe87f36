//! What one node commits reaches the officers of another, by hints and, without any, by the poll.

use crate::support::officer::Officer;
use crate::support::process::{ServerProcess, free_address};
use crate::support::redis::Redis;
use crate::support::world::World;
use crate::support::writer::Writer;
use crate::support::{Api, eventually};

/// Two nodes on one database.
struct Pair {
    world: World,
    nodes: [ServerProcess; 2],
    token: String,
}

impl Pair {
    async fn start(flags: &[&str]) -> Self {
        let world = World::create(1).await;
        let mut nodes = Vec::new();
        for number in 0..2 {
            let log = world.log(&number.to_string());
            nodes.push(ServerProcess::start(&world.database, free_address(), flags, &log).await);
        }
        let token = nodes[0]
            .api()
            .login(&world.demo.admin.email, &world.demo.admin.password)
            .await;
        let nodes = nodes.try_into().ok().unwrap();
        Self {
            world,
            nodes,
            token,
        }
    }

    /// Submits at the first node what an officer at the second one must see.
    async fn submit_and_see(&self, officer: &mut Officer) {
        let writer = Writer::new(&[self.nodes[0].address()], &self.world.demo.api_key);
        let id = writer.submit(&self.world.regions[0], 0).await;
        assert_eq!(officer.event().await["complaint"]["id"], id.as_str());
    }

    async fn officer(&self) -> Officer {
        let mut officer = Officer::connect(self.nodes[1].address(), &self.token).await;
        officer.join(&self.world.regions[0], None).await;
        officer
    }

    async fn end(self) {
        drop(self.nodes);
        self.world.database.remove().await;
    }
}

async fn heard(api: &Api) -> Option<()> {
    let page = api.get("/metrics").send().await.ok()?.text().await.ok()?;
    let series = r#"feed_hints_total{direction="in"} "#;
    let count = page.lines().find_map(|line| line.strip_prefix(series))?;
    (count != "0").then_some(())
}

#[actix::test]
async fn an_event_of_another_node_is_announced_by_the_database() {
    let pair = Pair::start(&[]).await;
    let mut officer = pair.officer().await;
    eventually("a hint was heard", async || {
        pair.submit_and_see(&mut officer).await;
        heard(&pair.nodes[1].api()).await
    })
    .await;
    pair.end().await;
}

#[actix::test]
async fn an_event_of_another_node_is_announced_by_redis_and_arrives_without_it_too() {
    let mut redis = Redis::start().await;
    let pair = Pair::start(&["--redis-url", &redis.url()]).await;
    let mut officer = pair.officer().await;
    eventually("a hint was heard", async || {
        pair.submit_and_see(&mut officer).await;
        heard(&pair.nodes[1].api()).await
    })
    .await;
    redis.kill();
    for _ in 0..3 {
        pair.submit_and_see(&mut officer).await;
    }
    pair.end().await;
}
