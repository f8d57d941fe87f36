//! The pool of connections, and the statements that each of them has prepared.
//!
//! bb8 has no statement cache; unprepared statements cost 1.6–1.8 times the database's CPU
//! (`docs/ARCHITECTURE.md`, measured), so each connection keeps its own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// How long it may take to answer.
    answer_wait: Duration,
    /// It did not answer in time once: nothing more is asked of it.
    is_silent: AtomicBool,
}

impl Session {
    /// Opens a connection outside the pool, such as a commit lane's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open(database: &Database) -> Result<Self, StoreError> {
        let wait = database.answer_wait();
        match tokio::time::timeout(wait, database.open()).await {
            Ok(opened) => Ok(Self::on(opened.map_err(unavailable)?, wait)),
            Err(_elapsed) => Err(StoreError::Silent(wait)),
        }
    }

    fn on(client: Client, answer_wait: Duration) -> Self {
        Self {
            client,
            prepared: Mutex::default(),
            answer_wait,
            is_silent: AtomicBool::new(false),
        }
    }

    /// The answer of one call, if it comes in time. A connection may be open and yet silent for ever: the
    /// process behind it stands still, or something between says nothing of its end.
    async fn answered<T>(
        &self,
        sql: &'static str,
        call: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, StoreError> {
        if self.is_silent.load(Ordering::Relaxed) {
            return Err(StoreError::Silent(self.answer_wait));
        }
        match tokio::time::timeout(self.answer_wait, call).await {
            Ok(answer) => answer.map_err(|error| StoreError::of(sql, error)),
            Err(_elapsed) => {
                self.is_silent.store(true, Ordering::Relaxed);
                Err(StoreError::Silent(self.answer_wait))
            }
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
        self.answered(sql, self.client.query(&statement, parameters))
            .await
    }

    /// The rows of a statement that takes as long as it takes.
    ///
    /// # Errors
    /// [`StoreError`], sorted.
    pub async fn query_at_length(
        &self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let rows = self.client.query(sql, parameters).await;
        rows.map_err(|error| StoreError::of(sql, error))
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
        self.answered(sql, self.client.query_typed(sql, parameters))
            .await
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
        self.answered(sql, self.client.execute(&statement, parameters))
            .await
    }

    /// Runs transaction control and settings: one or more statements without parameters.
    ///
    /// # Errors
    /// [`StoreError`], sorted.
    pub async fn run(&self, sql: &'static str) -> Result<(), StoreError> {
        self.answered(sql, self.client.batch_execute(sql)).await
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
                self.answered(sql, self.client.query(statement, parameters))
                    .await
            }
            (Call::Run(sql) | Call::Query(sql, _), _) => self.run(sql).await.map(|()| Vec::new()),
        }
    }

    /// Whether the connection is gone, or did not answer in time.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed() || self.is_silent.load(Ordering::Relaxed)
    }

    async fn statement(&self, sql: &'static str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.known(sql) {
            return Ok(statement);
        }
        let statement = self.answered(sql, self.client.prepare(sql)).await?;
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
pub struct Opener {
    manager: PostgresConnectionManager<MakeRustlsConnect>,
    answer_wait: Duration,
}

impl ManageConnection for Opener {
    type Connection = Session;
    type Error = StoreError;

    async fn connect(&self) -> Result<Session, StoreError> {
        let client = self.manager.connect().await.map_err(unavailable)?;
        Ok(Session::on(client, self.answer_wait))
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
            .build_unchecked(Opener {
                manager: database.manager(),
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
