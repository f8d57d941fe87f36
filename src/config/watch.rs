//! The settings of `redress watch`, which runs beside a server or far from it.

use std::path::PathBuf;

use clap::Args;

/// What `redress watch` needs: whom to watch as, where, and how to show it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Watch")]
pub struct WatchSettings {
    /// Region to watch; give it several times for several regions
    #[arg(long = "region", required = true, value_name = "REGION")]
    pub regions: Vec<String>,
    /// Address of the server; default: the one in demo.json, otherwise http://127.0.0.1:8080
    #[arg(long, env = "REDRESS_URL", value_name = "URL")]
    pub url: Option<String>,
    /// E-mail address to sign in with
    #[arg(
        long,
        env = "REDRESS_EMAIL",
        value_name = "ADDRESS",
        requires = "password"
    )]
    pub email: Option<String>,
    /// Password to sign in with; better in the environment, where other users do not see it
    #[arg(
        long,
        env = "REDRESS_PASSWORD",
        value_name = "PASSWORD",
        hide_env_values = true
    )]
    pub password: Option<String>,
    /// Access token to use; goes before all other ways to sign in, and watching ends when it expires
    #[arg(
        long,
        env = "REDRESS_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub token: Option<String>,
    /// Sign in as the demo's officer of the regions (else its admin); default: demo.json in the data folder
    #[arg(long, env = "DEMO_FILE", value_name = "FILE")]
    pub demo_file: Option<PathBuf>,
    /// Folder in which demo.json is looked for
    #[arg(
        long,
        env = "DATA_DIR",
        default_value = "./data",
        value_name = "FOLDER"
    )]
    pub data_dir: PathBuf,
    /// Print each event as the JSON object that the server sent, one a line
    #[arg(long)]
    pub json: bool,
    /// Go on after this event, as shown when watching ended (with one --region only)
    #[arg(long, value_name = "EPOCH:SEQ", value_parser = since)]
    pub since: Option<Since>,
    /// Do not show the open complaints first; start with what happens from now on
    #[arg(long)]
    pub no_snapshot: bool,
    /// Only complaints of this category; give it several times, or separate them by commas
    #[arg(long = "category", value_delimiter = ',', value_name = "CATEGORY")]
    pub categories: Vec<String>,
    /// Only complaints that matter at least so much
    #[arg(long, value_name = "SEVERITY", value_parser = ["low", "medium", "high", "critical"])]
    pub min_severity: Option<String>,
    /// Only complaints of the account that watches
    #[arg(long)]
    pub assigned_to_me: bool,
    /// Show who is online, who comes and goes, and who is on the way to which complaint
    #[arg(long)]
    pub presence: bool,
    /// End after so many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
}

/// A place in the event log of a region: the epoch of its database and the last event seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// Names one history of one database.
    pub epoch: String,
    /// The last event seen; 0: none.
    pub seq: i64,
}

fn since(text: &str) -> Result<Since, String> {
    text.rsplit_once(':')
        .and_then(|(epoch, seq)| Some((epoch, seq.parse().ok()?)))
        .filter(|(epoch, seq)| !epoch.is_empty() && *seq >= 0)
        .map(|(epoch, seq)| Since {
            epoch: epoch.to_owned(),
            seq,
        })
        .ok_or_else(|| "expected an epoch and a number, such as 7c1e:4711".to_owned())
}
