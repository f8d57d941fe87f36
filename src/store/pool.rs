//! The pool of connections, and the statements that each of them has prepared.
//!
//! bb8 has no statement cache; unprepared statements cost 1.6–1.8 times the database's CPU
//! (`docs/ARCHITECTURE.md`, measured), so each connection keeps its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bb8::{ManageConnection, Pool, PooledConnection};
use bb8_postgres::PostgresConnectionManager;
use futures_util::future;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::StoreError;
use super::connect::Database;

/// How long a caller waits for a free connection.
const CHECK_OUT_WAIT: Duration = Duration::from_secs(5);

/// One call of a pipeline.
pub enum Call<'a> {
    /// Transaction control, without parameters.
    Run(&'static str),
    /// A statement with its parameters.
    Query(&'static str, Vec<&'a (dyn ToSql + Sync)>),
}

/// A connection with the statements that it has prepared.
pub struct Session {
    client: Client,
    prepared: Mutex<HashMap<&'static str, Statement>>,
}

impl Session {
    /// Opens a connection outside the pool, such as a commit lane's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open(database: &Database) -> Result<Self, StoreError> {
        database.open().await.map(Self::on).map_err(unavailable)
    }

    fn on(client: Client) -> Self {
        Self {
            client,
            prepared: Mutex::default(),
        }
    }

    /// The rows of a statement.
    ///
    /// # Errors
    /// [`StoreError`], sorted.
    pub async fn query(
        &self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let statement = self.statement(sql).await?;
        self.client
            .query(&statement, parameters)
            .await
            .map_err(|error| StoreError::of(sql, error))
    }

    /// The rows of a statement that is planned anew for these very values, in one round trip.
    ///
    /// For lists: which index is best depends on what is asked for, and a condition that is not asked
    /// for costs nothing.
    ///
    /// # Errors
    /// [`StoreError`], sorted.
    pub async fn query_planned(
        &self,
        sql: &'static str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, StoreError> {
        self.client
            .query_typed(sql, parameters)
            .await
            .map_err(|error| StoreError::of(sql, error))
    }

    /// The number of rows that a statement wrote.
    ///
    /// # Errors
    /// [`StoreError`], sorted.
    pub async fn execute(
        &self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, StoreError> {
        let statement = self.statement(sql).await?;
        self.client
            .execute(&statement, parameters)
            .await
            .map_err(|error| StoreError::of(sql, error))
    }

    /// Runs transaction control and settings: one or more statements without parameters.
    ///
    /// # Errors
    /// [`StoreError`], sorted.
    pub async fn run(&self, sql: &'static str) -> Result<(), StoreError> {
        self.client
            .batch_execute(sql)
            .await
            .map_err(|error| StoreError::of(sql, error))
    }

    /// Makes several calls in one round trip, in their order; the rows of each.
    ///
    /// # Errors
    /// [`StoreError`], sorted; of several failures the first. Within a transaction the calls behind
    /// a failed one do nothing, and a commit rolls back.
    pub async fn pipeline(&self, calls: &[Call<'_>]) -> Result<Vec<Vec<Row>>, StoreError> {
        let mut prepared = Vec::with_capacity(calls.len());
        for call in calls {
            prepared.push(match call {
                Call::Run(_) => None,
                Call::Query(sql, _) => Some(self.statement(sql).await?),
            });
        }
        // Each is sent when it is first polled, which happens in their order.
        let sent = calls
            .iter()
            .zip(&prepared)
            .map(|(call, statement)| self.send(call, statement));
        future::join_all(sent).await.into_iter().collect()
    }

    async fn send(
        &self,
        call: &Call<'_>,
        statement: &Option<Statement>,
    ) -> Result<Vec<Row>, StoreError> {
        match (call, statement) {
            (Call::Query(sql, parameters), Some(statement)) => {
                let rows = self.client.query(statement, parameters).await;
                rows.map_err(|error| StoreError::of(sql, error))
            }
            (Call::Run(sql) | Call::Query(sql, _), _) => self.run(sql).await.map(|()| Vec::new()),
        }
    }

    /// Whether the connection is gone.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    async fn statement(&self, sql: &'static str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.known(sql) {
            return Ok(statement);
        }
        let statement = self
            .client
            .prepare(sql)
            .await
            .map_err(|error| StoreError::of(sql, error))?;
        let mut prepared = self
            .prepared
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        prepared.insert(sql, statement.clone());
        Ok(statement)
    }

    fn known(&self, sql: &'static str) -> Option<Statement> {
        let prepared = self
            .prepared
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        prepared.get(sql).cloned()
    }
}

fn unavailable(error: tokio_postgres::Error) -> StoreError {
    StoreError::Unavailable(super::in_full(&error))
}

/// Opens and judges the pool's connections.
pub struct Opener(PostgresConnectionManager<MakeRustlsConnect>);

impl ManageConnection for Opener {
    type Connection = Session;
    type Error = StoreError;

    async fn connect(&self) -> Result<Session, StoreError> {
        self.0.connect().await.map(Session::on).map_err(unavailable)
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
        // A check at each check-out costs 12 %; a broken connection is found by `has_broken`.
        let pool = Pool::builder()
            .max_size(size)
            .test_on_check_out(false)
            .connection_timeout(CHECK_OUT_WAIT)
            .build_unchecked(Opener(database.manager()));
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
