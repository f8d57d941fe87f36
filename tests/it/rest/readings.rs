//! However a list is read, by one index or another or by a walk, it holds what the plain filter gives.

use std::collections::BTreeMap;

use redress::domain::area::{BoundingBox, Circle};
use redress::domain::complaint::Severity;
use redress::domain::listing::{Direction, Sort};
use redress::domain::region::RegionId;
use redress::domain::status::Status;
use redress::store::Store;
use redress::store::lists::{Filter, Known, Slice, page};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::TestApp;

const REGIONS: [&str; 3] = ["harbour", "north", "old-town"];
const CATEGORIES: [&str; 3] = ["pothole", "lamp", "rubbish"];
const WORDS: [&str; 4] = ["hole", "\"deep hole\"", "lamp -hole", "lamp or deep"];
const COMPLAINTS: usize = 240;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

fn person(number: usize) -> Uuid {
    Uuid::from_u128(77 << 64 | number as u128)
}

/// Around a square, and some across ±180°.
fn point(dice: &mut Dice) -> (f64, f64) {
    let near =
        |dice: &mut Dice, reach: usize| (dice.below(reach) as f64 - reach as f64 / 2.0) / 1e4;
    match dice.below(10) {
        0 => (10.0 + near(dice, 50), 180.0 - near(dice, 50).abs()),
        1 => (10.0 + near(dice, 50), -180.0 + near(dice, 50).abs()),
        2..7 => (52.5 + near(dice, 40), 13.4 + near(dice, 40)),
        _ => (52.5 + near(dice, 4000), 13.4 + near(dice, 4000)),
    }
}

/// Writes complaints of every kind behind the server's back.
async fn fill(client: &Client, dice: &mut Dice) {
    let mut rows = Vec::new();
    let text =
        |value: Option<String>| value.map_or("NULL".to_owned(), |value| format!("'{value}'"));
    for number in 0..COMPLAINTS {
        let milliseconds = 1_700_000_000_000 + 1000 * (number as u128 / 3);
        let id =
            Uuid::from_u128(milliseconds << 80 | 7 << 76 | 2 << 62 | dice.below(1 << 30) as u128);
        let place = dice.happens(90).then(|| point(dice));
        let (latitude, longitude) = place.unzip();
        let assignee = dice.happens(60).then(|| person(dice.below(3)).to_string());
        let api_key = dice.happens(50).then(|| person(9).to_string());
        let due = dice
            .happens(50)
            .then(|| format!("2023-11-2{}T00:00:00Z", dice.below(4)));
        let description = [
            "a hole",
            "a deep hole",
            "a hole so deep",
            "the lamp",
            "a deep lamp",
        ][dice.below(5)];
        let status = Status::ALL[dice.below(7)].as_str();
        rows.push(format!(
            "('{id}', '{}', '{}', '{status}', '{}', '{description}', {}, {}, {}, {}, {}, 1,
              time_of('{id}'), to_timestamp(1700000000 + {}), time_of('{id}'))",
            REGIONS[dice.below(3)],
            CATEGORIES[dice.below(3)],
            ["low", "high", "critical"][dice.below(3)],
            text(latitude.map(|at| at.to_string())),
            text(longitude.map(|at| at.to_string())),
            text(assignee),
            text(api_key),
            text(due),
            dice.below(20),
        ));
    }
    let made = format!(
        "INSERT INTO complaints (id, region_id, category_id, status, severity, description, latitude, longitude,
             assignee_id, api_key_id, due_at, version, created_at, updated_at, status_since)
         VALUES {};
         INSERT INTO complaint_words SELECT id, words_of(complaints, 'simple') FROM complaints;
         ANALYZE complaints, complaint_words",
        rows.join(",\n")
    );
    client.batch_execute(&made).await.unwrap();
}

/// A filter, and the same as conditions of SQL.
fn any_filter(dice: &mut Dice) -> (Filter, Vec<String>) {
    let (mut filter, mut plain) = (Filter::default(), Vec::new());
    let quoted = |words: &[&str]| format!("('{}')", words.join("', '"));
    if dice.happens(40) {
        let regions = &REGIONS[dice.below(3)..];
        filter.regions = Some(regions.iter().copied().map(RegionId::from_stored).collect());
        plain.push(format!("region_id IN {}", quoted(regions)));
    }
    if dice.happens(40) {
        let statuses = &Status::ALL[dice.below(7)..];
        let words: Vec<&str> = statuses.iter().copied().map(Status::as_str).collect();
        filter.statuses = Some(statuses.to_vec());
        plain.push(format!("status IN {}", quoted(&words)));
    }
    if dice.happens(25) {
        let categories = &CATEGORIES[dice.below(3)..];
        filter.categories = Some(categories.iter().map(ToString::to_string).collect());
        plain.push(format!("category_id IN {}", quoted(categories)));
    }
    if dice.happens(25) {
        filter.severities = Some(vec![Severity::High, Severity::Critical]);
        plain.push("severity IN ('high', 'critical')".into());
    }
    match dice.below(5) {
        0 => {
            filter.assignee = Some(person(1));
            plain.push(format!("assignee_id = '{}'", person(1)));
        }
        1 => {
            filter.unassigned = true;
            plain.push("assignee_id IS NULL".into());
        }
        _ => {}
    }
    if dice.happens(15) {
        filter.api_key = Some(person(9));
        plain.push(format!("api_key_id = '{}'", person(9)));
    }
    if dice.happens(25) {
        let text = WORDS[dice.below(4)];
        filter.text = Some(text.into());
        plain.push(format!(
            "to_tsvector('simple', description) @@ websearch_to_tsquery('simple', '{text}')"
        ));
    }
    if dice.happens(20) {
        filter.due_before = Some("2023-11-22T00:00:00Z".parse().unwrap());
        plain.push("due_at < '2023-11-22T00:00:00Z'".into());
    }
    if dice.happens(20) {
        filter.created_after = Some("2023-11-14T22:13:40Z".parse().unwrap());
        plain.push("created_at > '2023-11-14T22:13:40Z'".into());
    }
    any_place(dice, &mut filter, &mut plain);
    (filter, plain)
}

fn any_place(dice: &mut Dice, filter: &mut Filter, plain: &mut Vec<String>) {
    match dice.below(6) {
        0 => {
            filter.area = Some(BoundingBox::parse("13.3,52.4,13.41,52.501").unwrap());
            plain.push(
                "latitude BETWEEN 52.4 AND 52.501 AND longitude BETWEEN 13.3 AND 13.41".into(),
            );
        }
        1 => {
            filter.area = Some(BoundingBox::parse("179.999,0,-179.999,20").unwrap());
            plain.push(
                "latitude BETWEEN 0 AND 20 AND (longitude >= 179.999 OR longitude <= -179.999)"
                    .into(),
            );
        }
        2 | 3 => {
            let metres = [100.0, 300.0, 20_000.0][dice.below(3)];
            filter.near = Some(Circle::parse(&format!("52.5,13.4,{metres}")).unwrap());
            plain.push(format!(
                "metres_between(latitude, longitude, 52.5, 13.4) <= {metres}"
            ));
        }
        _ => {}
    }
}

/// The ids that the plain filter gives, in order.
async fn expected(
    client: &Client,
    mut plain: Vec<String>,
    sort: Sort,
    direction: Direction,
) -> Vec<Uuid> {
    let way = match direction {
        Direction::Ascending => "ASC",
        Direction::Descending => "DESC",
    };
    let key = match sort {
        Sort::CreatedAt => "created_at",
        Sort::UpdatedAt => "updated_at",
        Sort::DueAt => "due_at",
        Sort::Distance => "metres_between(latitude, longitude, 52.5, 13.4)",
    };
    plain.push(format!("{key} IS NOT NULL"));
    let question = format!(
        "SELECT id FROM complaints WHERE {} ORDER BY {key} {way}, id {way}",
        plain.join(" AND ")
    );
    let rows = client.query(&question, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// The ids of all pages, one after the other.
async fn paged(store: &Store, filter: &Filter, known: &Known, mut slice: Slice) -> Vec<Uuid> {
    let mut seen = Vec::new();
    loop {
        let items = page(store, filter, known, slice).await.unwrap();
        seen.extend(items.iter().map(|item| item.complaint.id));
        let is_last = items.len() < usize::try_from(slice.limit).unwrap();
        match items.last().and_then(|item| item.cursor(slice.sort)) {
            Some(cursor) if !is_last => slice.after = Some(cursor),
            Some(_) | None => return seen,
        }
    }
}

/// What a server may know: the counts that are, and counts by which everything is many.
async fn counts(client: &Client) -> BTreeMap<RegionId, [i64; Status::ALL.len()]> {
    let mut counts = BTreeMap::new();
    let question = "SELECT region_id, status, COUNT(*) FROM complaints GROUP BY 1, 2";
    for row in client.query(question, &[]).await.unwrap() {
        let status = Status::parse(row.get(1)).unwrap();
        let region = RegionId::from_stored(row.get(0));
        counts.entry(region).or_insert([0; Status::ALL.len()])[status.index()] = row.get(2);
    }
    counts
}

#[actix::test]
async fn every_way_to_read_a_list_gives_the_same_pages() {
    let app = TestApp::spawn().await;
    let client = app.database().connect().await;
    let mut dice = Dice(11);
    fill(&client, &mut dice).await;
    let real = counts(&client).await;
    let mut huge = real.clone();
    for counts in huge.values_mut().flatten() {
        *counts += 1_000_000;
    }
    let sorts = [
        Sort::CreatedAt,
        Sort::UpdatedAt,
        Sort::DueAt,
        Sort::Distance,
    ];
    for turn in 0..160 {
        let (filter, plain) = any_filter(&mut dice);
        let sort = sorts[dice.below(if filter.near.is_some() { 4 } else { 3 })];
        let direction = match sort {
            Sort::CreatedAt | Sort::UpdatedAt | Sort::DueAt if dice.happens(50) => {
                Direction::Descending
            }
            Sort::CreatedAt | Sort::UpdatedAt | Sort::DueAt | Sort::Distance => {
                Direction::Ascending
            }
        };
        let expected = expected(&client, plain, sort, direction).await;
        let limit = [3, 17][dice.below(2)];
        for (counts, few) in [
            (&real, None),
            (&huge, None),
            (&huge, Some(0)),
            (&huge, Some(12)),
            (&real, Some(12)),
        ] {
            let known = Known {
                language: "simple".into(),
                complaints: counts.clone(),
                few,
            };
            let slice = Slice {
                sort,
                direction,
                after: None,
                limit,
            };
            let seen = paged(app.application().store(), &filter, &known, slice).await;
            assert_eq!(
                seen, expected,
                "{turn}: {filter:?} {sort:?} {direction:?} {few:?}"
            );
        }
    }
    app.end().await;
}
