//! Every SQL file is good on the migrated schema, is used in one place, and no SQL is elsewhere.

use crate::source::{files, read};
use crate::support::postgres::TestDatabase;

/// Files of several statements or with a name to fill in, which cannot be prepared.
const NOT_PREPARED: &[&str] = &["commit/open_lane.sql", "migrate/create_schema.sql"];

#[actix::test]
async fn every_query_can_be_prepared_against_the_migrated_schema() {
    let database = TestDatabase::create().await;
    let client = database.connect().await;
    let mut wrong = Vec::new();
    for query in files("sql/queries", "sql") {
        let is_statement = !NOT_PREPARED.iter().any(|name| query.path.ends_with(name));
        if is_statement && let Err(error) = client.prepare(&query.text).await {
            wrong.push(format!("{}: {error:?}", query.path));
        }
    }
    let lane = read("sql/queries/commit/open_lane.sql");
    client.batch_execute(&lane).await.unwrap();
    drop(client);
    database.remove().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_query_belongs_to_the_store_file_of_its_folder() {
    let code = files("src", "rs");
    for query in files("sql/queries", "sql") {
        let users = code.iter().filter(|file| file.text.contains(&query.path));
        let users: Vec<&str> = users.map(|file| file.path.as_str()).collect();
        let folder = query.path.split('/').nth(2).unwrap();
        let (file, below) = match folder {
            // LISTEN and NOTIFY, on connections of their own.
            "feed" => ("src/feed/postgres.rs".to_owned(), "src/feed/".to_owned()),
            folder => (
                format!("src/store/{folder}.rs"),
                format!("src/store/{folder}/"),
            ),
        };
        assert_eq!(users.len(), 1, "{}: {users:?}", query.path);
        let is_own = |user: &str| user == file || user.starts_with(&below);
        assert!(is_own(users[0]), "{}: {users:?}", query.path);
    }
}

#[test]
fn a_list_has_a_limit_and_names_its_columns() {
    for query in files("sql/queries", "sql") {
        let statement = query.text.lines().filter(|line| !line.starts_with("--"));
        let statement: String = statement.collect::<Vec<_>>().join("\n");
        // `SELECT *` from a CTE or a function is of columns that the same file names.
        let selects_all =
            statement.contains("SELECT *\nFROM complaints") || statement.contains("RETURNING *");
        assert!(!selects_all, "{}", query.path);
        let is_list = query.path.ends_with("/list.sql");
        assert!(!is_list || statement.contains("LIMIT"), "{}", query.path);
    }
}

#[test]
fn there_is_no_sql_in_rust() {
    let verbs = [
        "SELECT ",
        "INSERT INTO ",
        "UPDATE ",
        "DELETE FROM ",
        "CREATE ",
        "ALTER ",
        "DROP ",
        "LISTEN ",
        "NOTIFY ",
        "TRUNCATE ",
    ];
    let mut found = Vec::new();
    for source in files("src", "rs") {
        // The roles and the database of a new private PostgreSQL, before there is a store.
        if source.path == "src/embedded/creation.rs" {
            continue;
        }
        for line in source.code().lines() {
            let says = |verb: &&str| line.contains(&format!("\"{verb}"));
            if verbs.iter().any(says) {
                found.push(format!("{}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
