//! What lists may be asked for.

use actix_web::web::Query;

use super::*;

fn parsed(query: &str) -> Result<Asked, Vec<String>> {
    let query = Query::<ListQuery>::from_query(query).unwrap();
    let asked = query.parse(&Caller::Anonymous, Timestamp::UNIX_EPOCH);
    asked.map_err(|faults| {
        faults
            .into_inner()
            .into_iter()
            .map(|fault| fault.field)
            .collect()
    })
}

#[test]
fn open_and_status_narrow_each_other() {
    let statuses = |query: &str| parsed(query).ok().unwrap().filter.statuses;
    let open: Vec<Status> = Status::ALL
        .into_iter()
        .filter(|status| status.is_open())
        .collect();
    assert_eq!(statuses(""), None);
    assert_eq!(statuses("open=true"), Some(open));
    let both = statuses("open=false&status=closed,reported");
    assert_eq!(both, Some(vec![Status::Closed]));
}

#[test]
fn the_usual_order_follows_from_what_is_asked() {
    for (query, sort, direction) in [
        ("", Sort::CreatedAt, Direction::Descending),
        ("sort=due_at", Sort::DueAt, Direction::Ascending),
        ("near=1,2,3", Sort::Distance, Direction::Ascending),
        (
            "near=1,2,3&sort=updated_at",
            Sort::UpdatedAt,
            Direction::Descending,
        ),
        ("order=asc", Sort::CreatedAt, Direction::Ascending),
    ] {
        let asked = parsed(query).ok().unwrap();
        assert_eq!((asked.sort, asked.direction), (sort, direction), "{query}");
    }
}

#[test]
fn every_bad_parameter_is_named() {
    let query = "region=N%20o,north&status=gone,,closed&open=yes&category=A&severity=huge&assignee=you\
                 &due=never&q=%20&created_after=yesterday&created_before=1969-12-31T00:00:00Z\
                 &bbox=1,2,3&near=1,2,-3&sort=size&order=up";
    let mut fields = parsed(query).err().unwrap();
    fields.dedup();
    fields.sort_unstable();
    let expected = [
        "assignee",
        "bbox",
        "category",
        "created_after",
        "created_before",
        "due",
        "near",
        "open",
        "order",
        "q",
        "region",
        "severity",
        "sort",
        "status",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn an_order_that_cannot_be_is_refused() {
    for (query, field) in [
        ("sort=distance", "sort"),
        ("near=1,2,3&order=desc", "order"),
    ] {
        assert_eq!(parsed(query).err().unwrap(), [field]);
    }
    let many = format!("category={}", vec!["a"; 101].join(","));
    assert_eq!(parsed(&many).err().unwrap(), ["category"]);
}
