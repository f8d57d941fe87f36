//! Faults of submissions, all named at once.

use super::*;
use crate::domain::catalogue::Category;

fn catalogue() -> Catalogue {
    let category = Category {
        id: "pothole".into(),
        name: "Pothole".into(),
        hint: String::new(),
        default_severity: Severity::High,
        active: true,
        duplicate_radius_m: 50,
        duplicate_days: 14,
    };
    Catalogue::new(1, Vec::new(), vec![category])
}

fn faults(json: &str) -> Vec<(String, &'static str)> {
    let request: NewComplaint = serde_json::from_str(json).unwrap();
    let faults = request.parse(&catalogue(), None, None).unwrap_err();
    faults
        .into_inner()
        .into_iter()
        .map(|fault| (fault.field, fault.code))
        .collect()
}

#[test]
fn every_fault_is_named_at_once() {
    let found = faults(
        r#"{"category":"sea-monster","description":" ","severity":"huge","latitude":"north","longitude":200,
            "address":"","region":"Atlantis","reporter":{"email":"x","phone":"1","age":7},"colour":"red"}"#,
    );
    let fields: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
    for field in [
        "category",
        "description",
        "severity",
        "latitude",
        "longitude",
        "address",
        "region",
        "reporter.email",
        "reporter.phone",
        "reporter.age",
        "colour",
    ] {
        assert!(fields.contains(&field), "{field} is missing in {fields:?}");
    }
}

#[test]
fn an_empty_submission_says_what_it_needs() {
    assert_eq!(
        faults("{}"),
        [
            ("category".to_owned(), "required"),
            ("description".to_owned(), "required"),
            ("latitude".to_owned(), "required"),
        ]
    );
}

#[test]
fn a_point_outside_all_regions_is_a_fault_that_says_so() {
    let found = faults(r#"{"category":"pothole","description":"deep","latitude":0,"longitude":0}"#);
    assert_eq!(found, [("latitude".to_owned(), "outside")]);
}
