//! What the rounds say. A ratio of rates is the median of the rounds' ratios: what else the machine does
//! changes from one round to the next, and the tables grow.

use serde_json::json;

use super::{Options, Round, Run, SUSTAINED};
use crate::Fault;
use crate::report::{Figure, Report, Target, median};

/// The figures of all rounds and of the run without a pause.
pub(super) fn report(
    options: &Options,
    rounds: &[Round],
    sustained: &Run,
) -> Result<Report, Fault> {
    let middle = |pick: fn(&Round) -> f64| median(rounds.iter().map(pick));
    let batches = middle(|round| round.batches.per_second);
    let each = middle(|round| round.transaction_each.per_second);
    let pgbench = middle(|round| round.pgbench.per_second);
    let complaints = middle(|round| round.pgbench_complaints.per_second);
    let to = |pick: fn(&Round) -> f64| {
        median(
            rounds
                .iter()
                .map(|round| round.batches.per_second / pick(round)),
        )
    };
    let p99 = (
        middle(|round| round.batches.p99_ms),
        middle(|round| round.transaction_each.p99_ms),
    );
    let server_us = middle(|round| round.batches.server_cpu_us);
    let client_us = middle(|round| round.batches.client_cpu_us);
    let figures = vec![
        Figure::ratio(
            "rate: HTTP to pgbench's INSERT of the complaint's row alone",
            to(|round| round.pgbench_complaints.per_second),
            Target::AtLeast(1.0),
            format!("medians {batches:.0}/s to {complaints:.0}/s"),
        ),
        Figure::ratio(
            "rate: HTTP to pgbench's INSERT into a bare, narrow table",
            to(|round| round.pgbench.per_second),
            Target::AtLeast(1.0),
            format!("medians {batches:.0}/s to {pgbench:.0}/s"),
        ),
        Figure::ratio(
            "rate: HTTP to the same server with a transaction each",
            to(|round| round.transaction_each.per_second),
            Target::AtLeast(3.0),
            format!("medians {batches:.0}/s to {each:.0}/s"),
        ),
        Figure::ratio(
            "p99: HTTP to the same server with a transaction each",
            p99.0 / p99.1,
            Target::None,
            format!("{:.1} ms to {:.1} ms", p99.0, p99.1),
        ),
        Figure::ratio(
            "rate: HTTP without a pause, words for searches noted meanwhile, to pgbench's INSERT of the row",
            sustained.per_second / complaints,
            Target::None,
            format!(
                "{:.0}/s for {} s, and {:.1} s for words after it",
                sustained.per_second,
                SUSTAINED * options.seconds,
                sustained.words_ms as f64 / 1000.0
            ),
        ),
        Figure::new(
            "CPU of the server for one submission",
            server_us,
            "µs",
            Target::None,
            format!("the client of this test takes {client_us:.1} µs beside it"),
        ),
    ];
    let load = format!("{} clients, {} regions", options.clients, options.regions);
    let report = Report::new(
        "submissions",
        "target/release/redress-loadtest submissions",
        figures,
        json!({"rounds": rounds, "sustained": sustained}),
    );
    let rounds = format!(
        "{} of {} s a variant, interleaved",
        options.rounds, options.seconds
    );
    Ok(report.under("load", load).under("rounds", rounds))
}
