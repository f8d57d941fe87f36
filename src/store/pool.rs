//! The pool of connections.

use std::sync::Arc;
use std::time::Duration;

use bb8::{ManageConnection, Pool, PooledConnection};
use bb8_postgres::PostgresConnectionManager;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connect::Database;
use super::session::unavailable;
use super::{Lineage, Session, StoreError};

/// How long a caller waits for a free connection.
const CHECK_OUT_WAIT: Duration = Duration::from_secs(5);

/// Opens and judges the pool's connections.
pub struct Opener {
    manager: PostgresConnectionManager<MakeRustlsConnect>,
    lineage: Arc<Lineage>,
    answer_wait: Duration,
}

impl ManageConnection for Opener {
    type Connection = Session;
    type Error = StoreError;

    async fn connect(&self) -> Result<Session, StoreError> {
        let client = self.manager.connect().await.map_err(unavailable)?;
        Session::on(client, &self.lineage, self.answer_wait).await
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
    /// Shared: a clone of an address copies a dozen strings, and every session holds a store.
    database: Arc<Database>,
}

impl Store {
    /// A store whose pool opens up to `size` connections as they are needed.
    pub fn new(database: Database, size: u32) -> Self {
        let database = database.unsettled();
        // A check at each check-out costs 12 %; a broken connection is found by `has_broken`.
        let pool = Pool::builder()
            .max_size(size)
            .test_on_check_out(false)
            .connection_timeout(CHECK_OUT_WAIT)
            .build_unchecked(Opener {
                manager: database.manager(),
                lineage: Arc::clone(database.lineage()),
                answer_wait: database.answer_wait(),
            });
        Self {
            pool,
            database: Arc::new(database),
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
        self.pool.get().await.map_err(|error| match error {
            bb8::RunError::User(error) => error,
            bb8::RunError::TimedOut => StoreError::Unavailable(format!(
                "none was free within {} s",
                CHECK_OUT_WAIT.as_secs()
            )),
        })
    }

    /// The history that it works on.
    pub fn lineage(&self) -> &Arc<Lineage> {
        self.database.lineage()
    }

    /// Where the database is.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Connections open and idle, for metrics.
    pub fn pool_size(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections, state.idle_connections)
    }
}
