//! The system account PostgreSQL runs as: our own, or an unprivileged one when we are root.
//!
//! Names come from the `id` program, which knows every source of users the system has.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::EmbeddedError;

/// In order of preference. `nobody` comes last: other services may run under it too.
const UNPRIVILEGED: [&str; 4] = ["postgres", "_postgres", "redress", "nobody"];
/// Variables of the caller that would redirect PostgreSQL's programs.
const MISLEADING: [&str; 7] = [
    "PGDATA",
    "PGPORT",
    "PGHOST",
    "PGUSER",
    "PGDATABASE",
    "PGOPTIONS",
    "PG_COLOR",
];

/// A user of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) user: u32,
    pub(super) group: u32,
}

impl Account {
    /// The user we run as.
    pub(super) fn of_this_process() -> Result<Self, EmbeddedError> {
        let user = rustix::process::geteuid().as_raw();
        Self::of_user(user, rustix::process::getegid().as_raw())
    }

    /// The account with this id. Another one than ours can only be asked for by root.
    pub(super) fn of_user(user: u32, group: u32) -> Result<Self, EmbeddedError> {
        let mut unnamed = Self {
            name: String::new(),
            user,
            group,
        };
        let mut asking = unnamed.command("id");
        unnamed.name =
            answer(asking.arg("-un"))?.ok_or(EmbeddedError::NamelessUser { uid: user })?;
        Ok(unnamed)
    }

    /// The account PostgreSQL shall run as when we are root.
    pub(super) fn unprivileged() -> Result<Self, EmbeddedError> {
        for name in UNPRIVILEGED {
            if let Some(account) = Self::named(name)?
                && account.user != 0
            {
                return Ok(account);
            }
        }
        Err(EmbeddedError::NoAccount {
            tried: UNPRIVILEGED.join(", "),
        })
    }

    fn named(name: &str) -> Result<Option<Self>, EmbeddedError> {
        let ask = |what| answer(Command::new("id").args([what, name]));
        let (Some(user), Some(group)) = (ask("-u")?, ask("-g")?) else {
            return Ok(None);
        };
        let (Ok(user), Ok(group)) = (user.parse(), group.parse()) else {
            return Ok(None);
        };
        Ok(Some(Self {
            name: name.to_owned(),
            user,
            group,
        }))
    }

    /// A program to be run as this account, in `/`, untouched by the caller's PostgreSQL settings.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        if rustix::process::geteuid().as_raw() != self.user {
            // Also gives up root's supplementary groups.
            command.uid(self.user).gid(self.group);
        }
        for variable in MISLEADING {
            command.env_remove(variable);
        }
        // English, so that what it prints can be read; the cluster's locale is its own.
        command.env("LC_ALL", "C").current_dir("/");
        command.stdin(Stdio::null());
        command
    }

    /// Whether the account can get into the folder, tried rather than computed from modes.
    pub(super) fn can_enter(&self, folder: &Path) -> Result<bool, EmbeddedError> {
        let mut attempt = self.command("id");
        match attempt.current_dir(folder).output() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(false),
            Err(source) => Err(EmbeddedError::CannotRun {
                program: format!("id in {}", folder.display()),
                source,
            }),
        }
    }

    /// User and group for files that root makes for this account; `None` when they are ours anyway.
    pub(super) fn owner(&self) -> Option<(u32, u32)> {
        let is_us = rustix::process::geteuid().as_raw() == self.user;
        (!is_us).then_some((self.user, self.group))
    }
}

/// The one word a successful command prints; `None` when it fails.
fn answer(command: &mut Command) -> Result<Option<String>, EmbeddedError> {
    let output =
        command
            .stdin(Stdio::null())
            .output()
            .map_err(|source| EmbeddedError::CannotRun {
                program: "id".to_owned(),
                source,
            })?;
    let word = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok((output.status.success() && !word.is_empty()).then_some(word))
}
