//! SQL only: every function runs one statement of `sql/queries/<file>/<function>.sql` and maps its rows by name.
//!
//! Owns the connection pool. Knows no actor, no HTTP and no rule of the domain.
//! The functions of [`commit`] write complaints: `actors::commit_lane` alone may call them.

pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod catalogue;
pub mod claims;
pub mod comments;
pub mod commit;
pub mod complaints;
pub mod connect;
pub mod erasures;
pub mod events;
mod failures;
pub mod holds;
pub mod installation;
mod lineage;
pub mod lists;
pub mod logins;
pub mod migrate;
pub mod nodes;
pub mod photos;
mod pool;
pub mod presence;
pub mod reporters;
pub mod retention;
pub mod rules;
mod session;
pub mod snapshot;
pub mod stats;
pub mod timers;
pub mod words;

pub use failures::Failures;
pub use lineage::Lineage;
pub use pool::{Opener, Store};
pub use session::Session;

use std::time::Duration;

use thiserror::Error;

/// Why the database gave no answer.
#[derive(Debug, Error)]
pub enum StoreError {
    /// No connection could be had in time: the database is away or overloaded.
    #[error("no database connection: {0}")]
    Unavailable(String),
    /// The connection was lost while the statement ran: whether it took effect is unknown.
    #[error("the database connection was lost: {}", in_full(.0))]
    Lost(#[source] tokio_postgres::Error),
    /// The database did not answer in time: whether the statement took effect is unknown.
    #[error("the database gave no answer within {0:?}")]
    Silent(Duration),
    /// The database refused the statement.
    #[error("the database refused {statement}: {}", in_full(source))]
    Refused {
        /// The head comment of the statement.
        statement: &'static str,
        /// What it said.
        source: tokio_postgres::Error,
    },
    /// A row does not have the shape that the code expects.
    #[error("a row does not have the expected shape: {0}")]
    Shape(String),
}

impl StoreError {
    /// Sorts an error of `sql` into lost connections and refusals.
    pub(crate) fn of(sql: &'static str, error: tokio_postgres::Error) -> Self {
        if error.is_closed() || error.code().is_none() {
            return Self::Lost(error);
        }
        let ends_connection = error
            .code()
            .is_some_and(|code| code.code().starts_with("57P") || code.code().starts_with("08"));
        if ends_connection {
            return Self::Lost(error);
        }
        Self::Refused {
            statement: sql.lines().next().unwrap_or_default(),
            source: error,
        }
    }

    /// Whether the same statement may succeed when tried again (deadlock, serialization, lock time-out).
    pub fn is_transient(&self) -> bool {
        use tokio_postgres::error::SqlState;
        match self {
            Self::Refused { source, .. } => source.code().is_some_and(|code| {
                [
                    SqlState::T_R_DEADLOCK_DETECTED,
                    SqlState::T_R_SERIALIZATION_FAILURE,
                    SqlState::LOCK_NOT_AVAILABLE,
                ]
                .contains(code)
            }),
            Self::Unavailable(_) | Self::Lost(_) | Self::Silent(_) | Self::Shape(_) => false,
        }
    }

    /// Whether the database refused because a row of that key exists already.
    pub fn is_duplicate(&self) -> bool {
        match self {
            Self::Refused { source, .. } => {
                source.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION)
            }
            Self::Unavailable(_) | Self::Lost(_) | Self::Silent(_) | Self::Shape(_) => false,
        }
    }
}

/// What a driver's error says with everything beneath it: by itself it is only "db error".
///
/// Of what the database says only the message is taken: its DETAIL quotes rows, which may be personal.
pub(crate) fn in_full(error: &tokio_postgres::Error) -> String {
    if let Some(database) = error.as_db_error() {
        let (severity, message) = (database.severity(), database.message());
        return format!("{severity}: {message} ({})", database.code().code());
    }
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(beneath) = cause {
        said.push_str(": ");
        said.push_str(&beneath.to_string());
        cause = beneath.source();
    }
    said
}

/// The column `name` of `row`.
///
/// # Errors
/// [`StoreError::Shape`] when there is no such column or it has another type.
pub(crate) fn column<'a, T>(row: &'a tokio_postgres::Row, name: &str) -> Result<T, StoreError>
where
    T: tokio_postgres::types::FromSql<'a>,
{
    row.try_get(name)
        .map_err(|error| StoreError::Shape(format!("column {name}: {error}")))
}
