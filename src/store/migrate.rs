//! Brings the schema to this program's version, safely when several processes start at once.

use thiserror::Error;
use tokio_postgres::Client;

use super::connect::Database;

mod embedded {
    refinery::embed_migrations!("sql/migrations");
}

const LOCK: &str = include_str!("../../sql/queries/migrate/lock.sql");
const UNLOCK: &str = include_str!("../../sql/queries/migrate/unlock.sql");
const SCHEMA_EXISTS: &str = include_str!("../../sql/queries/migrate/schema_exists.sql");
const CREATE_SCHEMA: &str = include_str!("../../sql/queries/migrate/create_schema.sql");

/// Why the schema could not be brought up to date.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// The database refused a step.
    #[error("the database refused a step of the migration: {}", super::in_full(.0))]
    Database(#[from] tokio_postgres::Error),
    /// A migration failed or the history does not fit this program.
    #[error("migration failed: {0}")]
    Migration(#[from] refinery::Error),
}

/// Runs what is missing and returns the names of the migrations that ran.
///
/// # Errors
/// [`MigrateError`]; the failed migration is rolled back.
pub async fn migrate(database: &Database) -> Result<Vec<String>, MigrateError> {
    let mut client = database.open().await?;
    client.execute(LOCK, &[]).await?;
    let result = run(&mut client, database.schema()).await;
    client.execute(UNLOCK, &[]).await?;
    result
}

async fn run(client: &mut Client, schema: &str) -> Result<Vec<String>, MigrateError> {
    if client.query(SCHEMA_EXISTS, &[&schema]).await?.is_empty() {
        // An identifier cannot be a parameter; `Database` has checked that it is a plain one.
        client
            .batch_execute(&CREATE_SCHEMA.replace("$schema", schema))
            .await?;
    }
    let report = embedded::migrations::runner().run_async(client).await?;
    Ok(report
        .applied_migrations()
        .iter()
        .map(ToString::to_string)
        .collect())
}
