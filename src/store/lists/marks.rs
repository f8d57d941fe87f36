//! What the inverted index of words and marks is asked for, as text of a `tsquery`.

use crate::domain::cells;
use crate::domain::complaint::Severity;
use crate::domain::region::RegionId;

use super::Filter;

/// The marks that a complaint must have; `None` when there is nothing to ask for.
///
/// Regions are asked for here only beside something else: alone, the table's own column serves better.
pub(super) fn query(filter: &Filter) -> Option<String> {
    let mut parts = Vec::new();
    let words = |words: &[String], letter: char| -> Vec<String> {
        words
            .iter()
            .map(|word| format!("={letter}{word}"))
            .collect()
    };
    if let Some(categories) = &filter.categories {
        parts.push(any(&words(categories, 'c')));
    }
    if let Some(severities) = &filter.severities {
        let severities: Vec<String> = severities
            .iter()
            .copied()
            .map(Severity::as_str)
            .map(Into::into)
            .collect();
        parts.push(any(&words(&severities, 's')));
    }
    if let Some(key) = &filter.api_key {
        parts.push(any(&[format!("=k{key}")]));
    }
    let areas = [filter.area, filter.near.map(|circle| circle.bounding_box())];
    for cells in areas.iter().flatten().filter_map(cells::covering) {
        parts.push(any(&cells));
    }
    let is_alone = parts.is_empty() && filter.text.is_none();
    if let Some(regions) = filter.regions.as_ref().filter(|_| !is_alone) {
        let regions: Vec<String> = regions.iter().map(RegionId::to_string).collect();
        parts.push(any(&words(&regions, 'r')));
    }
    (!parts.is_empty()).then(|| parts.join(" & "))
}

/// One of the marks.
fn any(marks: &[String]) -> String {
    let quoted: Vec<String> = marks
        .iter()
        .map(|mark| format!("'{}'", mark.replace('\\', r"\\").replace('\'', "''")))
        .collect();
    format!("({})", quoted.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area::BoundingBox;

    fn regions() -> Option<Vec<RegionId>> {
        Some(["harbour", "north"].map(RegionId::from_stored).into())
    }

    #[test]
    fn regions_alone_are_no_marks() {
        let filter = Filter {
            regions: regions(),
            ..Filter::default()
        };
        assert_eq!(query(&filter), None);
        let filter = Filter {
            text: Some("hole".into()),
            ..filter
        };
        assert_eq!(query(&filter).unwrap(), "('=rharbour' | '=rnorth')");
    }

    #[test]
    fn what_is_asked_for_is_joined() {
        let filter = Filter {
            categories: Some(vec!["pothole".into()]),
            severities: Some(vec![Severity::Low, Severity::High]),
            area: Some(BoundingBox::parse("0,0,0.001,0.001").unwrap()),
            regions: regions(),
            ..Filter::default()
        };
        let expected = "('=cpothole') & ('=slow' | '=shigh') & ('=g16:32768:65536') & ('=rharbour' | '=rnorth')";
        assert_eq!(query(&filter).unwrap(), expected);
    }

    #[test]
    fn quotes_cannot_leave_their_mark() {
        assert_eq!(any(&[r"=cit's\".into()]), r"('=cit''s\\')");
    }
}
