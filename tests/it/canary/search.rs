//! Where words are found: in every table of the catalog, in what the planner knows of them, and in every file of a folder.

use std::fs;
use std::path::Path;

use tokio_postgres::Client;

use super::needles;

/// Tables, and what the planner noted of columns, that hold a needle as text or as bytes; empty: none does.
pub(super) async fn tables(client: &Client) -> Vec<String> {
    let catalog = "SELECT quote_ident(nspname) || '.' || quote_ident(relname) FROM pg_class \
                   JOIN pg_namespace ON pg_namespace.oid = relnamespace \
                   WHERE relkind IN ('r', 'p', 'm', 't') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') \
                   ORDER BY 1";
    let mut places: Vec<String> = Vec::new();
    for row in client.query(catalog, &[]).await.unwrap() {
        places.push(row.get(0));
    }
    assert!(places.len() > 30, "{places:?}");
    places.push("pg_catalog.pg_stats".into());
    let mut found = Vec::new();
    for place in places {
        for needle in needles() {
            // Columns of bytes show as hexadecimal digits.
            let hex: String = needle.bytes().map(|byte| format!("{byte:02x}")).collect();
            let sql = format!(
                "SELECT count(*) FROM {place} AS row WHERE row::text ILIKE '%{needle}%' OR row::text LIKE '%{hex}%'"
            );
            let rows: i64 = client.query_one(&sql, &[]).await.unwrap().get(0);
            if rows > 0 {
                found.push(format!("{place}: {needle} in {rows} rows"));
            }
        }
    }
    found
}

/// Files below a folder, by path, that hold a needle, or whose path holds `name`.
pub(super) fn files(folder: &Path, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let holds = |needle: &str| {
                bytes
                    .windows(needle.len())
                    .any(|part| part.eq_ignore_ascii_case(needle.as_bytes()))
            };
            let shown = path.display().to_string();
            if shown.contains(name) || needles().into_iter().any(holds) {
                found.push(shown);
            }
        }
    }
    found
}
