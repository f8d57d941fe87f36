//! The table of the scene with clients that do not read.

use super::{Near, Options, Round, Turn};
use crate::crowd::order::Arrived;
use crate::report::{Figure, Target, median};

/// What the readers may lose by those who never read.
const RATIO_MOST: f64 = 1.2;

/// All figures.
pub(super) fn of(options: &Options, rounds: &[Round], near: &Near) -> Vec<Figure> {
    let slow = options.slow;
    let mut figures = Vec::new();
    for (name, pick) in [
        ("p50", (|one| one.p50_ms) as fn(&Arrived) -> f64),
        ("p99", |one| one.p99_ms),
    ] {
        let time = |turns: &dyn Fn(&Round) -> &[Turn]| {
            let turns = rounds.iter().flat_map(turns);
            median(turns.map(|turn| pick(&turn.arrived)))
        };
        let alone = time(&|round| &round.alone);
        let with_slow = time(&|round| &round.with_slow);
        let with_more = time(&|round| &round.with_more_readers);
        let after = time(&|round| std::slice::from_ref(&round.after));
        figures.push(Figure::ratio(
            &format!("{name} of the readers with {slow} that never read to without them"),
            with_slow / alone,
            Target::AtMost(RATIO_MOST),
            format!("{with_slow:.2} ms to {alone:.2} ms; {after:.2} ms after they were cut off"),
        ));
        figures.push(Figure::ratio(
            &format!(
                "{name} of the readers with {slow} that never read to with {slow} more that do"
            ),
            with_slow / with_more,
            Target::AtMost(RATIO_MOST),
            format!("{with_slow:.2} ms to {with_more:.2} ms"),
        ));
    }
    figures.extend(memory(rounds));
    figures.push(closed(rounds));
    figures.push(stayed(near));
    figures
}

/// Memory after each round's slow ones were cut off, and at its highest.
fn memory(rounds: &[Round]) -> Option<Figure> {
    let megabytes = |turn: &Turn| turn.resident_bytes as f64 / 1_048_576.0;
    let first = megabytes(&rounds.first()?.after);
    let last = megabytes(&rounds.last()?.after);
    let all = rounds.iter().flat_map(|round| &round.with_slow);
    let highest = all.map(megabytes).fold(0.0, f64::max);
    Some(Figure::ratio(
        "server memory after the last round's were cut off to after the first round's",
        last / first,
        Target::AtMost(1.05),
        format!("{last:.1} MiB to {first:.1} MiB; at most {highest:.1} MiB while they were there"),
    ))
}

fn closed(rounds: &[Round]) -> Figure {
    let left = rounds
        .iter()
        .map(|round| round.files.1.saturating_sub(round.files.0))
        .max();
    let ended: Vec<_> = rounds.iter().map(|round| &round.ended.ended).collect();
    Figure::new(
        "files of the server that the cut ones still hold, at most",
        left.unwrap_or(0) as f64,
        "",
        Target::AtMost(0.0),
        format!("they saw: {ended:?}"),
    )
}

fn stayed(near: &Near) -> Figure {
    Figure::new(
        &format!(
            "clients that stay, of {} that read at 90 % of the rate",
            near.sockets
        ),
        near.arrived.open as f64,
        "",
        Target::AtLeast(near.sockets as f64),
        format!(
            "{:.2} MB/s each; {} KiB waited for the last of them, {} events out of turn",
            near.bytes_a_second as f64 / 1e6,
            near.queued / 1024,
            near.arrived.out_of_turn
        ),
    )
}
