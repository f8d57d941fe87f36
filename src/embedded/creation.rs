//! Creates the cluster: all or nothing.
//!
//! It is made in a folder beside its place, with role and database, and renamed when it is complete
//! and on the disk. A crash on the way leaves a draft that the next start removes.

use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rustix::process::Signal;
use uuid::Uuid;

use super::account::Account;
use super::child::end_with_us;
use super::error::EmbeddedError;
use super::installation::Installation;
use super::preparation::Progress;
use super::{ROLE, SUPERUSER, settings};

const DRAFT: &str = "postgres.new-";
/// A new cluster takes 60 MB (PostgreSQL 15); the rest is room for the first log segments.
const NEEDED_MB: u64 = 150;
/// Tried in order: letters beyond ASCII are compared right, but not every system has the locale.
const LOCALES: [&[&str]; 3] = [
    &["--locale=C.UTF-8"],
    &["--locale=C", "--lc-ctype=en_US.UTF-8"],
    &["--locale=C"],
];
/// Where one `syncfs` can flush it all at the end, nothing is flushed on the way.
const FLUSH_ONCE: bool = cfg!(target_os = "linux");

/// The version that made the cluster; `None` when there is none yet.
pub(super) fn version_of(cluster: &Path) -> Result<Option<u32>, EmbeddedError> {
    let file = cluster.join("PG_VERSION");
    match fs::read_to_string(&file) {
        Ok(text) => {
            text.trim()
                .parse()
                .map(Some)
                .map_err(|_not_a_number| EmbeddedError::NotACluster {
                    path: cluster.to_owned(),
                })
        }
        Err(error) if error.kind() == ErrorKind::NotFound && !cluster.exists() => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(EmbeddedError::NotACluster {
            path: cluster.to_owned(),
        }),
        Err(source) => Err(EmbeddedError::folder("read", file)(source)),
    }
}

/// Makes the cluster with our role and database in it.
pub(super) fn create(
    cluster: &Path,
    account: &Account,
    installation: &Installation,
    progress: &Progress,
) -> Result<(), EmbeddedError> {
    let home = cluster.parent().unwrap_or(Path::new("/"));
    check_room(home)?;
    progress.report(format!(
        "creating the private PostgreSQL {} cluster in {}",
        installation.major,
        cluster.display()
    ));
    let draft = home.join(format!("{DRAFT}{}", Uuid::new_v4().simple()));
    let made = fill(&draft, account, installation).and_then(|()| publish(&draft, cluster));
    if made.is_err() {
        remove_drafts(home);
    }
    made
}

/// Removes drafts of creations that were cut short; our lock says that nobody else is at it.
pub(super) fn remove_drafts(home: &Path) {
    let Ok(entries) = fs::read_dir(home) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(DRAFT) {
            // What cannot be removed only takes room until the next start: each draft has its own name.
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}

fn check_room(home: &Path) -> Result<(), EmbeddedError> {
    let disk = rustix::fs::statvfs(home)
        .map_err(|errno| EmbeddedError::folder("ask for the free space of", home)(errno.into()))?;
    let free_mb = disk.f_bavail.saturating_mul(disk.f_frsize) >> 20;
    if free_mb >= NEEDED_MB {
        return Ok(());
    }
    Err(EmbeddedError::DiskFull {
        folder: home.to_owned(),
        free_mb,
        needed_mb: NEEDED_MB,
    })
}

fn fill(draft: &Path, account: &Account, installation: &Installation) -> Result<(), EmbeddedError> {
    DirBuilder::new()
        .mode(0o700)
        .create(draft)
        .map_err(EmbeddedError::folder("create", draft))?;
    if let Some((user, group)) = account.owner() {
        std::os::unix::fs::lchown(draft, Some(user), Some(group))
            .map_err(EmbeddedError::folder("change the owner of", draft))?;
    }
    initialise(draft, account, installation)?;
    settings::append_initial(draft, compression(draft, account, installation))?;
    make_role_and_database(draft, account, installation)
}

fn initialise(
    draft: &Path,
    account: &Account,
    installation: &Installation,
) -> Result<(), EmbeddedError> {
    let mut complaint = String::new();
    for locale in LOCALES {
        let mut initdb = account.command(&installation.initdb);
        initdb.arg("-D").arg(draft).args(locale).args([
            "--encoding=UTF8",
            "--auth=peer",
            "--data-checksums",
            "--no-instructions",
        ]);
        initdb.arg(format!("--username={SUPERUSER}"));
        if FLUSH_ONCE {
            initdb.arg("--no-sync");
        }
        end_with_us(&mut initdb, Signal::TERM);
        let output = initdb.output().map_err(cannot_run("initdb"))?;
        if output.status.success() {
            return Ok(());
        }
        complaint = last_lines(&output);
        if !complaint.contains("locale") {
            break;
        }
    }
    Err(EmbeddedError::NotCreated {
        program: "initdb",
        cluster: draft.to_owned(),
        output: complaint,
    })
}

/// How a new cluster's log is compressed: LZ4 takes the least of the processor, but was not built into every PostgreSQL,
/// nor known before 15.
fn compression(draft: &Path, account: &Account, installation: &Installation) -> &'static str {
    let mut command = account.command(&installation.postgres);
    // Reads the settings, says the one, and ends.
    command.args(["-C", "wal_compression", "-c", "wal_compression=lz4", "-D"]);
    end_with_us(command.arg(draft), Signal::TERM);
    match command.output() {
        Ok(output) if output.status.success() => "lz4",
        Ok(_) | Err(_) => "on",
    }
}

/// In single-user mode: no socket, no password, and no role of ours is ever a superuser.
fn make_role_and_database(
    draft: &Path,
    account: &Account,
    installation: &Installation,
) -> Result<(), EmbeddedError> {
    let mut command = account.command(&installation.postgres);
    command.args(["--single", "-c", "exit_on_error=true"]);
    if FLUSH_ONCE {
        command.args(["-c", "fsync=off"]);
    }
    command.arg("-D").arg(draft).arg("postgres");
    let statements = format!(
        "CREATE ROLE {ROLE} LOGIN\nCREATE DATABASE {ROLE} OWNER {ROLE} TEMPLATE template0\n"
    );
    end_with_us(&mut command, Signal::TERM);
    let output = feed(command, &statements).map_err(cannot_run("postgres --single"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(EmbeddedError::NotCreated {
        program: "postgres --single",
        cluster: draft.to_owned(),
        output: last_lines(&output),
    })
}

fn feed(mut command: Command, input: &str) -> std::io::Result<Output> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ended before it read all says why on its other streams.
        stdin.write_all(input.as_bytes()).ok();
    }
    child.wait_with_output()
}

/// Flushes the draft, then gives it its name, then flushes the name.
fn publish(draft: &Path, cluster: &Path) -> Result<(), EmbeddedError> {
    let home = cluster.parent().unwrap_or(Path::new("/"));
    let parent = File::open(home).map_err(EmbeddedError::folder("open", home))?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&parent)
        .map_err(|errno| EmbeddedError::folder("write to the disk of", home)(errno.into()))?;
    fs::rename(draft, cluster).map_err(EmbeddedError::folder("rename", draft))?;
    parent
        .sync_all()
        .map_err(EmbeddedError::folder("write to the disk of", home))
}

fn cannot_run(program: &'static str) -> impl FnOnce(std::io::Error) -> EmbeddedError {
    move |source| EmbeddedError::CannotRun {
        program: program.to_owned(),
        source,
    }
}

/// The end of what a program printed, on one line.
fn last_lines(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let text = String::from_utf8_lossy(&both);
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let end = lines.split_off(lines.len().saturating_sub(4));
    end.join(" | ")
}
