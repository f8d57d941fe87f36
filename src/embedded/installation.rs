//! Finds PostgreSQL's server programs, which most systems keep out of `PATH`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::account::Account;
use super::error::EmbeddedError;

/// `initdb --no-instructions` and the life of supported versions begin here.
const OLDEST: u32 = 14;
/// Folder, prefix of a version's folder in it, and where the programs are below that:
/// Debian, RPM packages, Alpine, Homebrew on either processor, MacPorts, the macOS app.
const USUAL_PLACES: [(&str, &str, &str); 8] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/opt/local/lib", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ("/usr/local", "pgsql", "bin"),
];

/// The server programs of one PostgreSQL version, known to run under the account asked for.
#[derive(Clone, Debug)]
pub(super) struct Installation {
    pub(super) initdb: OsString,
    pub(super) postgres: OsString,
    pub(super) major: u32,
}

impl Installation {
    /// The one to make a new cluster with: from `PATH`, else the newest.
    pub(super) fn preferred(account: &Account) -> Result<Self, EmbeddedError> {
        let found = Self::all(account);
        found
            .into_iter()
            .next()
            .ok_or_else(|| EmbeddedError::NoPostgres {
                oldest: OLDEST,
                account: account.name.clone(),
                looked_in: USUAL_PLACES
                    .map(|(folder, prefix, _)| format!("{folder}/{prefix}*"))
                    .join(", "),
            })
    }

    /// The one that made the cluster: its files fit no other major version.
    pub(super) fn of_version(
        major: u32,
        cluster: &Path,
        account: &Account,
    ) -> Result<Self, EmbeddedError> {
        let found = Self::all(account);
        let installed: Vec<String> = found.iter().map(|one| one.major.to_string()).collect();
        found
            .into_iter()
            .find(|one| one.major == major)
            .ok_or_else(|| EmbeddedError::OtherVersion {
                cluster: cluster.to_owned(),
                found: major,
                installed: match installed.is_empty() {
                    true => "none".to_owned(),
                    false => installed.join(" and "),
                },
            })
    }

    /// All that work: `PATH` first, then newest first.
    fn all(account: &Account) -> Vec<Self> {
        let in_path = Self::probe(None, account);
        let mut elsewhere: Vec<Self> = candidate_folders()
            .iter()
            .filter_map(|folder| Self::probe(Some(folder), account))
            .collect();
        elsewhere.sort_by_key(|one| std::cmp::Reverse(one.major));
        in_path.into_iter().chain(elsewhere).collect()
    }

    /// The programs of a folder (or of `PATH`), if both run, agree and have their share files.
    fn probe(folder: Option<&Path>, account: &Account) -> Option<Self> {
        let program = |name: &str| match folder {
            Some(folder) => folder.join(name).into_os_string(),
            None => OsString::from(name),
        };
        let (initdb, postgres) = (program("initdb"), program("postgres"));
        let version = |program| printed(account.command(program).arg("--version"));
        let major = major_version(&version(&postgres)?)?;
        let agree = major_version(&version(&initdb)?)? == major;
        let complete = has_share_files(account.command(&initdb));
        (major >= OLDEST && agree && complete).then_some(Self {
            initdb,
            postgres,
            major,
        })
    }
}

fn candidate_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for (parent, prefix, programs) in USUAL_PLACES {
        // A place that is missing is one that this system does not have.
        let Ok(entries) = std::fs::read_dir(parent) else {
            continue;
        };
        folders.extend(
            entries
                .flatten()
                .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
                .map(|entry| entry.path().join(programs))
                .filter(|folder| folder.join("initdb").exists()),
        );
    }
    folders
}

/// Wrappers in `PATH` may come without the files that `initdb` makes a cluster from.
fn has_share_files(mut initdb: Command) -> bool {
    let Some(shown) = printed(initdb.args(["--show", "--pgdata=/nonexistent"])) else {
        return false;
    };
    shown
        .lines()
        .filter_map(|line| line.strip_prefix("share_path="))
        .any(|share| Path::new(share).join("postgres.bki").exists())
}

/// Both streams of a successful command.
fn printed(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let both = [output.stdout, output.stderr].concat();
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&both).into_owned())
}

/// 15 of "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 18 of "… 18beta1".
fn major_version(version_line: &str) -> Option<u32> {
    let (_, version) = version_line.split_once("(PostgreSQL) ")?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn major_version_is_read_from_what_the_programs_print() {
        let lines = [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", 15),
            ("initdb (PostgreSQL) 18beta1", 18),
            ("postgres (PostgreSQL) 9.6.24", 9),
        ];
        for (line, major) in lines {
            assert_eq!(major_version(line), Some(major), "{line}");
        }
        assert_eq!(major_version("postgres: command not found"), None);
    }
}
