//! A client that subscribes and unsubscribes a hundred times a second while events are published.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, interval};

use super::Settings;
use super::stage::{Outcome, REGIONS, node, trial};
use super::support::history::{Log, Position, Truth, check};
use super::support::officer::Officer;
use super::support::world::World;

const HOPS: usize = 2000;
const PACE: Duration = Duration::from_millis(10);

pub(super) async fn run(settings: Settings) -> Outcome {
    let world = World::create(REGIONS).await;
    let node = node(&world, "n1", &[]).await;
    let mut trial = trial(&world, &node, settings.seed).await;
    trial.write(&[node.address()], 4);
    trial.follow(node.address(), 4);
    let admin = &world.demo.admin;
    let token = node.api().login(&admin.email, &admin.password).await;
    let mut hoppers = Vec::new();
    for number in 0..4 {
        let officer = Officer::connect(node.address(), &token).await;
        hoppers.push(actix::spawn(hop(number, officer, world.regions.clone())));
    }
    trial.goes_on().await;
    let mut logs = Vec::new();
    let mut hops = 0;
    for hopper in hoppers {
        let (log, hopped) = hopper.await.unwrap();
        logs.push(log);
        hops += hopped;
    }
    let written = trial.end_writing().await;
    let mut client = world.database.connect().await;
    let truth = Truth::read(&mut client).await;
    let mut verdict = trial.judge_by(&truth, &written).await;
    // A hopper stops where it is: it need not arrive.
    let wrong = check(&truth, &logs).into_iter();
    verdict.faults.extend(
        wrong
            .map(|violation| format!("{violation:?}"))
            .filter(|violation| !violation.contains("Behind")),
    );
    drop((node, client));
    world.database.remove().await;
    Outcome::of(verdict, &format!("{hops} subscriptions"))
}

/// Subscribes from where it is and leaves again, one message every 10 ms, and reads what comes.
async fn hop(number: usize, mut officer: Officer, regions: Vec<String>) -> (Log, usize) {
    let region = regions[number % regions.len()].clone();
    let mut log = Log::new(&format!("hopper {number}"), &[&region]);
    let mut at: Option<Position> = None;
    let mut asked = None;
    let mut subscriptions = 0;
    let mut pace = interval(PACE);
    let until = Instant::now() + PACE * HOPS as u32;
    let mut is_in = false;
    while Instant::now() < until {
        tokio::select! {
            _ = pace.tick() => {
                // The next position is known when the answer to `unsubscribe` has come.
                if is_in {
                    officer.say(json!({"type": "unsubscribe", "region": region})).await;
                } else {
                    let mut message = json!({"type": "subscribe", "region": region});
                    if let Some(at) = &at {
                        message["since"] = json!({"epoch": at.epoch, "seq": at.seq});
                    }
                    asked.clone_from(&at);
                    subscriptions += 1;
                    officer.say(message).await;
                }
                is_in = !is_in;
                read_answer(&mut officer, &mut log, &mut at, asked.as_ref(), is_in).await;
            }
        }
    }
    (log, subscriptions)
}

/// Reads up to `subscribed` or `unsubscribed`, and moves on by what comes before it.
async fn read_answer(
    officer: &mut Officer,
    log: &mut Log,
    at: &mut Option<Position>,
    asked: Option<&Position>,
    is_in: bool,
) {
    let end = if is_in { "subscribed" } else { "unsubscribed" };
    loop {
        let message = officer.object().await;
        assert_ne!(message["type"], "error", "{message}");
        log.hear(&message, asked);
        let seq = message["seq"].as_i64().unwrap_or_default();
        match message["type"].as_str().unwrap_or_default() {
            "snapshot" if message["last"] == true => {
                let epoch = message["epoch"].as_str().unwrap().to_owned();
                *at = Some(Position { epoch, seq });
            }
            "event" => {
                if let Some(at) = at {
                    at.seq = seq;
                }
            }
            _ => {}
        }
        if message["type"] == end {
            return;
        }
    }
}
