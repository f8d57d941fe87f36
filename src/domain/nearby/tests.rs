//! What is found near a point.

use super::*;

fn at(latitude: f64, longitude: f64) -> Point {
    Point {
        latitude,
        longitude,
    }
}

fn put(nearby: &mut Nearby, id: u128, point: Point) {
    nearby.put("pothole", Uuid::from_u128(id), point);
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
        put(&mut nearby, id, at(52.5 + north, 13.4));
    }
    assert_eq!(found(&nearby, at(52.5, 13.4), 50.0), [4, 2, 1]);
    assert_eq!(found(&nearby, at(52.5, 13.4), 0.0), [4]);
    assert_eq!(found(&nearby, at(10.0, 13.4), 50.0), [0; 0]);
}

#[test]
fn what_two_regions_put_is_found_once_until_both_took_it() {
    let mut nearby = Nearby::default();
    let here = at(52.5, 13.4);
    put(&mut nearby, 1, here);
    put(&mut nearby, 1, here);
    assert_eq!(found(&nearby, here, 50.0), [1]);
    nearby.take("pothole", Uuid::from_u128(1), here);
    assert_eq!(found(&nearby, here, 50.0), [1]);
    nearby.take("pothole", Uuid::from_u128(1), here);
    assert_eq!(found(&nearby, here, 50.0), [0; 0]);
    assert!(nearby.grids.values().all(HashMap::is_empty));
}

#[test]
fn an_age_is_a_range_of_ids() {
    let mut nearby = Nearby::default();
    let here = at(52.5, 13.4);
    (1..=4).for_each(|id| put(&mut nearby, id, here));
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
    put(&mut nearby, 1, at(10.0, 179.9999));
    put(&mut nearby, 2, at(10.0, -179.9999));
    put(&mut nearby, 3, at(90.0, 0.0));
    assert_eq!(found(&nearby, at(10.0, 180.0), 50.0).len(), 2);
    assert_eq!(found(&nearby, at(10.0, -180.0), 50.0).len(), 2);
    assert_eq!(found(&nearby, at(90.0, 0.0), 50.0), [3]);
}

#[test]
fn a_thousand_on_one_point_are_no_burden() {
    let mut nearby = Nearby::default();
    let here = at(52.5, 13.4);
    (1..=1000).for_each(|id| put(&mut nearby, id, here));
    assert_eq!(
        found(&nearby, here, 50.0),
        [1000, 999, 998, 997, 996, 995, 994, 993, 992, 991]
    );
}

/// A sequence of shares of 1 that looks random and is the same each time.
fn share(dice: &mut u64) -> f64 {
    *dice = dice
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    f64::from(u32::try_from(*dice >> 32).unwrap()) / f64::from(u32::MAX)
}

#[test]
fn from_the_middle_outwards_the_same_are_found_as_among_all() {
    let mut dice = 5;
    for (south, west, north, east) in [
        (54.0, 7.6, 54.2, 7.9),
        (78.1, 15.5, 78.3, 16.5),
        (-0.05, 179.9, 0.05, 180.1),
        (-54.01, -180.1, -54.0, -179.99),
    ] {
        let mut point = || {
            let latitude = south + share(&mut dice) * (north - south);
            let longitude: f64 = west + share(&mut dice) * (east - west);
            at(latitude, (longitude + 540.0).rem_euclid(360.0) - 180.0)
        };
        let all: Vec<(u128, Point)> = (1..=1500).map(|id| (id, point())).collect();
        let mut nearby = Nearby::default();
        all.iter().for_each(|(id, at)| put(&mut nearby, *id, *at));
        for (radius, _) in [50.0, 300.0, 2000.0, 5000.0].into_iter().cycle().zip(0..40) {
            let middle = point();
            let mut expected: Vec<(f64, u128)> = all
                .iter()
                .map(|(id, at)| (middle.distance_m(*at), *id))
                .filter(|(metres, _)| *metres <= radius)
                .collect();
            expected.sort_by(|one, other| one.0.total_cmp(&other.0));
            let expected: Vec<u128> = expected.iter().take(10).map(|(_, id)| *id).collect();
            assert_eq!(
                found(&nearby, middle, radius),
                expected,
                "{middle:?} {radius}"
            );
        }
    }
}

#[test]
fn a_dense_city_and_a_wide_radius_are_no_burden() {
    let mut dice = 9;
    let mut nearby = Nearby::default();
    for id in 1..=20_000 {
        let point = at(
            54.0 + share(&mut dice) * 0.09,
            7.6 + share(&mut dice) * 0.15,
        );
        put(&mut nearby, id, point);
    }
    let search = Search {
        category: "pothole",
        middle: at(54.045, 7.675),
        radius_m: 5000.0,
        from: Uuid::nil(),
        before: Uuid::max(),
    };
    let squares = squares(search.middle, Reach::of(search.middle, search.radius_m));
    let found = nearby.find(search, 10);
    let farthest = found.last().unwrap().distance_m;
    let looked_at = squares.iter().filter(|(_, at_least)| *at_least <= farthest);
    assert!(squares.len() > 400, "{}", squares.len());
    assert!(looked_at.count() < 10, "all others are left alone");
}
