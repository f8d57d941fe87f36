//! Reaches the private PostgreSQL of a server that runs already: for the subcommands that an
//! operator calls beside it.

use std::path::Path;

use super::location::home_of;
use super::{PORT, ROLE};

/// How to connect to the PostgreSQL that runs for `data_dir`; `None` when none does.
///
/// PostgreSQL itself says where its socket is: the fifth line of `postmaster.pid`
/// (its documentation, "Database File Layout").
pub fn running(data_dir: &Path) -> Option<tokio_postgres::Config> {
    let pid_file = home_of(data_dir)?.join("postgres").join("postmaster.pid");
    let text = std::fs::read_to_string(pid_file).ok()?;
    let socket = text.lines().nth(4).filter(|line| !line.is_empty())?;
    let mut config = tokio_postgres::Config::new();
    config.host_path(socket).port(PORT).user(ROLE).dbname(ROLE);
    Some(config)
}
