//! A complaint as a line of CSV (RFC 4180), safe to open in a spreadsheet.

use std::fmt::{Display, Write};

use crate::domain::listing::Listed;

/// The header line.
pub(super) const HEAD: &str = "id,region,category,status,severity,description,address,latitude,longitude,\
    assignee,version,created_at,updated_at,status_since,due_at,hold_until,escalation,duplicate_of,\
    supporters,acknowledged_at,resolved_at,distance_m\r\n";

/// Appends a complaint's line.
pub(super) fn row(listed: &Listed, out: &mut String) {
    let complaint = &listed.complaint;
    let life = &complaint.life;
    plain(complaint.id, out);
    plain(&complaint.region, out);
    plain(&complaint.category, out);
    plain(complaint.status, out);
    plain(complaint.severity, out);
    text(&complaint.description, out);
    text(complaint.address.as_deref().unwrap_or_default(), out);
    optional(complaint.latitude, out);
    optional(complaint.longitude, out);
    optional(complaint.assignee, out);
    plain(complaint.version, out);
    plain(complaint.created_at, out);
    plain(complaint.updated_at, out);
    plain(complaint.status_since, out);
    optional(life.due_at, out);
    optional(life.hold_until, out);
    plain(life.escalation, out);
    optional(life.duplicate_of, out);
    plain(life.supporters, out);
    optional(life.acknowledged_at, out);
    optional(life.resolved_at, out);
    optional(listed.distance_m, out);
    // The comma behind the last field.
    out.pop();
    out.push_str("\r\n");
}

/// A word, number or time of ours: needs no quotes.
fn plain(value: impl Display, out: &mut String) {
    // Writing to a string cannot fail.
    write!(out, "{value},").unwrap_or_default();
}

fn optional(value: Option<impl Display>, out: &mut String) {
    match value {
        Some(value) => plain(value, out),
        None => out.push(','),
    }
}

/// Text that people wrote. A spreadsheet would run what begins like a formula: an apostrophe before it
/// makes it text.
fn text(value: &str, out: &mut String) {
    let is_formula = value.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    out.push('"');
    if is_formula {
        out.push('\'');
    }
    out.push_str(&value.replace('"', "\"\""));
    out.push_str("\",");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> String {
        let mut out = String::new();
        text(value, &mut out);
        out
    }

    #[test]
    fn texts_are_quoted_and_formulas_are_disarmed() {
        for (value, expected) in [
            ("plain", "\"plain\","),
            (
                "a \"word\", and\r\na line",
                "\"a \"\"word\"\", and\r\na line\",",
            ),
            ("=1+1", "\"'=1+1\","),
            ("+49", "\"'+49\","),
            ("-", "\"'-\","),
            ("@cmd", "\"'@cmd\","),
            ("a=b", "\"a=b\","),
            ("", "\"\","),
            ("Würzburg", "\"Würzburg\","),
        ] {
            assert_eq!(written(value), expected, "{value}");
        }
    }
}
