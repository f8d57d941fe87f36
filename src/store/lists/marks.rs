//! What the inverted index of words and marks is asked for, as text of a `tsquery`.

use crate::domain::cells::{self, CELLS_MOST, CELLS_TOGETHER_MOST};
use crate::domain::region::RegionId;

use super::Filter;

/// What a complaint must have: one of the cells, and the marks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Each is a `tsquery`.
    pub(super) cells: Option<Vec<String>>,
    /// Fewer and larger ones.
    pub(super) around: Option<String>,
    pub(super) others: Option<String>,
    /// One of these regions.
    pub(super) regions: Option<String>,
}

/// What a filter asks for; `None` when there is nothing.
///
/// Regions are asked for here only beside something else: alone, the table's own column serves better.
pub(super) fn query(filter: &Filter) -> Option<Marks> {
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
    if let Some(severities) = super::severities(filter) {
        let severities: Vec<String> = severities.into_iter().map(Into::into).collect();
        parts.push(any(&words(&severities, 's')));
    }
    if let Some(key) = &filter.api_key {
        parts.push(any(&[format!("=k{key}")]));
    }
    let circle = filter.near.map(|circle| circle.bounding_box());
    let mut areas = [circle, filter.area].into_iter().flatten();
    let area = areas.next();
    let cells = area.and_then(|area| cells::covering(&area, CELLS_MOST));
    let around = area.and_then(|area| cells::covering(&area, CELLS_TOGETHER_MOST));
    // A box beside a circle.
    let more = areas.filter_map(|area| cells::covering(&area, CELLS_TOGETHER_MOST));
    parts.extend(more.map(|cells| any(&cells)));
    let is_alone = parts.is_empty() && cells.is_none() && filter.text.is_none();
    let regions = filter.regions.as_ref().map(|regions| {
        let regions: Vec<String> = regions.iter().map(RegionId::to_string).collect();
        any(&words(&regions, 'r'))
    });
    let others = (!parts.is_empty()).then(|| parts.join(" & "));
    let cells = cells.map(|cells| cells.iter().map(|cell| quoted(cell)).collect());
    let around = around.map(|cells| any(&cells));
    (!is_alone).then_some(Marks {
        cells,
        around,
        others,
        regions,
    })
}

/// One of the marks.
fn any(marks: &[String]) -> String {
    let quoted: Vec<String> = marks.iter().map(|mark| quoted(mark)).collect();
    format!("({})", quoted.join(" | "))
}

fn quoted(mark: &str) -> String {
    format!("'{}'", mark.replace('\\', r"\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area::BoundingBox;
    use crate::domain::complaint::Severity;

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
        let regions = Some("('=rharbour' | '=rnorth')".into());
        assert_eq!(
            query(&filter).unwrap(),
            Marks {
                regions,
                ..Marks::default()
            }
        );
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
        let others = "('=cpothole') & ('=slow' | '=shigh')";
        let expected = Marks {
            cells: Some(vec!["'=g16:32768:65536'".into()]),
            around: Some("('=g16:32768:65536')".into()),
            others: Some(others.into()),
            regions: Some("('=rharbour' | '=rnorth')".into()),
        };
        assert_eq!(query(&filter).unwrap(), expected);
    }

    #[test]
    fn quotes_cannot_leave_their_mark() {
        assert_eq!(any(&[r"=cit's\".into()]), r"('=cit''s\\')");
    }
}
