//! What is asked of a million complaints: by everything that can be asked, and by what matches little.

use crate::dice::Dice;
use crate::seed::{WORDS, World, word};

/// A question with other values each time.
pub(super) struct Question {
    pub(super) what: &'static str,
    pub(super) path: fn(&mut Dice, &World) -> String,
}

/// All questions.
pub(super) fn questions() -> Vec<Question> {
    let question = |&(what, path): &(&'static str, Path)| Question { what, path };
    QUESTIONS.iter().map(question).collect()
}

type Path = fn(&mut Dice, &World) -> String;

const QUESTIONS: &[(&str, Path)] = &[
    ("list: newest", |_, _| list("")),
    ("list: oldest", |_, _| list("order=asc")),
    ("list: from the middle of the year", |dice, world| {
        let back = dice.below(300) as i64 + 30;
        let at = world.now as i64 - back * 86_400_000;
        list(&format!(
            "created_before={}",
            jiff::Timestamp::from_millisecond(at).unwrap_or_default()
        ))
    }),
    ("list: a day of the year", |dice, world| {
        let at = world.now as i64 - (dice.below(360) as i64 + 2) * 86_400_000;
        let day = |ms: i64| jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
        list(&format!(
            "created_after={}&created_before={}",
            day(at),
            day(at + 86_400_000)
        ))
    }),
    ("list: latest change", |_, _| list("sort=updated_at")),
    ("list: earliest change", |_, _| {
        list("sort=updated_at&order=asc")
    }),
    ("filter: a status", |dice, _| {
        list(&format!("status={}", status(dice)))
    }),
    ("filter: a status, oldest first", |dice, _| {
        list(&format!("status={}&order=asc", status(dice)))
    }),
    ("filter: open", |_, _| list("open=true")),
    ("filter: open, oldest first", |_, _| {
        list("open=true&order=asc")
    }),
    ("filter: open, longest untouched", |_, _| {
        list("open=true&sort=updated_at&order=asc")
    }),
    ("filter: open, latest change", |_, _| {
        list("open=true&sort=updated_at")
    }),
    ("filter: a category", |dice, world| {
        list(&format!("category={}", category(dice, world)))
    }),
    ("filter: a rare category", |_, world| {
        list(&format!("category={}", rare(world)))
    }),
    ("filter: a rare category, latest change", |_, world| {
        list(&format!("category={}&sort=updated_at", rare(world)))
    }),
    ("filter: a category, critical, a status", |dice, world| {
        list(&format!(
            "category={}&severity=critical&status={}",
            category(dice, world),
            status(dice)
        ))
    }),
    ("filter: open of a rare category", |_, world| {
        list(&format!("category={}&open=true", rare(world)))
    }),
    ("filter: critical", |_, _| list("severity=critical")),
    ("filter: critical, open, oldest first", |_, _| {
        list("severity=critical&open=true&order=asc")
    }),
    ("filter: of an officer", |dice, world| {
        list(&format!("assignee={}", one(dice, world)))
    }),
    ("filter: open of an officer", |dice, world| {
        list(&format!("assignee={}&open=true", one(dice, world)))
    }),
    ("filter: closed of an officer, a category", |dice, world| {
        list(&format!(
            "assignee={}&status=closed&category={}",
            one(dice, world),
            category(dice, world)
        ))
    }),
    ("filter: of nobody", |_, _| list("assignee=none")),
    ("filter: of nobody, on hold", |_, _| {
        list("assignee=none&status=on_hold")
    }),
    ("filter: overdue", |_, _| list("due=overdue")),
    ("filter: overdue, most urgent first", |_, _| {
        list("due=overdue&sort=due_at")
    }),
    ("filter: due soon, a category", |dice, world| {
        list(&format!("due=soon&category={}", category(dice, world)))
    }),
    ("bbox: a block (200 m)", |dice, world| {
        list(&format!("bbox={}", around(dice, world, 0.001)))
    }),
    ("bbox: a quarter (2 km)", |dice, world| {
        list(&format!("bbox={}", around(dice, world, 0.01)))
    }),
    ("bbox: a town (20 km)", |dice, world| {
        list(&format!("bbox={}", around(dice, world, 0.1)))
    }),
    ("bbox: a quarter, open", |dice, world| {
        list(&format!("bbox={}&open=true", around(dice, world, 0.01)))
    }),
    ("bbox: a quarter, a rare category", |dice, world| {
        list(&format!(
            "bbox={}&category={}",
            around(dice, world, 0.01),
            rare(world)
        ))
    }),
    ("bbox: a town, on hold, critical", |dice, world| {
        list(&format!(
            "bbox={}&status=on_hold&severity=critical",
            around(dice, world, 0.1)
        ))
    }),
    ("bbox: an ocean", |_, _| list("bbox=160,-40,-120,10")),
    ("bbox: the world", |_, _| list("bbox=-180,-90,180,90")),
    ("near: 50 m", |dice, world| {
        list(&format!("near={},50", point(dice, world)))
    }),
    ("near: 1 km", |dice, world| {
        list(&format!("near={},1000", point(dice, world)))
    }),
    ("near: 100 km", |dice, world| {
        list(&format!("near={},100000", point(dice, world)))
    }),
    ("near: 5 km, open", |dice, world| {
        list(&format!("near={},5000&open=true", point(dice, world)))
    }),
    ("near: 20 km, on hold", |dice, world| {
        list(&format!("near={},20000&status=on_hold", point(dice, world)))
    }),
    ("near: where nothing is", |_, _| {
        list("near=-40,-100,100000")
    }),
    ("search: a frequent word", |dice, _| {
        list(&format!("q={}", word(dice.below(10))))
    }),
    ("search: a usual word", |dice, _| {
        list(&format!("q={}", word(50 + dice.below(200))))
    }),
    ("search: a rare word", |dice, _| {
        list(&format!("q={}", word(WORDS - 1 - dice.below(500))))
    }),
    ("search: a word that is nowhere", |_, _| list("q=zzyzx")),
    ("search: two words", |dice, _| {
        list(&format!(
            "q={}+{}",
            word(20 + dice.below(100)),
            word(100 + dice.below(1000))
        ))
    }),
    ("search: a phrase", |dice, _| {
        list(&format!(
            "q=%22{}+{}%22",
            word(dice.below(20)),
            word(dice.below(200))
        ))
    }),
    ("search: a usual word, open", |dice, _| {
        list(&format!("q={}&open=true", word(50 + dice.below(200))))
    }),
    ("search: a usual word, on hold", |dice, _| {
        list(&format!("q={}&status=on_hold", word(50 + dice.below(200))))
    }),
    ("search: a usual word, oldest first", |dice, _| {
        list(&format!("q={}&order=asc", word(50 + dice.below(200))))
    }),
    ("search: a usual word, latest change", |dice, _| {
        list(&format!("q={}&sort=updated_at", word(50 + dice.below(200))))
    }),
    ("search: a word in a quarter", |dice, world| {
        list(&format!(
            "q={}&bbox={}",
            word(dice.below(200)),
            around(dice, world, 0.01)
        ))
    }),
    ("statistics: 30 days", |_, _| "/api/v1/stats".to_owned()),
    ("statistics: 366 days", |_, _| {
        "/api/v1/stats?days=366".to_owned()
    }),
    ("list: a page of 200", |_, _| list("limit=200")),
];

fn list(query: &str) -> String {
    format!("/api/v1/complaints?{query}")
}

fn status(dice: &mut Dice) -> &'static str {
    let statuses = [
        "reported",
        "acknowledged",
        "in_progress",
        "on_hold",
        "resolved",
        "closed",
        "rejected",
    ];
    statuses[dice.below(statuses.len())]
}

fn category(dice: &mut Dice, world: &World) -> String {
    World::category(dice.below(world.categories))
}

fn rare(world: &World) -> String {
    World::category(world.categories - 1)
}

fn one(dice: &mut Dice, world: &World) -> uuid::Uuid {
    world.officers[dice.below(world.officers.len())]
}

/// A point of the first officer's regions, so that both callers find something.
fn place(dice: &mut Dice, world: &World) -> (f64, f64) {
    let regions = world.regions_of(0);
    let [west, south, east, north] = World::bounds(regions[dice.below(regions.len())]);
    (
        south + (north - south) * dice.share(),
        west + (east - west) * dice.share(),
    )
}

fn point(dice: &mut Dice, world: &World) -> String {
    let (latitude, longitude) = place(dice, world);
    format!("{latitude},{longitude}")
}

/// A box around a point that reaches so many degrees each way.
fn around(dice: &mut Dice, world: &World, reach: f64) -> String {
    let (latitude, longitude) = place(dice, world);
    let (south, north) = (latitude - reach, latitude + reach);
    format!(
        "{},{south},{},{north}",
        longitude - reach * 1.6,
        longitude + reach * 1.6
    )
}
