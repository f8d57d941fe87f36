//! What happened, in a few words: what an event's line says beside its kind and its complaint.
//!
//! Reads the members of `change` (`docs/PROTOCOL.md`), whatever the kind; unknown ones are ignored.

use serde_json::Value;

use super::screen::{cut, number, text};

/// The words; empty when kind, status and complaint say it all.
pub(super) fn detail(event: &Value) -> String {
    let none = Value::Null;
    let change = event.get("change").unwrap_or(&none);
    let by = event.get("by").unwrap_or(&none);
    let words = [
        moved(&text(event, "kind"), change),
        escalated(change),
        assigned(change, by),
        stepped(change, by),
        Some(corrected(change)),
        merged(change),
        supported(change),
        shown(change),
        erased(event, change),
        held(change),
        written(change),
    ];
    let words = words.into_iter().flatten().filter(|part| !part.is_empty());
    words.collect::<Vec<_>>().join(", ")
}

fn moved(kind: &str, change: &Value) -> Option<String> {
    let region = change.get("region")?;
    match kind {
        "complaint.moved_in" => Some(format!("from {}", text(region, "from"))),
        _ => Some(format!("to {}", text(region, "to"))),
    }
}

fn escalated(change: &Value) -> Option<String> {
    let level = number(change.get("escalation")?, "to");
    let unable = change.get("not_reassigned_to");
    let unable = unable.map(|_| short(&text(change, "not_reassigned_to")));
    let unable = unable.map(|id| format!(", not given to {id}: no active officer here"));
    let unable = unable.unwrap_or_default();
    Some(format!("deadline passed, level {level}{unable}"))
}

fn assigned(change: &Value, by: &Value) -> Option<String> {
    let officer = text(change.get("assignee")?, "to");
    Some(if officer.is_empty() {
        "to nobody".to_owned()
    } else if officer == text(by, "id") {
        format!("taken by {}", short(&officer))
    } else {
        format!("given to {}", short(&officer))
    })
}

/// The step itself stands in the column of the status.
fn stepped(change: &Value, by: &Value) -> Option<String> {
    change.get("status")?;
    (text(by, "kind") == "system").then(|| "by itself".to_owned())
}

fn corrected(change: &Value) -> String {
    let from_to = |member: &str| {
        let values = change.get(member)?;
        let (from, to) = (text(values, "from"), text(values, "to"));
        Some(format!("{member} {from}→{to}"))
    };
    // Too long for a line: the complaint shows what it is now.
    let renewed = |member: &str| change.get(member).map(|_| format!("new {member}"));
    let words = [
        from_to("category"),
        from_to("severity"),
        renewed("description"),
        renewed("place"),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn merged(change: &Value) -> Option<String> {
    let other = |member| change.get(member).map(|_| short(&text(change, member)));
    let of = other("duplicate_of").map(|id| format!("duplicate of {id}"));
    of.or_else(|| other("duplicate").map(|id| format!("has the duplicate {id}")))
}

fn supported(change: &Value) -> Option<String> {
    let supporters = change.get("supporters")?;
    let (from, to) = (number(supporters, "from"), number(supporters, "to"));
    Some(format!("supporters {from}→{to}"))
}

/// A photo: what it shows, how large it is, or why it failed.
fn shown(change: &Value) -> Option<String> {
    let photo = change.get("photo")?;
    let what = format!("{} {}", text(photo, "kind"), short(&text(photo, "id")));
    let size = photo.get("width").map(|_| {
        let (width, height) = (number(photo, "width"), number(photo, "height"));
        format!(" {width}×{height}")
    });
    let reason = text(photo, "reason");
    let reason = (!reason.is_empty()).then(|| format!(": {}", cut(&reason)));
    let parts = [Some(what), size, reason];
    Some(parts.into_iter().flatten().collect())
}

/// What was erased; of a complaint that is gone nothing is left to show but its id.
fn erased(event: &Value, change: &Value) -> Option<String> {
    if text(event, "kind") == "complaint.erased" {
        return Some(short(&text(event.get("complaint")?, "id")));
    }
    match text(change, "erased").as_str() {
        "" => None,
        "erase_identity" => Some("who reported it is forgotten".to_owned()),
        _ => Some("anonymised".to_owned()),
    }
}

fn held(change: &Value) -> Option<String> {
    let hold = change.get("legal_hold")?;
    let is_held = hold.get("to").and_then(Value::as_bool).unwrap_or_default();
    let words = if is_held {
        "under a legal hold"
    } else {
        "legal hold released"
    };
    Some(words.to_owned())
}

fn written(change: &Value) -> Option<String> {
    let comment = cut(&text(change, "comment"));
    let visibility = text(change, "visibility");
    let readers = if visibility.is_empty() {
        String::new()
    } else {
        format!(" ({visibility})")
    };
    (!comment.is_empty()).then(|| format!("“{comment}”{readers}"))
}

/// The end of an id: it begins with a time, so that ids made together begin alike.
fn short(id: &str) -> String {
    let end = id.rsplit('-').next().unwrap_or_default();
    format!("…{end}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OLGA: &str = "01a20905-a5fc-7325-94e8-c44eb5932d68";

    fn detail_of(kind: &str, by: &Value, change: &Value) -> String {
        detail(&json!({"kind": format!("complaint.{kind}"), "by": by, "change": change}))
    }

    #[test]
    fn each_kind_says_what_happened() {
        let olga = json!({"kind": "officer", "id": OLGA});
        let admin = json!({"kind": "admin", "id": "01a20905-a5fc-7325-94e8-000000000000"});
        let system = json!({"kind": "system"});
        let given = json!({"assignee": {"from": null, "to": OLGA}});
        let region = json!({"region": {"from": "north", "to": "harbour"}, "comment": "yours"});
        for (kind, by, change, expected) in [
            (
                "created",
                &olga,
                json!({"status": {"from": null, "to": "reported"}}),
                "",
            ),
            ("assigned", &olga, given.clone(), "taken by …c44eb5932d68"),
            ("assigned", &admin, given, "given to …c44eb5932d68"),
            (
                "assigned",
                &admin,
                json!({"assignee": {"from": OLGA, "to": null}}),
                "to nobody",
            ),
            (
                "commented",
                &olga,
                json!({"comment": "on our way", "visibility": "public"}),
                "“on our way” (public)",
            ),
            ("moved_out", &olga, region.clone(), "to harbour, “yours”"),
            ("moved_in", &olga, region, "from north, “yours”"),
            (
                "escalated",
                &system,
                json!({"escalation": {"from": 1, "to": 2}, "assignee": {"from": null, "to": OLGA}}),
                "deadline passed, level 2, given to …c44eb5932d68",
            ),
            (
                "status_changed",
                &system,
                json!({"status": {"from": "resolved", "to": "closed"}}),
                "by itself",
            ),
            (
                "status_changed",
                &olga,
                json!({"status": {"from": "reported", "to": "closed"}, "duplicate_of": OLGA}),
                "duplicate of …c44eb5932d68",
            ),
            (
                "updated",
                &olga,
                json!({"supporters": {"from": 2, "to": 3}, "duplicate": OLGA}),
                "has the duplicate …c44eb5932d68, supporters 2→3",
            ),
        ] {
            assert_eq!(detail_of(kind, by, &change), expected, "{kind}");
        }
    }

    #[test]
    fn a_photo_says_what_it_shows_and_what_became_of_it() {
        let of = |rest: Value| {
            let mut photo = json!({"kind": "before", "id": OLGA});
            let members = photo.as_object_mut().unwrap();
            members.extend(rest.as_object().unwrap().clone());
            detail(&json!({"kind": "photo.ready", "change": {"photo": photo}}))
        };
        assert_eq!(of(json!({"status": "pending"})), "before …c44eb5932d68");
        let ready = of(json!({"status": "ready", "width": 400, "height": 300}));
        assert_eq!(ready, "before …c44eb5932d68 400×300");
        let failed = of(json!({"status": "failed", "reason": "the picture is incomplete"}));
        assert_eq!(failed, "before …c44eb5932d68: the picture is incomplete");
    }

    #[test]
    fn an_escalation_says_whom_it_could_not_find() {
        let change = json!({"escalation": {"from": 0, "to": 1}, "not_reassigned_to": OLGA});
        assert_eq!(
            detail_of("escalated", &Value::Null, &change),
            "deadline passed, level 1, not given to …c44eb5932d68: no active officer here"
        );
    }

    #[test]
    fn a_correction_names_its_members() {
        let change = json!({"category": {"from": "waste", "to": "noise"}, "severity": {"from": "low", "to": "high"},
            "description": {"from": "a", "to": "b"}, "place": {"from": {}, "to": {}}});
        assert_eq!(
            detail_of("updated", &Value::Null, &change),
            "category waste→noise, severity low→high, new description, new place"
        );
    }

    #[test]
    fn a_comment_cannot_control_the_terminal_and_is_cut() {
        let change = json!({"comment": format!("\u{1b}[2J\n{}", "ä".repeat(100))});
        let words = detail_of("commented", &Value::Null, &change);
        assert!(!words.contains(['\u{1b}', '\n']));
        assert!(words.ends_with("ä…”"));
    }

    #[test]
    fn what_is_erased_or_held_is_told() {
        let gone = json!({"kind": "complaint.erased", "complaint": {"id": OLGA}, "change": {}});
        assert!(detail(&gone).starts_with('…'));
        for (change, expected) in [
            (
                json!({"erased": "erase_identity"}),
                "who reported it is forgotten",
            ),
            (json!({"erased": "anonymise"}), "anonymised"),
            (
                json!({"legal_hold": {"from": false, "to": true}}),
                "under a legal hold",
            ),
            (
                json!({"legal_hold": {"from": true, "to": false}}),
                "legal hold released",
            ),
        ] {
            let event = json!({"kind": "complaint.updated", "change": change});
            assert_eq!(detail(&event), expected);
        }
    }
}
