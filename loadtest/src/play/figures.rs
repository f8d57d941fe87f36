//! What a run comes to, beside what must hold.

use super::kills::Victim;
use super::observer::Row;
use super::profile::Profile;
use super::run::Finished;
use super::slope::{Slope, longest_stretch};
use crate::report::{Figure, Target};

/// What a process may grow in an hour on its plateau, for a thousand sockets.
const GROWTH_MOST: f64 = 1.0;
/// Seconds of one process below which growth says nothing.
const STRETCH_LEAST: f64 = 600.0;

/// The lines of the table.
pub(super) fn figures(
    profile: Profile,
    finished: &Finished,
    stored: Option<(i64, i64)>,
) -> Vec<Figure> {
    let mut figures = deeds(finished);
    figures.extend(pushes(profile, finished));
    figures.extend(used(finished));
    figures.extend(agreement(finished));
    figures.extend(outages(finished, stored));
    figures.extend(growth(finished));
    figures
}

fn deeds(finished: &Finished) -> Vec<Figure> {
    let (counts, must) = (&finished.counts, finished.setting.plan.thresholds);
    let ended = counts.all.count();
    let times = format!(
        "p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms; sent later than planned: p99 {:.1} ms",
        counts.all.ms(0.5),
        counts.all.ms(0.99),
        counts.all.ms(1.0),
        counts.lateness.ms(0.99)
    );
    vec![
        Figure::new(
            "deeds",
            ended as f64 / finished.seconds,
            "a second",
            Target::None,
            format!("{ended} in {:.0} s", finished.seconds),
        ),
        Figure::new(
            "deeds that failed",
            counts.error_rate() * 100.0,
            "%",
            Target::AtMost(must.max_error_rate * 100.0),
            format!("{} of {ended}", counts.failed),
        ),
        Figure::new(
            "p95 of the deeds, from their planned moment",
            counts.all.ms(0.95),
            "ms",
            Target::AtMost(must.max_p95_ms),
            times,
        ),
    ]
}

fn pushes(profile: Profile, finished: &Finished) -> Vec<Figure> {
    let (push, sockets) = (&finished.seen.push, &finished.sockets);
    let times = format!(
        "p50 {:.1} ms, max {:.1} ms; {} deliveries to {} sockets, {} of them caught up on",
        push.ms(0.5),
        push.ms(1.0),
        sockets.events,
        finished.setting.plan.sockets,
        sockets.caught_up
    );
    let ends: Vec<String> = sockets
        .ends
        .iter()
        .map(|(how, count)| format!("{how}: {count}"))
        .collect();
    let may_end = !finished.kills.is_empty() || matches!(profile, Profile::Stress | Profile::Spike);
    let target = if may_end {
        Target::None
    } else {
        Target::AtMost(0.0)
    };
    let none = Target::AtMost(0.0);
    let must = finished.setting.plan.thresholds.max_push_p99_ms;
    vec![
        Figure::new(
            "event to socket, p99",
            push.ms(0.99),
            "ms",
            Target::AtMost(must),
            times,
        ),
        Figure::new(
            "events that are missing, double or out of turn",
            sockets.out_of_turn as f64,
            "",
            none,
            String::new(),
        ),
        Figure::new(
            "sockets that ended",
            sockets.ends.iter().map(|(_, count)| *count).sum::<u64>() as f64,
            "",
            target,
            ends.join(", "),
        ),
    ]
}

fn used(finished: &Finished) -> Vec<Figure> {
    let rows = &finished.seen.rows;
    let mean = |values: Vec<f64>| {
        if values.is_empty() {
            return 0.0;
        }
        values.iter().sum::<f64>() / values.len() as f64
    };
    let server = mean(rows.iter().filter_map(|row| row.server_cpu).collect());
    let database = mean(rows.iter().filter_map(|row| row.database_cpu).collect());
    let client = mean(rows.iter().filter_map(|row| row.client_cpu).collect());
    let most = rows
        .iter()
        .filter_map(|row| row.server_bytes)
        .max()
        .unwrap_or(0);
    vec![
        Figure::new(
            "CPU of the server",
            server * 100.0,
            "% of a core",
            Target::None,
            format!(
                "PostgreSQL {:.0} %, players {:.0} %",
                database * 100.0,
                client * 100.0
            ),
        ),
        Figure::new(
            "memory of the server at most",
            most as f64 / 1_048_576.0,
            "MiB",
            Target::None,
            String::new(),
        ),
    ]
}

fn agreement(finished: &Finished) -> Option<Figure> {
    let lines = finished.agreement.as_ref()?;
    let differing: Vec<String> = lines
        .iter()
        .filter(|line| !line.agrees)
        .map(|line| format!("{} {} for {}", line.series, line.counted, line.played))
        .collect();
    let from = format!("of {} compared {}", lines.len(), differing.join("; "));
    let count = differing.len() as f64;
    let what = "series that count otherwise than the players";
    Some(Figure::new(
        what,
        count,
        "",
        Target::AtMost(0.0),
        from.trim().into(),
    ))
}

fn outages(finished: &Finished, stored: Option<(i64, i64)>) -> Vec<Figure> {
    let Some((complaints, gaps)) = stored else {
        return Vec::new();
    };
    let (known, counts) = (&finished.counts.known, &finished.counts);
    let answered = known.submitted.values().sum::<u64>() as i64;
    let most = answered + known.unanswered_submissions as i64;
    let missing = (answered - complaints).max(0);
    let extra = (complaints - most).max(0);
    let from = format!(
        "{complaints} stored, {answered} answered, {} unanswered",
        known.unanswered_submissions
    );
    let away = |victim| {
        let those = finished
            .kills
            .iter()
            .filter(move |kill| kill.victim == victim);
        those.map(|kill| kill.away_s).fold(0.0, f64::max)
    };
    let kills = format!(
        "{} kills; server away {:.1} s at most, database {:.1} s; {} of {} deeds failed meanwhile",
        finished.kills.len(),
        away(Victim::Server),
        away(Victim::Database),
        counts.failed_in_outages,
        counts.in_outages
    );
    let none = Target::AtMost(0.0);
    vec![
        Figure::new(
            "complaints lost or double",
            (missing + extra) as f64,
            "",
            none,
            from,
        ),
        Figure::new(
            "regions whose events have gaps",
            gaps as f64,
            "",
            none,
            kills,
        ),
        Figure::new(
            "sockets that came back elsewhere than they were",
            finished.sockets.not_resumed as f64,
            "",
            none,
            format!("{} came back", finished.sockets.reopened),
        ),
    ]
}

/// Growth of the longest stretch of one process, when it is long enough to say anything: of its anonymous memory, and of
/// what of that the program holds. The rest is the allocator's.
fn growth(finished: &Finished) -> Vec<Figure> {
    let own = grown(finished, |row| row.server_own_bytes);
    let held = grown(finished, |row| row.server_held_bytes);
    let figures = [
        (
            "growth of the server's memory on its plateau, for 1000 sockets",
            "anonymous memory",
            Target::AtMost(GROWTH_MOST),
            own,
        ),
        (
            "growth of what the program holds of it",
            "what is allocated",
            Target::None,
            held,
        ),
    ];
    let told = figures.into_iter().filter_map(|(question, of, target, slope)| {
        let (slope, length) = slope?;
        let sockets = finished.setting.plan.sockets;
        let from = format!(
            "least squares over the last {:.0} s of {length:.0} s of one process ({} minutes, the least of each: {of}): \
             {:.2} ± {:.2} MB an hour, {sockets} sockets; {} complaints open at the end",
            slope.seconds,
            slope.samples,
            slope.mb_per_hour,
            2.0 * slope.error,
            finished.open
        );
        let growth = slope.mb_per_hour * 1000.0 / sockets as f64;
        Some(Figure::new(question, growth, "MB/h", target, from))
    });
    told.collect()
}

/// The slope of one reading, and the seconds of the stretch that it is of.
fn grown(finished: &Finished, reading: fn(&Row) -> Option<u64>) -> Option<(Slope, f64)> {
    let rows = finished.seen.rows.iter();
    let samples: Vec<_> = rows
        .filter_map(|row| Some((row.server_pid?, row.at, reading(row)? as f64)))
        .collect();
    let stretch = longest_stretch(&samples);
    let length = stretch.last()?.0 - stretch.first()?.0;
    if length < STRETCH_LEAST || finished.setting.plan.sockets == 0 {
        return None;
    }
    Some((Slope::after_plateau(&stretch)?, length))
}
