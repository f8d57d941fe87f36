//! One connection, and the statements that it has prepared.
//!
//! bb8 has no statement cache; unprepared statements cost 1.6–1.8 times the database's CPU
//! (`docs/ARCHITECTURE.md`, measured), so each connection keeps its own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, Statement};

use super::connect::Database;
use super::installation::HISTORY;
use super::{Failures, Lineage, StoreError, column};

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
    lineage: Arc<Lineage>,
    failures: Arc<Failures>,
    /// How long it may take to answer.
    answer_wait: Duration,
    /// It did not answer in time once: nothing more is asked of it.
    is_silent: AtomicBool,
}

impl Session {
    /// Opens a connection outside the pool, such as a commit lane's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also when the database has another history than at the start.
    pub async fn open(database: &Database) -> Result<Self, StoreError> {
        let wait = database.answer_wait();
        let opened = match tokio::time::timeout(wait, database.open()).await {
            Ok(opened) => opened.map_err(unavailable),
            Err(_elapsed) => Err(StoreError::Silent(wait)),
        };
        let failures = database.failures();
        Self::on(opened.map_err(|error| failures.note(error))?, database).await
    }

    pub(super) async fn on(client: Client, database: &Database) -> Result<Self, StoreError> {
        let session = Self {
            client,
            prepared: Mutex::default(),
            lineage: Arc::clone(database.lineage()),
            failures: Arc::clone(database.failures()),
            answer_wait: database.answer_wait(),
            is_silent: AtomicBool::new(false),
        };
        if session.lineage.is_settled() {
            session.compare_history().await?;
        }
        Ok(session)
    }

    /// Nothing is asked by a connection that leads to another history. One that does not say which, such as in the
    /// midst of a restore, is of no use yet.
    async fn compare_history(&self) -> Result<(), StoreError> {
        let rows = self.query_planned(HISTORY, &[]).await;
        let rows = rows.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let found = rows.first().map(|row| column(row, "history"));
        self.lineage.compare(found.transpose()?.flatten())
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
        let answer = match tokio::time::timeout(self.answer_wait, call).await {
            Ok(answer) => answer.map_err(|error| StoreError::of(sql, error)),
            Err(_elapsed) => {
                self.is_silent.store(true, Ordering::Relaxed);
                Err(StoreError::Silent(self.answer_wait))
            }
        };
        answer.map_err(|error| self.failures.note(error))
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
        self.lineage.require()?;
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
        self.lineage.require()?;
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
        self.lineage.require()?;
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
        self.lineage.require()?;
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

pub(super) fn unavailable(error: tokio_postgres::Error) -> StoreError {
    StoreError::Unavailable(super::in_full(&error))
}
