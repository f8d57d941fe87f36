//! What a caller may choose, and within which bounds.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use redress::demo::DemoFile;

use super::cast::Credentials;
use super::deed::Weights;
use super::profile::{Plan, Profile};
use super::target;
use crate::Fault;

/// Most of everything: a slip of the finger must not keep a machine busy for days.
const RATE_MOST: f64 = 20_000.0;
const SECONDS_MOST: f64 = 86_400.0;
const DEEDS_MOST: f64 = 20_000_000.0;
const SOCKETS_MOST: usize = 50_000;

/// What is played, where, and what must hold.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The server, such as http://127.0.0.1:8080. Without it one is started for the run: this
    /// program's neighbour `redress`, with a PostgreSQL of its own and demonstration data
    #[arg(long)]
    pub(super) url: Option<String>,
    /// Let the server be elsewhere than on this machine's loopback
    #[arg(long)]
    anywhere: bool,
    #[command(flatten)]
    pub(super) credentials: Credentials,
    /// The shape of the run
    #[arg(long, value_enum, default_value = "normal")]
    pub(super) profile: Profile,
    /// Deeds a second at most, in place of the profile's
    #[arg(long)]
    rate: Option<f64>,
    /// How long it takes in all, in place of the profile's
    #[arg(long)]
    seconds: Option<f64>,
    /// Seconds until the rate is reached [default: a twelfth of all]
    #[arg(long)]
    ramp: Option<f64>,
    /// Sockets of officers that are held open, in place of the profile's
    #[arg(long)]
    sockets: Option<usize>,
    /// What is done how often, in place of the usual: submit=40,photo=0
    #[arg(long, default_value = "")]
    weights: String,
    /// From which the timetable and all that is random comes
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Kill the server and its PostgreSQL in between, six times, and start them again (only those
    /// that were started for the run)
    #[arg(long)]
    pub(super) kills: bool,
    /// Share of the deeds that may fail, in place of the profile's
    #[arg(long)]
    max_error_rate: Option<f64>,
    /// Within which 95 % of the deeds must be done
    #[arg(long)]
    max_p95_ms: Option<f64>,
    /// Within which 99 % of the events must reach a socket, from the event's own time on
    #[arg(long)]
    max_push_p99_ms: Option<f64>,
    /// Where the reports go [default: target/loadtest/reports]
    #[arg(long, value_name = "FOLDER")]
    pub(super) report: Option<PathBuf>,
    /// Keep the raw result as loadtest/results/DATE-NAME.json, such as play-photos, for the model
    #[arg(long, value_name = "NAME")]
    pub(super) keep: Option<String>,
    /// Folder below target/loadtest of the server that is started: one run at a time has it
    #[arg(long, default_value = "play", hide = true)]
    pub(super) stage: String,
}

impl Options {
    /// The profile with the caller's figures.
    ///
    /// # Errors
    /// Which figure is out of bounds.
    pub(super) fn plan(&self) -> Result<Plan, Fault> {
        let within = |name: &str, value: Option<f64>, most: f64| match value {
            Some(value) if !(value > 0.0 && value <= most) => {
                Err(format!("--{name} is more than 0 and at most {most}"))
            }
            Some(_) | None => Ok(()),
        };
        within("rate", self.rate, RATE_MOST)?;
        within("seconds", self.seconds, SECONDS_MOST)?;
        within("ramp", self.ramp.filter(|ramp| *ramp != 0.0), SECONDS_MOST)?;
        if self.kills && (self.url.is_some() || self.is_there()) {
            return Err(
                "--kills is for the server that is started for the run: leave --url out".into(),
            );
        }
        let mut plan = self.profile.plan(self.rate, self.seconds, self.ramp);
        let deeds = plan.deeds();
        if deeds > DEEDS_MOST {
            return Err(
                format!("{deeds:.0} deeds are planned; {DEEDS_MOST:.0} is the most").into(),
            );
        }
        plan.sockets = self.sockets.unwrap_or(plan.sockets);
        if plan.sockets > SOCKETS_MOST {
            return Err(format!("--sockets is at most {SOCKETS_MOST}").into());
        }
        let own = &mut plan.thresholds;
        own.max_error_rate = self.max_error_rate.unwrap_or(own.max_error_rate);
        own.max_p95_ms = self.max_p95_ms.unwrap_or(own.max_p95_ms);
        own.max_push_p99_ms = self.max_push_p99_ms.unwrap_or(own.max_push_p99_ms);
        Ok(plan)
    }

    /// The weights.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn weights(&self) -> Result<Weights, Fault> {
        Ok(Weights::default().changed(&self.weights)?)
    }

    /// Whether a server is there already: credentials are given.
    pub(super) fn is_there(&self) -> bool {
        self.credentials.are_given()
    }

    /// Where it is.
    ///
    /// # Errors
    /// When it is nowhere, or elsewhere.
    pub(super) fn address(&self, demo: &DemoFile) -> Result<SocketAddr, Fault> {
        let url = self.url.as_deref().unwrap_or(&demo.base_url);
        target::address(url, self.anywhere)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn options(line: &str) -> Options {
        let words = std::iter::once("play").chain(line.split_whitespace());
        Line::parse_from(words).options
    }

    #[test]
    fn a_callers_figures_are_used() {
        let plan = options("--rate 7 --seconds 3 --sockets 2 --max-p95-ms 9")
            .plan()
            .unwrap();
        assert_eq!((plan.sockets, plan.thresholds.max_p95_ms), (2, 9.0));
        assert_eq!(plan.time().as_secs(), 3);
        let usual = options("").plan().unwrap();
        assert_eq!(usual, Profile::Normal.plan(None, None, None));
    }

    #[test]
    fn what_is_out_of_bounds_is_refused() {
        for (line, word) in [
            ("--rate 0", "--rate"),
            ("--rate nan", "--rate"),
            ("--rate 1e9", "--rate"),
            ("--seconds 1e9", "--seconds"),
            ("--rate 20000 --seconds 80000", "deeds"),
            ("--sockets 1000000", "--sockets"),
            ("--kills --url http://127.0.0.1:1", "--kills"),
        ] {
            let error = options(line).plan().unwrap_err().to_string();
            assert!(error.contains(word), "{line}: {error}");
        }
        assert!(options("--weights fly=1").weights().is_err());
    }
}
