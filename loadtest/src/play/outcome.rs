//! The reports of a run: a table, a file for machines, a page for people.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::figures::figures;
use super::options::Options;
use super::page;
use super::run::Finished;
use super::tally::Counts;
use crate::Fault;
use crate::report::Report;

/// What is reported.
pub(super) struct Outcome<'a> {
    pub(super) options: &'a Options,
    pub(super) result: Finished,
    /// What the database has after kills.
    pub(super) stored: Option<(i64, i64)>,
    /// Its version, if it is ours.
    pub(super) database: Option<String>,
}

impl Outcome<'_> {
    /// Prints the table and writes both files; whether everything held.
    ///
    /// # Errors
    /// When something cannot be written.
    pub(super) fn publish(&self) -> Result<bool, Fault> {
        let report = self.report();
        std::io::stdout().write_all(report.table().as_bytes())?;
        let folder = match &self.options.report {
            Some(folder) => folder.clone(),
            None => usual_folder()?,
        };
        std::fs::create_dir_all(&folder)?;
        let moment = jiff::Timestamp::now().strftime("%Y-%m-%dT%H%M%SZ");
        let name = format!("{moment}-{}", self.options.profile.name());
        let (raw, html) = (
            folder.join(&name).with_extension("json"),
            format!("{name}.html"),
        );
        report.write(&raw)?;
        let html = folder.join(html);
        std::fs::write(&html, page::page(&report, &self.result))?;
        let mut out = std::io::stdout();
        writeln!(out, "page: {}\nraw: {}", html.display(), raw.display())?;
        if self.options.keep.is_some() {
            writeln!(out, "kept: {}", report.keep()?.display())?;
        }
        Ok(report.holds())
    }

    fn report(&self) -> Report {
        let (options, result) = (self.options, &self.result);
        let figures = figures(options.profile, result, self.stored);
        let what = match (&options.keep, options.kills) {
            (Some(name), _) => name.clone(),
            (None, false) => format!("play-{}", options.profile.name()),
            (None, true) => format!("play-{}-kills", options.profile.name()),
        };
        let database = self.database.clone();
        let database = database.map_or("not told".into(), |version| {
            format!("PostgreSQL {version}, started for the run, fsync on, on the same machine")
        });
        let build = if cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        };
        let plan = &result.setting.plan;
        Report::new(&what, &command(), figures, self.raw())
            .under("server", format!("http://{}", result.setting.address))
            .under("database", database)
            .under("build of the players", build)
            .under(
                "arrivals",
                format!(
                    "open: a Poisson process of about {:.0} deeds in {:.0} s, seed {}",
                    plan.deeds(),
                    plan.time().as_secs_f64(),
                    result.setting.seed
                ),
            )
            .under("weights", result.setting.weights.said())
            .under(
                "played to its end",
                if result.is_whole {
                    "yes"
                } else {
                    "no, it was ended early"
                },
            )
    }

    fn raw(&self) -> Value {
        let result = &self.result;
        let sockets = &result.sockets;
        json!({
            "profile": self.options.profile,
            "plan": result.setting.plan,
            "seconds": result.seconds,
            "is_whole": result.is_whole,
            "deeds": deeds(&result.counts),
            "errors": result.counts.errors,
            "deliveries": sockets.events,
            "push": {"p50_ms": result.seen.push.ms(0.5), "p99_ms": result.seen.push.ms(0.99),
                "max_ms": result.seen.push.ms(1.0)},
            "socket_ends": sockets.ends,
            "agreement": result.agreement,
            "kills": result.kills,
            "rows": result.seen.rows,
        })
    }
}

/// Every kind of deed with its figures.
pub(super) fn deeds(counts: &Counts) -> Vec<Value> {
    let kinds = counts.kinds.iter().map(|(name, kind)| {
        json!({"deed": name, "count": kind.times.count(), "errors": kind.errors,
            "p50_ms": kind.times.ms(0.5), "p95_ms": kind.times.ms(0.95),
            "p99_ms": kind.times.ms(0.99), "max_ms": kind.times.ms(1.0)})
    });
    kinds.collect()
}

/// How it was called, without what nobody else may know.
fn command() -> String {
    let secret = ["--admin", "--officer", "--api-key"];
    let mut words = Vec::new();
    let mut is_secret = false;
    for word in std::env::args().skip(1) {
        let name = word.split('=').next().unwrap_or_default();
        if std::mem::replace(&mut is_secret, false) {
            words.push("…".to_owned());
        } else if secret.contains(&name) {
            is_secret = !word.contains('=');
            words.push(if is_secret {
                word
            } else {
                format!("{name}=…")
            });
        } else {
            words.push(word);
        }
    }
    format!("redress-loadtest {}", words.join(" "))
}

/// `target/loadtest/reports`, beside the program.
fn usual_folder() -> Result<PathBuf, Fault> {
    let own = std::env::current_exe()?;
    let target = own.ancestors().nth(2).map(Path::to_owned);
    Ok(target.ok_or("no target folder")?.join("loadtest/reports"))
}
