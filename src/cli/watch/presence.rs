//! What a person reads of presence and claims: one line each, with a word for what it is.

use serde_json::Value;

use super::screen::{number, text};

/// The lines of a message `presence` or `claims`; `time` shows a time of day.
pub(super) fn lines(message: &Value, time: impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some(officers) = entries(message, "officers") {
        let mut names: Vec<String> = officers.iter().map(|one| text(one, "name")).collect();
        names.extend(more(message));
        let nobody = || "nobody".to_owned();
        let names = Some(names.join(", ")).filter(|names| !names.is_empty());
        lines.push(("online", names.unwrap_or_else(nobody)));
    }
    for (member, word) in [("joined", "joined"), ("left", "left")] {
        let people = entries(message, member).unwrap_or_default();
        lines.extend(people.iter().map(|one| (word, text(one, "name"))));
    }
    for member in ["claims", "claimed"] {
        let claims = entries(message, member).unwrap_or_default();
        let line = |claim| {
            let until = time(&text(claim, "until"));
            ("on the way", format!("{} until {until}", journey(claim)))
        };
        lines.extend(claims.iter().map(line));
    }
    if let Some(more) = more(message).filter(|_| message.get("claims").is_some()) {
        lines.push(("on the way", more));
    }
    let released = entries(message, "released").unwrap_or_default();
    let line = |one| {
        let reason = text(one, "reason");
        ("not any more", format!("{} ({reason})", journey(one)))
    };
    lines.extend(released.iter().map(line));
    lines
}

fn entries<'a>(message: &'a Value, member: &str) -> Option<&'a [Value]> {
    message.get(member)?.as_array().map(Vec::as_slice)
}

/// How many a message does not name.
fn more(message: &Value) -> Option<String> {
    message
        .get("more")
        .map(|_| format!("and {} more", number(message, "more")))
}

/// Who is on the way where.
fn journey(claim: &Value) -> String {
    let holder = claim.get("holder").unwrap_or(&Value::Null);
    format!("{} to {}", text(holder, "name"), text(claim, "complaint"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(message: &Value) -> Vec<String> {
        let lines = lines(message, |at| format!("[{at}]"));
        lines
            .iter()
            .map(|(word, what)| format!("{word}: {what}"))
            .collect()
    }

    #[test]
    fn presence_is_a_list_at_first_and_then_a_line_each() {
        let all = json!({"type": "presence", "officers": [{"name": "Olga"}, {"name": "Otto"}], "more": 3});
        assert_eq!(shown(&all), ["online: Olga, Otto, and 3 more"]);
        let none = json!({"type": "presence", "officers": []});
        assert_eq!(shown(&none), ["online: nobody"]);
        let change = json!({"type": "presence", "joined": [{"name": "Ada"}], "left": [{"name": "Olga\u{1b}"}]});
        assert_eq!(shown(&change), ["joined: Ada", "left: Olga "]);
    }

    #[test]
    fn a_claim_names_who_where_and_until_when() {
        let claim = json!({"complaint": "c1", "holder": {"name": "Olga"}, "until": "noon"});
        let all = json!({"type": "claims", "claims": [claim]});
        assert_eq!(shown(&all), ["on the way: Olga to c1 until [noon]"]);
        let none = json!({"type": "claims", "claims": []});
        assert!(shown(&none).is_empty());
        let over = json!({"complaint": "c2", "holder": {"name": "Otto"}, "reason": "expired"});
        let change = json!({"type": "claims", "claimed": [claim], "released": [over]});
        let expected = [
            "on the way: Olga to c1 until [noon]",
            "not any more: Otto to c2 (expired)",
        ];
        assert_eq!(shown(&change), expected);
    }
}
