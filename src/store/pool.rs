//! The pool of connections.

use std::sync::Arc;
use std::time::Duration;

use bb8::{ManageConnection, Pool, PooledConnection};
use bb8_postgres::PostgresConnectionManager;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connect::Database;
use super::session::unavailable;
use super::{Lineage, Session, StoreError};
use crate::telemetry::metrics::PoolFigures;

/// How long a caller waits for a free connection.
const CHECK_OUT_WAIT: Duration = Duration::from_secs(5);

/// How long a connection is used. It keeps room for the longest statement that ever went over it, on either side: with
/// lists of thousands of candidates that is some hundred kilobytes, and every connection has its turn.
const LIFE: Duration = Duration::from_secs(600);

/// Opens and judges the pool's connections.
pub struct Opener {
    manager: PostgresConnectionManager<MakeRustlsConnect>,
    database: Arc<Database>,
}

impl ManageConnection for Opener {
    type Connection = Session;
    type Error = StoreError;

    async fn connect(&self) -> Result<Session, StoreError> {
        let client = self.manager.connect().await.map_err(unavailable)?;
        Session::on(client, &self.database).await
    }

    async fn is_valid(&self, session: &mut Session) -> Result<(), StoreError> {
        session.run("").await
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        session.is_closed()
    }
}

/// The database as the rest of the program sees it. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool<Opener>,
    most: u32,
    /// Shared: a clone of an address copies a dozen strings, and every session holds a store.
    database: Arc<Database>,
}

impl Store {
    /// A store whose pool opens up to `size` connections as they are needed.
    pub fn new(database: Database, size: u32) -> Self {
        let database = Arc::new(database.unsettled());
        // A check at each check-out costs 12 %; a broken connection is found by `has_broken`.
        let pool = Pool::builder()
            .max_size(size)
            .test_on_check_out(false)
            .connection_timeout(CHECK_OUT_WAIT)
            .max_lifetime(Some(LIFE))
            .build_unchecked(Opener {
                manager: database.manager(),
                database: Arc::clone(&database),
            });
        Self {
            pool,
            most: size,
            database,
        }
    }

    /// A connection of the pool. One that is known to be closed is thrown away: when the database
    /// comes back, no caller pays for what lay in the pool meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none is free in time.
    pub async fn session(&self) -> Result<PooledConnection<'_, Opener>, StoreError> {
        self.lineage().require()?;
        for _ in 0..self.pool.state().idle_connections {
            let session = self.check_out().await?;
            if !session.is_closed() {
                return Ok(session);
            }
        }
        self.check_out().await
    }

    async fn check_out(&self) -> Result<PooledConnection<'_, Opener>, StoreError> {
        let refused = |error| match error {
            bb8::RunError::User(error) => error,
            bb8::RunError::TimedOut => StoreError::Unavailable(format!(
                "none was free within {} s",
                CHECK_OUT_WAIT.as_secs()
            )),
        };
        let failures = self.database.failures();
        let session = self.pool.get().await;
        session.map_err(|error| failures.note(refused(error)))
    }

    /// The history that it works on.
    pub fn lineage(&self) -> &Arc<Lineage> {
        self.database.lineage()
    }

    /// Where the database is.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// How the pool is, for metrics.
    pub fn pool_figures(&self) -> PoolFigures {
        let state = self.pool.state();
        let done = &state.statistics;
        PoolFigures {
            idle: state.idle_connections,
            in_use: state.connections.saturating_sub(state.idle_connections),
            most: self.most,
            opened: done.connections_created,
            waits: done.get_waited,
            wait_time: done.get_wait_time,
            timeouts: done.get_timed_out,
        }
    }
}
