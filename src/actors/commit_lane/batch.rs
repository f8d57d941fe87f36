//! Commits a batch: tries it whole, halves it when the database refuses, and hands out the outcomes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use actix::Addr;
use fail::fail_point;

use super::LaneDeps;
use super::attempt::{self, Numbered, Settled};
use super::tally;
use crate::actors::command::{Command, CommandError, Publisher};
use crate::actors::kill_point::kill_point;
use crate::actors::region_desk::{Committed, RegionDesk};
use crate::domain::event::Event;
use crate::store::{Session, StoreError};
use crate::telemetry::metrics::Metrics;

/// How often a batch is tried again after a deadlock or a lock time-out.
const TRIES: usize = 5;

/// Commits `commands` and answers every one of them; `false` when the connection must not be used again.
pub(super) async fn commit(session: &Session, commands: Vec<Command>, deps: &LaneDeps) -> bool {
    let supervision = &deps.supervision;
    let took = &supervision.metrics.desks.commit_duration;
    let mut parts = vec![commands];
    while let Some(mut part) = parts.pop() {
        let begun = Instant::now();
        let outcome = try_part(session, &mut part, deps).await;
        took.observe(begun.elapsed().as_secs_f64());
        let error = match outcome {
            Ok(settled) => {
                fail_point!(&format!("{}/commit_lane/committed", supervision.node));
                kill_point("after_commit");
                hand_out(part, settled, &supervision.metrics);
                continue;
            }
            Err(error) => error,
        };
        match error {
            StoreError::Refused { .. } if part.len() > 1 => {
                let second = part.split_off(part.len() / 2);
                parts.push(second);
                parts.push(part);
            }
            StoreError::Refused { .. } | StoreError::Shape(_) => refuse_part(part, error),
            StoreError::Unavailable(_) | StoreError::Lost(_) | StoreError::Silent(_) => {
                slog_scope::warn!("a commit lane lost its connection: {}", error);
                parts.push(part);
                parts.into_iter().for_each(|part| refuse_all(part, &error));
                return false;
            }
        }
    }
    true
}

/// Tries one part, again after passing trouble. What nobody waits for any more is not tried: behind
/// a row that someone else keeps locked, a lane would else be busy long after its callers have gone.
async fn try_part(
    session: &Session,
    part: &mut Vec<Command>,
    deps: &LaneDeps,
) -> Result<Vec<Settled>, StoreError> {
    let rules = &deps.catalogue.get().rules;
    for _ in 1..TRIES {
        match attempt::commit(session, part, rules).await {
            Err(error) if error.is_transient() => {
                slog_scope::info!("a batch is tried again: {}", error);
                deps.supervision.metrics.desks.conflicts.inc();
                part.retain(|command| !command.work.is_abandoned());
            }
            outcome => return outcome,
        }
    }
    attempt::commit(session, part, rules).await
}

/// Refuses the one command that the database refuses.
fn refuse_part(part: Vec<Command>, error: StoreError) {
    slog_scope::error!("the database refused a command: {}", error);
    let mut error = Some(error);
    for command in part {
        let refusal = error
            .take()
            .map_or(CommandError::Interrupted, CommandError::Database);
        command.work.refuse(refusal);
    }
}

/// Tells all callers that the database is away, or that nobody knows what became of their command.
pub(super) fn refuse_all(commands: Vec<Command>, error: &StoreError) {
    for command in commands {
        command.work.refuse(match error {
            StoreError::Unavailable(why) => CommandError::Unavailable(why.clone()),
            StoreError::Lost(_)
            | StoreError::Silent(_)
            | StoreError::Refused { .. }
            | StoreError::Shape(_) => CommandError::OutcomeUnknown(error.to_string()),
        });
    }
}

/// Sends each desk its events and the answers to its callers; what has no event is answered here.
fn hand_out(commands: Vec<Command>, settled: Vec<Settled>, metrics: &Metrics) {
    let mut facts = Facts {
        committed_at: Instant::now(),
        by_desk: HashMap::new(),
    };
    tally::count(metrics, settled.iter().flat_map(Settled::events));
    for (command, settled) in commands.into_iter().zip(settled) {
        let (answer, events) = settled.into_answer(command.work);
        if events.is_empty() {
            answer.give();
            continue;
        }
        for numbered in events {
            let Numbered {
                region,
                event,
                floor,
                ..
            } = numbered;
            let publishers = [Some(&command.taker), command.other.as_ref()];
            let mut publishers = publishers.into_iter().flatten();
            // Nobody at hand: the desk of that region hears of it by the head poll.
            if let Some(publisher) = publishers.find(|publisher| publisher.region == region) {
                let fact = facts.of(publisher);
                fact.floor = fact.floor.max(floor.unwrap_or_default());
                fact.events.push(event);
            }
        }
        facts.of(&command.taker).answers.push(answer);
    }
    for (desk, mut fact) in facts.by_desk.into_values() {
        fact.events.sort_unstable_by_key(|event: &Event| event.seq);
        tell(&desk, fact);
    }
}

/// What each desk is told of one batch.
struct Facts {
    committed_at: Instant,
    by_desk: HashMap<usize, (Arc<Addr<RegionDesk>>, Committed)>,
}

impl Facts {
    fn of(&mut self, publisher: &Publisher) -> &mut Committed {
        let at = self.committed_at;
        let (_, fact) = self
            .by_desk
            .entry(Arc::as_ptr(&publisher.desk).addr())
            .or_insert_with(|| (Arc::clone(&publisher.desk), Committed::at(at)));
        fact
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "bounded: one fact a desk and batch, and a lane has one batch in flight"
)]
fn tell(desk: &Addr<RegionDesk>, fact: Committed) {
    desk.do_send(fact);
}
