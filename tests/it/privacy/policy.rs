//! `DATA_RETENTION_POLICY.md` says of every column of the schema what it is, how long it is kept and who sees it.

use std::collections::BTreeSet;

use crate::source::read;
use crate::support::postgres::TestDatabase;

/// A row of the page's tables: table, columns, what, personal, how long, who.
const CELLS: usize = 6;

/// Tables and columns that the page names, and what is wrong with its rows.
fn documented(page: &str) -> (BTreeSet<(String, String)>, Vec<String>) {
    let (mut columns, mut wrong) = (BTreeSet::new(), Vec::new());
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if cells.len() != CELLS || cells.iter().any(|cell| cell.is_empty()) {
            wrong.push(format!("not {CELLS} cells with words in them: {line}"));
            continue;
        }
        let table = cells[0].trim_matches('`').to_owned();
        for column in cells[1].split('`').skip(1).step_by(2) {
            if !columns.insert((table.clone(), column.to_owned())) {
                wrong.push(format!("twice: {table}.{column}"));
            }
        }
    }
    (columns, wrong)
}

#[actix::test]
async fn every_column_of_the_schema_has_an_entry_and_no_other_has() {
    let database = TestDatabase::create().await;
    let client = database.connect().await;
    let query = "SELECT c.relname::text, a.attname::text FROM pg_class c \
                 JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'redress' \
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 WHERE c.relkind IN ('r', 'p', 'm')";
    let rows = client.query(query, &[]).await.unwrap();
    let stored: BTreeSet<(String, String)> =
        rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    drop(client);
    database.remove().await;

    let (documented, mut wrong) = documented(&read("DATA_RETENTION_POLICY.md"));
    wrong.extend(
        stored
            .difference(&documented)
            .map(|(table, column)| format!("without an entry: {table}.{column}")),
    );
    wrong.extend(
        documented
            .difference(&stored)
            .map(|(table, column)| format!("not in the schema: {table}.{column}")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_row_that_says_too_little_is_found() {
    let page = "| `a` | `x`, `y` | what | no | long | all |\n| `b` | `x` | | no | long | all |\n| `a` | `x` | what | no | long | all |";
    let (columns, wrong) = documented(page);
    assert_eq!(columns.len(), 2);
    assert_eq!(wrong.len(), 2, "{wrong:?}");
}
