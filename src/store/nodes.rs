//! What nodes tell and ask each other of their live connections.

use std::collections::HashMap;

use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, column};
use crate::domain::node::NodeReport;

const REPORTS: &str = include_str!("../../sql/queries/nodes/reports.sql");
const ASK: &str = include_str!("../../sql/queries/nodes/ask.sql");
const ASKS: &str = include_str!("../../sql/queries/nodes/asks.sql");
const ANSWER: &str = include_str!("../../sql/queries/nodes/answer.sql");
const ANSWERS: &str = include_str!("../../sql/queries/nodes/answers.sql");
const FORGET_ASK: &str = include_str!("../../sql/queries/nodes/forget_ask.sql");
const FORGET_OLD_ASKS: &str = include_str!("../../sql/queries/nodes/forget_old_asks.sql");

/// A question of another node.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// Its id.
    pub id: Uuid,
    /// The session that is to be ended; `None`: describe all.
    pub session: Option<Uuid>,
}

/// What nodes say of their live connections.
///
/// # Errors
/// [`StoreError`].
pub async fn reports(
    store: &Store,
    nodes: &[Uuid],
) -> Result<HashMap<Uuid, NodeReport>, StoreError> {
    let rows = store.session().await?.query(REPORTS, &[&nodes]).await?;
    let report = |row: &Row| {
        let text: &str = column(row, "report")?;
        // What cannot be read is another release's.
        let report = serde_json::from_str(text).unwrap_or_default();
        Ok((column(row, "node")?, report))
    };
    rows.iter().map(report).collect()
}

/// Asks all other nodes.
///
/// # Errors
/// [`StoreError`].
pub async fn ask(store: &Store, asker: Uuid, ask: Ask) -> Result<(), StoreError> {
    let session = store.session().await?;
    session
        .execute(ASK, &[&ask.id, &asker, &ask.session])
        .await?;
    Ok(())
}

/// What others ask of a node that has not answered.
///
/// # Errors
/// [`StoreError`].
pub async fn asks(store: &Store, node: Uuid) -> Result<Vec<Ask>, StoreError> {
    let rows = store.session().await?.query(ASKS, &[&node]).await?;
    let ask = |row: &Row| {
        Ok(Ask {
            id: column(row, "id")?,
            session: column(row, "session")?,
        })
    };
    rows.iter().map(ask).collect()
}

/// Answers a question with JSON.
///
/// # Errors
/// [`StoreError`].
pub async fn answer(store: &Store, ask: Uuid, node: Uuid, json: &str) -> Result<(), StoreError> {
    let session = store.session().await?;
    session.execute(ANSWER, &[&ask, &node, &json]).await?;
    Ok(())
}

/// The answers so far, as JSON, by node.
///
/// # Errors
/// [`StoreError`].
pub async fn answers(store: &Store, ask: Uuid) -> Result<HashMap<Uuid, String>, StoreError> {
    let rows = store.session().await?.query(ANSWERS, &[&ask]).await?;
    let answer = |row: &Row| Ok((column(row, "node")?, column(row, "answer")?));
    rows.iter().map(answer).collect()
}

/// Forgets a question with its answers.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_ask(store: &Store, ask: Uuid) -> Result<(), StoreError> {
    store.session().await?.execute(FORGET_ASK, &[&ask]).await?;
    Ok(())
}

/// Forgets questions that nobody waits for any more.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_old_asks(store: &Store) -> Result<(), StoreError> {
    store.session().await?.execute(FORGET_OLD_ASKS, &[]).await?;
    Ok(())
}
