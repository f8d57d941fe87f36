//! What the event logs of regions make of their open complaints.

use uuid::Uuid;

use super::*;
use crate::domain::event::{FormerTraits, Sides};

const HERE: Point = Point {
    latitude: 52.5,
    longitude: 13.4,
};

fn open(region: &str, id: u128, category: &str, assignee: Option<u128>) -> Sighting {
    let traits = Traits {
        category: category.into(),
        severity: Severity::High,
        assignee: assignee.map(Uuid::from_u128),
    };
    let sides = Sides::new(Uuid::from_u128(id), traits, FormerTraits::default(), false);
    Sighting {
        region: RegionId::from_stored(region),
        sides: sides.into(),
        point: Some(HERE),
        is_open: true,
    }
}

fn gone(sighting: Sighting) -> Sighting {
    Sighting {
        is_open: false,
        ..sighting
    }
}

fn regions(names: &[&str]) -> Vec<RegionId> {
    names
        .iter()
        .map(|name| RegionId::from_stored(name))
        .collect()
}

fn by_category(open: &OpenComplaints, names: &[&str]) -> Vec<(String, i64)> {
    let counts = open.counts(Some(&regions(names)));
    counts.by_category.into_iter().collect()
}

fn found(open: &OpenComplaints, category: &str) -> Vec<u128> {
    let search = Search {
        category,
        middle: HERE,
        radius_m: 50.0,
        from: Uuid::nil(),
        before: Uuid::max(),
    };
    let near = open.find(search, 10);
    near.iter().map(|near| near.complaint.as_u128()).collect()
}

#[test]
fn a_complaint_counts_as_what_it_has_become() {
    let mut complaints = OpenComplaints::default();
    complaints.see(&open("north", 1, "pothole", None));
    complaints.see(&open("north", 2, "pothole", Some(7)));
    complaints.see(&open("north", 1, "lamp", Some(7)));
    complaints.see(&Sighting {
        point: None,
        ..open("harbour", 3, "lamp", None)
    });
    let counts = complaints.counts(None);
    let officer = Some(Uuid::from_u128(7));
    assert_eq!(
        counts.by_category,
        [("lamp".into(), 2), ("pothole".into(), 1)].into()
    );
    assert_eq!(counts.by_severity, [(Severity::High, 3)].into());
    assert_eq!(counts.by_assignee, [(None, 1), (officer, 2)].into());
    assert_eq!(
        by_category(&complaints, &["harbour"]),
        [("lamp".to_owned(), 1)]
    );
    assert_eq!(by_category(&complaints, &["nowhere"]), []);
    assert_eq!(
        (found(&complaints, "pothole"), found(&complaints, "lamp")),
        (vec![2], vec![1])
    );
    complaints.see(&gone(open("north", 2, "pothole", Some(7))));
    complaints.see(&gone(open("north", 9, "pothole", None)));
    assert_eq!(
        by_category(&complaints, &["north"]),
        [("lamp".to_owned(), 1)]
    );
    assert_eq!(found(&complaints, "pothole"), [0; 0]);
}

#[test]
fn a_move_counts_once_whichever_log_is_first() {
    let left = || gone(open("north", 1, "pothole", None));
    let come = || open("harbour", 1, "pothole", None);
    for order in [[left(), come()], [come(), left()]] {
        let mut complaints = OpenComplaints::default();
        complaints.see(&open("north", 1, "pothole", None));
        order.iter().for_each(|sighting| complaints.see(sighting));
        assert_eq!(by_category(&complaints, &["north"]), []);
        assert_eq!(
            by_category(&complaints, &["harbour"]),
            [("pothole".to_owned(), 1)]
        );
        assert_eq!(found(&complaints, "pothole"), [1]);
        // The log of the region that it left is read again from before the move.
        complaints.forget_region(&RegionId::from_stored("north"));
        complaints.see(&open("north", 1, "pothole", None));
        complaints.see(&left());
        assert_eq!(
            complaints.counts(None).by_category,
            [("pothole".into(), 1)].into()
        );
        assert_eq!(found(&complaints, "pothole"), [1]);
    }
}

#[test]
fn a_region_that_is_forgotten_leaves_the_others() {
    let mut complaints = OpenComplaints::default();
    (1..=4).for_each(|id| complaints.see(&open("north", id, "pothole", None)));
    complaints.see(&open("harbour", 5, "pothole", None));
    complaints.forget_region(&RegionId::from_stored("north"));
    assert_eq!(found(&complaints, "pothole"), [5]);
    assert_eq!(
        complaints.counts(None).by_category,
        [("pothole".into(), 1)].into()
    );
}
