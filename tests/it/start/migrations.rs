//! The schema: brought up to date once, whoever comes first.

use crate::support::postgres::TestDatabase;
use crate::support::program::{Program, run};

#[actix::test]
async fn three_processes_migrate_an_empty_database_at_once() {
    let database = TestDatabase::create_empty().await;
    let migrate = ["migrate", "--database-url", database.url()];
    let programs: Vec<Program> = (0..3).map(|_| Program::start(&migrate)).collect();
    let mut migrated = 0;
    for program in programs {
        let ended = program.ended().await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        migrated += ended.err.matches("migrated the database").count();
    }
    let client = database.connect().await;
    let query = "SELECT count(*) FROM refinery_schema_history";
    let applied: i64 = client.query_one(query, &[]).await.unwrap().get(0);
    assert_eq!(usize::try_from(applied).unwrap(), migrated);
    assert!(migrated >= 2);
    drop(client);
    database.remove().await;
}

#[actix::test]
async fn a_migration_of_a_migrated_database_changes_nothing() {
    let database = TestDatabase::create().await;
    let ended = run(&["migrate", "--database-url", database.url()], "").await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended.err.contains("the schema is up to date"),
        "{}",
        ended.err
    );
    assert!(
        !ended.err.contains("migrated the database"),
        "{}",
        ended.err
    );
    database.remove().await;
}

#[actix::test]
async fn nothing_outside_the_own_schema_is_touched() {
    let database = TestDatabase::create_empty().await;
    let other = "CREATE SCHEMA other; CREATE TABLE other.regions (id int)";
    let client = database.connect().await;
    client.batch_execute(other).await.unwrap();
    let flags = [
        "migrate",
        "--database-url",
        database.url(),
        "--database-schema",
        "desk",
    ];
    let ended = run(&flags, "").await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let query = "SELECT table_schema, count(*) FROM information_schema.tables \
                 WHERE table_schema NOT IN ('pg_catalog', 'information_schema') GROUP BY 1 ORDER BY 1";
    let schemas = client.query(query, &[]).await.unwrap();
    let schemas: Vec<String> = schemas.iter().map(|row| row.get(0)).collect();
    assert_eq!(schemas, ["desk", "other"]);
    drop(client);
    database.remove().await;
}
