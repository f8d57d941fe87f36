//! Plays the users of a server: residents, officers, an admin and a scraper, by a timetable that does not
//! wait for answers; and says at the end whether the server kept what was asked of it.

mod agreement;
mod caseload;
mod cast;
mod chart;
mod deed;
mod figures;
mod histogram;
mod interrupt;
mod kills;
mod observer;
mod options;
mod outcome;
mod page;
mod pass;
mod photo;
mod players;
mod profile;
mod progress;
mod requests;
mod run;
mod scrape;
mod slope;
mod sockets;
mod started;
mod tally;
mod target;
mod timetable;

use redress::demo::DemoFile;

use crate::cores::open_files;
use crate::{Fault, say};
use interrupt::Interrupt;
pub(crate) use options::Options;
use outcome::Outcome;
use run::{Setting, run};
use started::Started;

/// Files of this process beside its sockets.
const OTHER_FILES: usize = 2_000;

/// Plays, and writes the reports; whether everything held.
///
/// # Errors
/// When nothing can be played, or a report cannot be written.
pub(crate) async fn play(options: &Options) -> Result<bool, Fault> {
    let plan = options.plan()?;
    let weights = options.weights()?;
    open_files(plan.sockets + OTHER_FILES)?;
    let interrupt = Interrupt::listen()?;
    let (started, demo) = interrupt.unless(stage(options)).await?;
    let address = match &started {
        Some(started) => started.address(),
        None => options.address(&demo)?,
    };
    let database = match &started {
        Some(started) => Some(started.database_version().await?),
        None => None,
    };
    say(&format!(
        "{}: {:.0} s, about {:.0} deeds, {} sockets, on http://{address}; Ctrl-C ends it early",
        options.profile.name(),
        plan.time().as_secs_f64(),
        plan.deeds(),
        plan.sockets
    ));
    let setting = Setting {
        address,
        demo,
        plan,
        weights,
        seed: options.seed,
        with_kills: options.kills,
        interrupt,
    };
    let (mut started, result) = run(setting, started).await;
    let stored = match &mut started {
        Some(started) if options.kills => Some(started.stored().await),
        Some(_) | None => None,
    };
    if let Some(started) = started {
        started.end().await?;
    }
    let outcome = Outcome {
        options,
        result: result?,
        stored: stored.transpose()?,
        database,
    };
    outcome.publish()
}

/// A server of our own, unless there is one already; and who may play.
async fn stage(options: &Options) -> Result<(Option<Started>, DemoFile), Fault> {
    if options.url.is_some() || options.is_there() {
        return Ok((None, options.credentials.read()?));
    }
    say("starting PostgreSQL and a server with demonstration data");
    let started = Started::begin(&options.stage).await?;
    let demo = cast::checked(started.demo()?)?;
    Ok((Some(started), demo))
}
