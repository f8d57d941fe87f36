//! What is found near a point.

use super::*;

fn at(latitude: f64, longitude: f64) -> Point {
    Point {
        latitude,
        longitude,
    }
}

fn open(id: u128, point: Point) -> Sighting {
    Sighting {
        complaint: Uuid::from_u128(id),
        region: RegionId::from_stored("north"),
        category: "pothole".into(),
        point: Some(point),
        is_open: true,
    }
}

fn found(nearby: &Nearby, middle: Point, radius_m: f64) -> Vec<u128> {
    let search = Search {
        category: "pothole",
        middle,
        radius_m,
        from: Uuid::nil(),
        before: Uuid::max(),
    };
    let near = nearby.find(search, 10);
    near.iter().map(|near| near.complaint.as_u128()).collect()
}

#[test]
fn the_nearest_come_first_and_none_beyond_the_radius() {
    let mut nearby = Nearby::default();
    // 0.0001° of latitude are 11.1 m.
    for (id, north) in [(1, 0.0004), (2, 0.0001), (3, 0.0005), (4, 0.0)] {
        nearby.see(open(id, at(52.5 + north, 13.4)));
    }
    assert_eq!(found(&nearby, at(52.5, 13.4), 50.0), [4, 2, 1]);
    assert_eq!(found(&nearby, at(52.5, 13.4), 0.0), [4]);
    assert_eq!(found(&nearby, at(10.0, 13.4), 50.0), [0; 0]);
}

#[test]
fn what_is_closed_moved_or_forgotten_is_not_found() {
    let mut nearby = Nearby::default();
    let here = at(52.5, 13.4);
    (1..=4).for_each(|id| nearby.see(open(id, here)));
    nearby.see(Sighting {
        is_open: false,
        ..open(1, here)
    });
    nearby.see(open(2, at(53.0, 13.4)));
    nearby.see(Sighting {
        category: "lamp".into(),
        ..open(3, here)
    });
    assert_eq!(found(&nearby, here, 50.0), [4]);
    nearby.forget_region(&RegionId::from_stored("north"));
    assert_eq!(found(&nearby, here, 50.0), [0; 0]);
    assert!(nearby.filed.is_empty() && nearby.grids.values().all(HashMap::is_empty));
}

#[test]
fn an_age_is_a_range_of_ids() {
    let mut nearby = Nearby::default();
    let here = at(52.5, 13.4);
    (1..=4).for_each(|id| nearby.see(open(id, here)));
    let search = Search {
        category: "pothole",
        middle: here,
        radius_m: 50.0,
        from: Uuid::from_u128(2),
        before: Uuid::from_u128(4),
    };
    let ids: Vec<u128> = nearby
        .find(search, 10)
        .iter()
        .map(|near| near.complaint.as_u128())
        .collect();
    assert_eq!(ids, [3, 2]);
    assert_eq!(nearby.find(search, 1).len(), 1);
}

#[test]
fn squares_meet_at_the_antimeridian_and_end_at_the_poles() {
    let mut nearby = Nearby::default();
    nearby.see(open(1, at(10.0, 179.9999)));
    nearby.see(open(2, at(10.0, -179.9999)));
    nearby.see(open(3, at(90.0, 0.0)));
    assert_eq!(found(&nearby, at(10.0, 180.0), 50.0).len(), 2);
    assert_eq!(found(&nearby, at(10.0, -180.0), 50.0).len(), 2);
    assert_eq!(found(&nearby, at(90.0, 0.0), 50.0), [3]);
}

#[test]
fn a_thousand_on_one_point_are_no_burden() {
    let mut nearby = Nearby::default();
    let here = at(52.5, 13.4);
    (1..=1000).for_each(|id| nearby.see(open(id, here)));
    assert_eq!(
        found(&nearby, here, 50.0),
        [1000, 999, 998, 997, 996, 995, 994, 993, 992, 991]
    );
}
