//! Who is online at which node, so that every node can tell who is online anywhere.

use std::collections::HashMap;

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, column};
use crate::domain::node::NodeReport;
use crate::domain::presence::{Attendance, Attendances};
use crate::domain::region::RegionId;

const SAVE: &str = include_str!("../../sql/queries/presence/save.sql");
const BEAT: &str = include_str!("../../sql/queries/presence/beat.sql");
const POLL: &str = include_str!("../../sql/queries/presence/poll.sql");
const OF_NODES: &str = include_str!("../../sql/queries/presence/of_nodes.sql");
const LEAVE: &str = include_str!("../../sql/queries/presence/leave.sql");
const FORGET_GONE: &str = include_str!("../../sql/queries/presence/forget_gone.sql");

/// How far the database is.
#[derive(Debug)]
pub struct Polled {
    /// The number of the last change of a claim.
    pub claims: i64,
    /// The other nodes that live, with when their presence or report changed last.
    pub nodes: HashMap<Uuid, Timestamp>,
    /// Whether one of them may ask something.
    pub is_asked: bool,
}

/// Makes a node's presence and report what they are now.
///
/// # Errors
/// [`StoreError`].
pub async fn save(
    store: &Store,
    node: Uuid,
    present: &Attendances,
    report: &NodeReport,
) -> Result<(), StoreError> {
    let report = serde_json::to_string(report)
        .map_err(|error| StoreError::Shape(format!("a report of this node: {error}")))?;
    let regions: Vec<&str> = present.keys().map(|(region, _)| region.as_str()).collect();
    let accounts: Vec<Uuid> = present.keys().map(|(_, account)| *account).collect();
    let sockets: Vec<i32> = present.values().map(|one| one.sockets).collect();
    let since: Vec<Timestamp> = present.values().map(|one| one.since).collect();
    let session = store.session().await?;
    session
        .execute(
            SAVE,
            &[&node, &regions, &accounts, &sockets, &since, &report],
        )
        .await?;
    Ok(())
}

/// Says that a node lives; `false` when the database does not know it (any more).
///
/// # Errors
/// [`StoreError`].
pub async fn beat(store: &Store, node: Uuid) -> Result<bool, StoreError> {
    let rows = store.session().await?.query(BEAT, &[&node]).await?;
    Ok(!rows.is_empty())
}

/// How far the database is, for the asking node.
///
/// # Errors
/// [`StoreError`].
pub async fn poll(store: &Store, node: Uuid) -> Result<Polled, StoreError> {
    let rows = store.session().await?.query(POLL, &[&node]).await?;
    let claims = rows.first().map(|row| column(row, "version")).transpose()?;
    let other = |row: &Row| {
        let node: Option<Uuid> = column(row, "node")?;
        let changed_at: Option<Timestamp> = column(row, "changed_at")?;
        Ok(node.zip(changed_at))
    };
    let nodes: Result<Vec<_>, StoreError> = rows.iter().map(other).collect();
    let is_asked = rows.first().map(|row| column(row, "is_asked"));
    Ok(Polled {
        is_asked: is_asked.transpose()?.unwrap_or_default(),
        claims: claims.unwrap_or_default(),
        nodes: nodes?.into_iter().flatten().collect(),
    })
}

/// Who is online at each of some nodes.
///
/// # Errors
/// [`StoreError`].
pub async fn of_nodes(
    store: &Store,
    nodes: &[Uuid],
) -> Result<HashMap<Uuid, Attendances>, StoreError> {
    let rows = store.session().await?.query(OF_NODES, &[&nodes]).await?;
    let mut found: HashMap<Uuid, Attendances> = HashMap::new();
    for row in &rows {
        let region = RegionId::from_stored(column(row, "region_id")?);
        let attendance = Attendance {
            sockets: column(row, "sockets")?,
            since: column(row, "since")?,
        };
        let present = found.entry(column(row, "node")?).or_default();
        present.insert((region, column(row, "account_id")?), attendance);
    }
    Ok(found)
}

/// Forgets a node that stops.
///
/// # Errors
/// [`StoreError`].
pub async fn leave(store: &Store, node: Uuid) -> Result<(), StoreError> {
    store.session().await?.execute(LEAVE, &[&node]).await?;
    Ok(())
}

/// Forgets nodes that went without a word.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_gone(store: &Store) -> Result<(), StoreError> {
    store.session().await?.execute(FORGET_GONE, &[]).await?;
    Ok(())
}
