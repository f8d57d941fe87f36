//! The comparison's table: every figure is a ratio, the median of the rounds' own.

use serde_json::json;

use super::{Options, Round, Run};
use crate::Fault;
use crate::report::{Figure, Report, Target, median};

/// The report.
///
/// # Errors
/// When a round cannot be told as JSON.
pub(super) fn report(options: &Options, rounds: &[Round]) -> Result<Report, Fault> {
    let load = format!(
        "{} clients that submit; then {} submissions a second to {} sockets",
        options.clients, options.rate, options.sockets
    );
    let times = format!("{} of {} s each, in turns", options.rounds, options.seconds);
    let raw = json!({"rounds": rounds});
    let command = "target/release/redress-loadtest peer";
    let report = Report::new("peer", command, figures(rounds), raw);
    let workers = "Redress: one process, all cores; the peer: two worker processes; all on all cores, one at work at a time";
    Ok(report
        .under("load", load)
        .under("rounds", times)
        .under("processes", workers))
}

fn figures(rounds: &[Round]) -> Vec<Figure> {
    let ratio = |what: &str, unit: &str, pick: fn(&Run) -> f64| {
        let of = |side: fn(&Round) -> &Run| median(rounds.iter().map(|round| pick(side(round))));
        let ratios = rounds
            .iter()
            .map(|round| pick(&round.redress) / pick(&round.peer));
        let (own, peer) = (of(|round| &round.redress), of(|round| &round.peer));
        let from = format!("medians {own:.2} {unit} to {peer:.2} {unit}");
        Figure::ratio(what, median(ratios), Target::None, from)
    };
    let missing = |side: fn(&Round) -> &Run| {
        rounds
            .iter()
            .map(|round| side(round).missing)
            .sum::<usize>()
    };
    vec![
        ratio("submissions a second, Redress to the peer", "/s", |run| {
            run.per_second
        }),
        ratio("p99 of a submission", "ms", |run| run.p99_ms),
        ratio("CPU for a submission", "µs", |run| run.cpu_us_a_submission),
        ratio("event to socket, p50", "ms", |run| run.push_p50_ms),
        ratio("event to socket, p99", "ms", |run| run.push_p99_ms),
        ratio(
            "CPU for a delivery, with its share of the submission",
            "µs",
            |run| run.cpu_us_a_delivery,
        ),
        Figure::new(
            "deliveries of Redress that are missing",
            missing(|round| &round.redress) as f64,
            "",
            Target::AtMost(0.0),
            format!("of the peer: {}", missing(|round| &round.peer)),
        ),
    ]
}
