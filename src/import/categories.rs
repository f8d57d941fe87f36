//! Categories from CSV (header `id,name,hint,default_severity,duplicate_radius_m,duplicate_days`) or a
//! JSON array of objects of these members.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::{ImportError, check_all};
use crate::domain::catalogue::{
    CategoryDraft, NAME_LONGEST, duplicate_days, duplicate_radius, hint,
};
use crate::domain::complaint::Severity;
use crate::domain::fault::{Faults, free_text, slug};
use crate::store::Store;
use crate::store::catalogue::{Saved, save_categories};

/// How a file of categories is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma- or semicolon-separated values with a header line.
    Csv,
    /// A JSON array of objects.
    Json,
}

impl Format {
    /// The format by the extension of `path`, otherwise by the first character.
    pub fn of(path: Option<&Path>, bytes: &[u8]) -> Self {
        let extension = path
            .and_then(Path::extension)
            .and_then(|text| text.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("json") => Self::Json,
            Some("csv") => Self::Csv,
            Some(_) | None => match without_mark(bytes).trim_ascii_start().first() {
                Some(b'[' | b'{') => Self::Json,
                Some(_) | None => Self::Csv,
            },
        }
    }
}

/// One entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    #[serde(default)]
    hint: Option<String>,
    #[serde(default)]
    default_severity: Option<String>,
    // Whatever it is, so that a fault names its member.
    #[serde(default)]
    duplicate_radius_m: Option<Value>,
    #[serde(default)]
    duplicate_days: Option<Value>,
}

/// The categories of a file. Without a hint it is empty, without a severity it is `medium`; without a
/// radius or an age of duplicates that of the category stays, or is the usual one.
///
/// # Errors
/// [`ImportError::Unreadable`] or [`ImportError::Invalid`] with every fault and its line or index.
pub fn parse(format: Format, bytes: &[u8]) -> Result<Vec<CategoryDraft>, ImportError> {
    let bytes = without_mark(bytes);
    let mut seen = BTreeSet::new();
    let check = |(at, entry): (String, Result<Entry, String>), faults: &mut Faults| {
        let entry = faults.keep(&at, entry.map_err(|message| ("malformed", message)))?;
        let draft = draft(&at, &entry, faults)?;
        if !seen.insert(draft.id.clone()) {
            let message = format!("{:?} is the id of an earlier entry too", draft.id);
            faults.add(&format!("{at}.id"), "duplicate", message);
        }
        Some(draft)
    };
    match format {
        Format::Csv => check_all(csv_entries(bytes), check),
        Format::Json => check_all(json_entries(bytes)?, check),
    }
}

/// Creates or updates the categories of a file, all or none.
///
/// # Errors
/// [`ImportError`].
pub async fn import(store: &Store, format: Format, bytes: &[u8]) -> Result<Saved, ImportError> {
    let drafts = parse(format, bytes)?;
    Ok(save_categories(store, &drafts).await?)
}

fn draft(at: &str, entry: &Entry, faults: &mut Faults) -> Option<CategoryDraft> {
    let severity = entry
        .default_severity
        .as_deref()
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let id = faults.keep(&format!("{at}.id"), slug(entry.id.trim()));
    let name = faults.keep(&format!("{at}.name"), free_text(&entry.name, NAME_LONGEST));
    let hint = faults.keep(
        &format!("{at}.hint"),
        hint(entry.hint.as_deref().unwrap_or_default()),
    );
    let severity = severity.map_or(Ok(Severity::Medium), Severity::parse);
    let severity = faults.keep(&format!("{at}.default_severity"), severity);
    let radius = entry.duplicate_radius_m.as_ref().map(whole);
    let radius = radius.map(|parsed| parsed.and_then(duplicate_radius));
    let radius = radius.and_then(|parsed| faults.keep(&format!("{at}.duplicate_radius_m"), parsed));
    let days = entry.duplicate_days.as_ref().map(whole);
    let days = days.map(|parsed| parsed.and_then(duplicate_days));
    let days = days.and_then(|parsed| faults.keep(&format!("{at}.duplicate_days"), parsed));
    Some(CategoryDraft {
        id: id?,
        name: name?,
        hint: hint?,
        default_severity: severity?,
        duplicate_radius_m: radius,
        duplicate_days: days,
    })
}

fn whole(value: &Value) -> Result<i32, (&'static str, String)> {
    let number = value.as_i64().map(i32::try_from).and_then(Result::ok);
    number.ok_or_else(|| ("wrong_type", "must be a whole number".into()))
}

/// Every row with its line number. Spreadsheets of some countries separate by semicolons.
fn csv_entries(bytes: &[u8]) -> impl Iterator<Item = (String, Result<Entry, String>)> {
    let header = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let delimiter = if header.contains(&b',') || !header.contains(&b';') {
        b','
    } else {
        b';'
    };
    let reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    // Lines are counted by record: a quoted text with a line break moves them, which is said rarely enough.
    reader.into_deserialize().enumerate().map(|(index, row)| {
        let line = row
            .as_ref()
            .err()
            .and_then(|error: &csv::Error| error.position())
            .map(csv::Position::line);
        let line = line.unwrap_or(index as u64 + 2);
        (format!("line {line}"), row.map_err(|error| reason(&error)))
    })
}

/// What is wrong with a row, without the position that is named already.
fn reason(error: &csv::Error) -> String {
    if let csv::ErrorKind::Deserialize { err, .. } = error.kind() {
        err.to_string()
    } else {
        error.to_string()
    }
}

fn json_entries(
    bytes: &[u8],
) -> Result<impl Iterator<Item = (String, Result<Entry, String>)>, ImportError> {
    let values: Vec<Value> = serde_json::from_slice(bytes)
        .map_err(|error| ImportError::Unreadable(format!("this is no JSON array: {error}")))?;
    Ok(values.into_iter().enumerate().map(|(index, value)| {
        (
            format!("[{index}]"),
            serde_json::from_value(value).map_err(|error| error.to_string()),
        )
    }))
}

/// The bytes without the mark that some editors put in front of UTF-8.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(format: Format, text: &str) -> Vec<String> {
        let drafts = parse(format, text.as_bytes()).unwrap();
        drafts.into_iter().map(|draft| draft.id).collect()
    }

    fn faults(format: Format, text: &str) -> Vec<String> {
        match parse(format, text.as_bytes()) {
            Err(ImportError::Invalid(faults)) => faults
                .into_inner()
                .into_iter()
                .map(|fault| fault.field)
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn csv_with_and_without_the_optional_columns_is_read() {
        assert_eq!(
            ids(Format::Csv, "id,name\npothole,Pothole\nnoise,Noise\n"),
            ["pothole", "noise"]
        );
        let text = "\u{feff}id;name;hint;default_severity\r\npothole;Pothole;\"How deep, how wide?\";high\r\n";
        let drafts = parse(Format::Csv, text.as_bytes()).unwrap();
        assert_eq!(drafts[0].hint, "How deep, how wide?");
        assert_eq!(drafts[0].default_severity, Severity::High);
    }

    #[test]
    fn how_near_and_old_duplicates_are_is_read_and_may_be_left_out() {
        let text = "id,name,duplicate_radius_m,duplicate_days\nlamp,Lamp,5,366\ntree,Tree,,0\n";
        let csv = parse(Format::Csv, text.as_bytes()).unwrap();
        let text = r#"[{"id":"lamp","name":"Lamp","duplicate_radius_m":5,"duplicate_days":366},
            {"id":"tree","name":"Tree","duplicate_radius_m":null,"duplicate_days":0}]"#;
        let json = parse(Format::Json, text.as_bytes()).unwrap();
        assert_eq!(csv, json);
        let range = |draft: &CategoryDraft| (draft.duplicate_radius_m, draft.duplicate_days);
        assert_eq!(range(&csv[0]), (Some(5), Some(366)));
        assert_eq!(range(&csv[1]), (None, Some(0)));
        let text = "id,name,duplicate_radius_m,duplicate_days\na,A,5001,-1\nb,B,near,1.5\n";
        let expected = [
            "line 2.duplicate_radius_m",
            "line 2.duplicate_days",
            "line 3.duplicate_radius_m",
            "line 3.duplicate_days",
        ];
        assert_eq!(faults(Format::Csv, text), expected);
        let text =
            r#"[{"id":"a","name":"A","duplicate_radius_m":"5","duplicate_days":99999999999}]"#;
        let expected = ["[0].duplicate_radius_m", "[0].duplicate_days"];
        assert_eq!(faults(Format::Json, text), expected);
    }

    #[test]
    fn json_is_read() {
        assert_eq!(
            ids(
                Format::Json,
                r#"[{"id":"noise","name":"Noise","hint":null}]"#
            ),
            ["noise"]
        );
    }

    #[test]
    fn all_faults_are_named_at_once_with_their_line() {
        let text = "id,name,default_severity\nBad Id,,huge\nok,Ok,low\nshort\nok,Again,low\n";
        let expected = [
            "line 2.id",
            "line 2.name",
            "line 2.default_severity",
            "line 4",
            "line 5.id",
        ];
        assert_eq!(faults(Format::Csv, text), expected);
        let text = r#"[{"id":"a","name":"A","colour":"red"},{"id":"b"},7]"#;
        assert_eq!(faults(Format::Json, text), ["[0]", "[1]", "[2]"]);
    }

    #[test]
    fn the_format_follows_the_extension_then_the_content() {
        assert_eq!(Format::of(Some(Path::new("a.CSV")), b"[]"), Format::Csv);
        assert_eq!(
            Format::of(Some(Path::new("a.json")), b"id,name"),
            Format::Json
        );
        assert_eq!(Format::of(None, b"  [{}]"), Format::Json);
        assert_eq!(
            Format::of(Some(Path::new("a.txt")), b"id,name"),
            Format::Csv
        );
    }

    #[test]
    fn an_empty_file_is_refused() {
        for text in ["", "id,name\n"] {
            assert!(matches!(
                parse(Format::Csv, text.as_bytes()),
                Err(ImportError::Unreadable(_))
            ));
        }
        assert!(matches!(
            parse(Format::Json, b"[]"),
            Err(ImportError::Unreadable(_))
        ));
    }
}
