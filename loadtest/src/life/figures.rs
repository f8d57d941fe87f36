//! What is told of life cycles and spikes.

use serde_json::json;

use super::{OFFICERS, Options, Round, Run};
use crate::Fault;
use crate::cycle::STEPS;
use crate::report::{Figure, Report, Target, median};
use crate::spike::Spike;

/// The figures and everything behind them.
///
/// # Errors
/// When the encoder fails.
pub(super) fn report(options: &Options, rounds: &[Round], spike: &Spike) -> Result<Report, Fault> {
    let mut figures = figures(options, rounds);
    figures.extend(spike.figures());
    let load = format!(
        "{} clients, {OFFICERS} officers in as many regions, {} stored complaints",
        options.clients, options.complaints
    );
    let times = format!(
        "{} of {} s a schema, interleaved; then spikes of {:.1} s",
        options.rounds, options.seconds, spike.step
    );
    let command = format!(
        "target/release/redress-loadtest life{}",
        if options.full { " --full" } else { "" }
    );
    let raw = json!({"steps": STEPS, "rounds": rounds, "spike": spike});
    let report = Report::new("life", &command, figures, raw);
    Ok(report.under("load", load).under("rounds", times))
}

fn figures(options: &Options, rounds: &[Round]) -> Vec<Figure> {
    let middle = |pick: fn(&Round) -> f64| median(rounds.iter().map(pick));
    let runs = || rounds.iter().flat_map(|round| [&round.empty, &round.full]);
    let rates = (
        middle(|round| round.full.per_second),
        middle(|round| round.empty.per_second),
    );
    let cpu = |what: &str, full: f64, empty: f64| {
        let from = format!("{empty:.0} µs at the empty table");
        Figure::new(what, full, "µs", Target::None, from)
    };
    let slowest = |pick: fn(&Run) -> [f64; 4]| {
        let full = rounds.iter().map(|round| pick(&round.full));
        let steps = (0..STEPS.len()).map(|step| median(full.clone().map(|run| run[step])));
        let named = STEPS.iter().zip(steps);
        let named: Vec<String> = named.map(|(name, ms)| format!("{name} {ms:.1}")).collect();
        named.join(", ")
    };
    vec![
        Figure::ratio(
            &format!(
                "rate of life cycles: {} stored to an empty table",
                options.complaints
            ),
            rates.0 / rates.1,
            Target::AtLeast(0.8),
            format!("{:.0}/s to {:.0}/s", rates.0, rates.1),
        ),
        Figure::new(
            "errors",
            runs().map(|run| run.errors).sum::<usize>() as f64,
            "",
            Target::AtMost(0.0),
            format!("{} cycles", runs().map(|run| run.cycles).sum::<usize>()),
        ),
        Figure::new(
            "p99 of the slowest request",
            rounds
                .iter()
                .flat_map(|round| round.full.p99_ms)
                .fold(0.0, f64::max),
            "ms",
            Target::None,
            format!("p50 in ms: {}", slowest(|run| run.p50_ms)),
        ),
        cpu(
            "CPU of the server for one cycle",
            middle(|round| round.full.server_cpu_us),
            middle(|round| round.empty.server_cpu_us),
        ),
        cpu(
            "CPU of PostgreSQL for one cycle",
            middle(|round| round.full.postgresql_cpu_us),
            middle(|round| round.empty.postgresql_cpu_us),
        ),
    ]
}
