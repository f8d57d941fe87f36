//! How late timers were, and what of it an outage explains.

use serde::Serialize;
use serde_json::json;

use super::Options;
use crate::Fault;
use crate::report::{Figure, Report, Target, percentile};

/// How much later a deadline may be noticed than it was.
const LATE_MOST_MS: f64 = 1000.0;

/// When no server ran, in seconds since 1970.
#[derive(Serialize)]
pub(super) struct Outage {
    pub(super) killed_at: f64,
    /// When the next server was started.
    pub(super) started_at: f64,
    /// When it said that it was ready.
    pub(super) ready_at: f64,
}

impl Outage {
    /// Whether it kept this timer waiting.
    fn hit(&self, timer: &Timer) -> bool {
        timer.due < self.ready_at && timer.fired >= self.killed_at
    }
}

/// A timer that fired, in seconds since 1970.
#[derive(Clone, Copy)]
pub(super) struct Timer {
    pub(super) due: f64,
    pub(super) fired: f64,
}

impl Timer {
    fn late_us(self) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float becomes the nearest number that there is"
        )]
        let late = ((self.fired - self.due) * 1e6).round() as u32;
        late
    }
}

/// What the database tells at the end.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) fired: Vec<Timer>,
    pub(super) lost: usize,
    pub(super) repeated: usize,
    pub(super) regions_with_gaps: i64,
}

/// How late the timers of some kind were.
#[derive(Serialize)]
struct Lateness {
    timers: usize,
    earliest_ms: f64,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
}

impl Lateness {
    fn of(timers: impl Iterator<Item = Timer>) -> Self {
        let timers: Vec<Timer> = timers.collect();
        let mut late: Vec<u32> = timers.iter().map(|timer| timer.late_us()).collect();
        let earliest = timers.iter().map(|timer| timer.fired - timer.due);
        Self {
            timers: timers.len(),
            earliest_ms: earliest.fold(f64::NAN, f64::min) * 1000.0,
            p50_ms: percentile(&mut late, 0.5) / 1000.0,
            p99_ms: percentile(&mut late, 0.99) / 1000.0,
            max_ms: percentile(&mut late, 1.0) / 1000.0,
        }
    }
}

/// The figures and everything behind them.
///
/// # Errors
/// When the encoder fails.
pub(super) fn report(
    options: &Options,
    first: f64,
    outage: &Outage,
    outcome: &Outcome,
) -> Result<Report, Fault> {
    let fired = outcome.fired.iter().copied();
    let outside = Lateness::of(fired.clone().filter(|timer| !outage.hit(timer)));
    let missed = Lateness::of(fired.clone().filter(|timer| outage.hit(timer)));
    let all = Lateness::of(fired.clone());
    let last_missed = fired.clone().filter(|timer| outage.hit(timer));
    let last_missed = last_missed.fold(f64::NAN, |last, timer| last.max(timer.fired));
    let per_second: Vec<Lateness> = (0..options.seconds)
        .map(|second| {
            let begins = first + f64::from(second);
            let in_it = move |timer: &Timer| (begins..begins + 1.0).contains(&timer.due);
            Lateness::of(fired.clone().filter(in_it))
        })
        .collect();
    let figures = figures(outage, outcome, [&outside, &missed, &all], last_missed);
    let raw = json!({"first_due_at": first, "outage": outage, "outside": outside,
        "missed": missed, "all": all, "per_second": per_second});
    let report = Report::new("timers", &command(options), figures, raw);
    let load = format!(
        "{} timers in {} regions over {} s; kill -9 in the middle, next start {} s later",
        options.timers, options.regions, options.seconds, options.down
    );
    Ok(report.under("load", load))
}

fn figures(
    outage: &Outage,
    outcome: &Outcome,
    [outside, missed, all]: [&Lateness; 3],
    last_missed: f64,
) -> Vec<Figure> {
    let count = |what: &str, value: usize, from: String| {
        Figure::new(what, value as f64, "", Target::AtMost(0.0), from)
    };
    let is_early = |timer: &&Timer| timer.fired < timer.due;
    let early = outcome.fired.iter().filter(is_early).count();
    let gaps = usize::try_from(outcome.regions_with_gaps).unwrap_or(usize::MAX);
    let shown = |lateness: &Lateness| {
        format!(
            "{} timers: p50 {:.0} ms, max {:.0} ms",
            lateness.timers, lateness.p50_ms, lateness.max_ms
        )
    };
    vec![
        count(
            "deadlines without an escalation",
            outcome.lost,
            format!("{} have one", outcome.fired.len()),
        ),
        count(
            "deadlines with two or more",
            outcome.repeated,
            String::new(),
        ),
        count("escalations before their time", early, String::new()),
        count(
            "regions whose events are not numbered without a gap",
            gaps,
            String::new(),
        ),
        Figure::new(
            "lateness, p99, outside the outage",
            outside.p99_ms,
            "ms",
            Target::AtMost(LATE_MOST_MS),
            shown(outside),
        ),
        Figure::new(
            "last of what was missed, after the next server was ready",
            (last_missed - outage.ready_at) * 1000.0,
            "ms",
            Target::AtMost(LATE_MOST_MS),
            format!(
                "it was ready after {:.0} ms",
                (outage.ready_at - outage.started_at) * 1000.0
            ),
        ),
        Figure::new(
            "lateness, p99, of what the outage kept waiting",
            missed.p99_ms,
            "ms",
            Target::None,
            format!(
                "{}; {:.1} s without a server",
                shown(missed),
                outage.ready_at - outage.killed_at
            ),
        ),
        Figure::new(
            "lateness, p99, of all",
            all.p99_ms,
            "ms",
            Target::None,
            shown(all),
        ),
    ]
}

fn command(options: &Options) -> String {
    format!(
        "target/release/redress-loadtest timers --timers {} --seconds {} --down {} --regions {}",
        options.timers, options.seconds, options.down, options.regions
    )
}
