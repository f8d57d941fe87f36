//! What is told of photos.

use super::{AT_ONCE, Options, Outcome, Round};
use crate::report::{Figure, Target, median};

/// The figures.
pub(super) fn of(options: &Options, outcome: &Outcome) -> Vec<Figure> {
    let size = options.megapixels;
    let of_rounds = |rounds: &[Round], of: fn(&Round) -> f64| median(rounds.iter().map(of));
    let middle = |of| of_rounds(&outcome.rounds, of);
    let p99s = |rounds| {
        let idle = of_rounds(rounds, |round| round.idle.p99_us);
        (idle, of_rounds(rounds, |round| round.busy.p99_us))
    };
    let ((idle, busy), (idle_beside, beside)) = (p99s(&outcome.rounds), p99s(&outcome.beside));
    let all = || outcome.rounds.iter().chain(&outcome.beside);
    let asleep = median(all().map(|round| round.sleeper_idle_us));
    let late = median(all().map(|round| round.sleeper_busy_us));
    let slowest = outcome.ready_ms.iter().copied().fold(0.0, f64::max);
    vec![
        Figure::new(
            &format!("first byte sent → photo.ready on an officer's socket, p50 ({size} MP)"),
            median(outcome.ready_ms.iter().copied()),
            "ms",
            Target::AtMost(300.0),
            format!(
                "upload answered after {:.0} ms, slowest photo {slowest:.0} ms",
                median(outcome.answered_ms.iter().copied())
            ),
        ),
        Figure::ratio(
            &format!("/health p99 while {AT_ONCE} photos arrive at once, to idle"),
            busy / idle,
            Target::AtMost(2.0),
            format!("{busy:.0} and {idle:.0} µs, medians of the rounds"),
        ),
        Figure::ratio(
            "the same of a server beside it that has nothing else to do",
            beside / idle_beside,
            Target::None,
            format!("{beside:.0} and {idle_beside:.0} µs"),
        ),
        Figure::ratio(
            "how late a thread is woken that only sleeps, p99, to idle",
            late / asleep,
            Target::None,
            format!("{late:.0} and {asleep:.0} µs"),
        ),
        Figure::new(
            &format!("until the last of {AT_ONCE} photos is ready"),
            middle(|round| round.all_ready_ms),
            "ms",
            Target::None,
            format!("{:.1} MB each", outcome.photo_bytes as f64 / 1e6),
        ),
    ]
}
