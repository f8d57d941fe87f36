//! PostgreSQL's settings: what must hold at each start, what a new cluster begins with, and who
//! may connect.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use super::account::Account;
use super::error::EmbeddedError;
use super::folder::replace_file;
use super::memory;
use super::{PORT, ROLE, SUPERUSER};

/// Appended to a new cluster's `postgresql.conf`, the operator's to change, beside what depends on the
/// machine ([`for_memory`]).
const INITIAL: &str = "
# Redress: the beginning for a small server. Yours to change; takes effect at the next start.
max_connections = 200
random_page_cost = 1.1
jit = off
wal_buffers = 16MB
# What was written is used again: a new file of the log holds up every commit for some ten milliseconds.
min_wal_size = 1GB
max_wal_size = 2GB
checkpoint_timeout = 15min
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
# DETAIL lines quote rows: personal data does not belong in a log.
log_error_verbosity = terse
";

/// Over the Unix socket only, and only the system's users that `pg_ident.conf` names.
const ACCESS: &str = "# Written by Redress at each start.
local all all peer map=redress
";

/// The settings for so many MiB of memory, or for an unknown amount. A quarter of it is PostgreSQL's own,
/// up to where the indexes of a million complaints fit; the machine is shared with the application.
fn for_memory(mib: Option<u64>) -> String {
    let buffers = mib.map_or(256, |mib| (mib / 4).clamp(128, 2048));
    let cached = mib.map_or(1024, |mib| (mib / 2).max(256));
    format!("shared_buffers = {buffers}MB\neffective_cache_size = {cached}MB\n")
}

/// Appends [`INITIAL`] to a cluster that nobody else knows of yet; its log is compressed in this way.
pub(super) fn append_initial(cluster: &Path, compression: &str) -> Result<(), EmbeddedError> {
    let path = cluster.join("postgresql.conf");
    let memory = for_memory(memory::mib());
    let settings = format!("{INITIAL}wal_compression = {compression}\n{memory}");
    OpenOptions::new()
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(settings.as_bytes()))
        .map_err(EmbeddedError::folder("write", path))
}

/// Lets in the account of the database and the user we run as, which may be root.
pub(super) fn write_access_rules(
    cluster: &Path,
    account: &Account,
    us: &Account,
) -> Result<(), EmbeddedError> {
    let mut users = vec![&account.name];
    if us != account {
        users.push(&us.name);
    }
    let mut map = String::from("# Written by Redress at each start: map, system user, role.\n");
    for user in users {
        for role in [ROLE, SUPERUSER] {
            map.push_str(&format!("redress \"{user}\" {role}\n"));
        }
    }
    replace_file(&cluster.join("pg_hba.conf"), ACCESS, account.owner())?;
    replace_file(&cluster.join("pg_ident.conf"), &map, account.owner())
}

/// What no configuration file may undo: on the command line, which wins over all files.
pub(super) fn fixed(socket_folder: &Path) -> Vec<OsString> {
    let mut settings: Vec<OsString> = [
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "fsync=on",
        "full_page_writes=on",
        "logging_collector=off",
        "log_destination=stderr",
        "cluster_name=redress",
    ]
    .map(OsString::from)
    .into();
    settings.push(format!("port={PORT}").into());
    settings.push(socket_setting(socket_folder));
    settings
}

/// The setting is a list: quotes keep a comma in the path from dividing it.
fn socket_setting(folder: &Path) -> OsString {
    let mut value = b"unix_socket_directories=\"".to_vec();
    for &byte in folder.as_os_str().as_bytes() {
        if byte == b'"' {
            value.push(byte);
        }
        value.push(byte);
    }
    value.push(b'"');
    OsString::from_vec(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn socket_folder_is_quoted_as_one_entry() {
        assert_eq!(
            socket_setting(Path::new("/a,b/\"c\"")),
            OsString::from("unix_socket_directories=\"/a,b/\"\"c\"\"\"")
        );
    }

    #[test]
    fn a_quarter_of_the_memory_is_postgresqls_within_bounds() {
        for (mib, buffers) in [
            (None, 256),
            (Some(256), 128),
            (Some(2048), 512),
            (Some(65_536), 2048),
        ] {
            let settings = for_memory(mib);
            assert!(
                settings.contains(&format!("shared_buffers = {buffers}MB\n")),
                "{mib:?}"
            );
        }
    }
}
