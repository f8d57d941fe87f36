//! The rounds as figures with their targets.

use serde_json::json;

use crate::measure::Run;
use crate::pgbench::PgbenchRun;
use crate::report::{Figure, Report, Target, median};

/// Every variant once.
pub(crate) struct Round {
    pub(crate) runs: Vec<Run>,
    /// A narrow row into a table with a primary key and nothing else.
    pub(crate) pgbench: PgbenchRun,
    /// The complaint's row into the real table, without event and number.
    pub(crate) pgbench_complaints: PgbenchRun,
}

/// The medians of all rounds.
struct Medians(Vec<Round>);

impl Medians {
    fn of(&self, variant: &str, pick: impl Fn(&Run) -> f64) -> f64 {
        let runs = self.0.iter().flat_map(|round| &round.runs);
        median(runs.filter(|run| run.variant == variant).map(pick))
    }

    fn rate(&self, variant: &str) -> f64 {
        self.of(variant, |run| run.per_second)
    }

    fn batch(&self, variant: &str) -> f64 {
        self.of(variant, |run| run.batch.unwrap_or(1.0))
    }

    /// How many times the rate of the one the other has.
    fn rates(&self, what: &str, ours: &str, theirs: &str, target: Target) -> Figure {
        let (us, them) = (self.rate(ours), self.rate(theirs));
        let batch = self.batch(ours);
        let from = format!("{us:.0}/s (batches of {batch:.1}) to {them:.0}/s");
        Figure::ratio(what, us / them, target, from)
    }

    /// How many times the time of the one the other takes.
    fn times(
        &self,
        what: &str,
        (ours, theirs): (&str, &str),
        pick: fn(&Run) -> f64,
        target: Target,
    ) -> Figure {
        let (us, them) = (self.of(ours, pick), self.of(theirs, pick));
        Figure::ratio(
            what,
            us / them,
            target,
            format!("{us:.2} ms to {them:.2} ms"),
        )
    }

    fn to_pgbench(&self, what: &str, pick: fn(&Round) -> &PgbenchRun, target: Target) -> Figure {
        let us = self.rate("lanes");
        let them = median(self.0.iter().map(|round| pick(round).per_second));
        Figure::ratio(what, us / them, target, format!("{us:.0}/s to {them:.0}/s"))
    }
}

/// All figures of the rounds.
pub(crate) fn report(rounds: Vec<Round>) -> Report {
    let by = Medians(rounds);
    let figures = rates(&by).into_iter().chain(times(&by)).collect();
    let raw = by.0.iter().map(|round| {
        json!({"runs": round.runs, "pgbench": round.pgbench,
            "pgbench_complaints": round.pgbench_complaints})
    });
    let raw = raw.collect();
    Report::new(
        "durable-writes",
        "cargo bench --bench durable_writes",
        figures,
        raw,
    )
}

fn rates(by: &Medians) -> Vec<Figure> {
    vec![
        by.rates(
            "rate: lanes to a transaction each (32 clients, 16 regions)",
            "lanes",
            "transactions",
            Target::AtLeast(4.0),
        ),
        by.to_pgbench(
            "rate: lanes to pgbench's INSERT of the complaint's row alone (32 clients)",
            |round| &round.pgbench_complaints,
            Target::AtLeast(1.5),
        ),
        by.to_pgbench(
            "rate: lanes to pgbench's INSERT into a bare, narrow table (32 clients)",
            |round| &round.pgbench,
            Target::AtLeast(1.5),
        ),
        by.rates(
            "rate: lanes to a transaction each, one hot region",
            "lanes_hot",
            "transactions_hot",
            Target::AtLeast(20.0),
        ),
        by.rates(
            "rate: lanes with 256 regions to 16 (32 clients)",
            "lanes_256_regions",
            "lanes",
            Target::AtLeast(0.5),
        ),
        by.rates(
            "rate: lanes with 256 regions to 16 (256 clients)",
            "lanes_256_clients_256_regions",
            "lanes_256_clients",
            Target::AtLeast(0.5),
        ),
    ]
}

fn times(by: &Medians) -> Vec<Figure> {
    vec![
        Figure::new(
            "complaints a commit (32 clients, 16 regions)",
            by.batch("lanes"),
            "",
            Target::None,
            format!("{:.1} of 256 clients", by.batch("lanes_256_clients")),
        ),
        by.times(
            "p50 alone: a lane to one statement",
            ("lane_alone", "statement_alone"),
            |run| run.p50_ms,
            Target::AtMost(1.3),
        ),
        by.times(
            "p99 of 32 clients: lanes to a transaction each",
            ("lanes", "transactions"),
            |run| run.p99_ms,
            Target::AtMost(0.25),
        ),
    ]
}
