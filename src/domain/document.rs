//! Reading the JSON documents that admins write: what has the wrong form is noted, with its place,
//! and the reading goes on, so that everything that is wrong is told at once.

use serde_json::{Map, Value};

use super::fault::Faults;

/// Most items of a list of words: there are never so many words to choose from.
const WORDS_MOST: usize = 100;

/// The members of an object.
pub(super) fn object<'a>(
    value: &'a Value,
    place: &str,
    faults: &mut Faults,
) -> Option<&'a Map<String, Value>> {
    let members = value.as_object();
    if members.is_none() {
        faults.add(place, "wrong_type", "must be an object");
    }
    members
}

/// The items of a list of at most `most`.
pub(super) fn list<'a>(
    value: &'a Value,
    place: &str,
    most: usize,
    faults: &mut Faults,
) -> &'a [Value] {
    match value.as_array() {
        None => faults.add(place, "wrong_type", "must be a list"),
        Some(items) if items.len() > most => {
            faults.add(place, "too_long", format!("has more than {most} items"));
        }
        Some(items) => return items,
    }
    &[]
}

/// A text.
pub(super) fn text<'a>(value: &'a Value, place: &str, faults: &mut Faults) -> Option<&'a str> {
    let text = value.as_str();
    if text.is_none() {
        faults.add(place, "wrong_type", "must be a text");
    }
    text
}

/// The words of a list, as far as they are known.
pub(super) fn words<T>(
    value: &Value,
    place: &str,
    what: &str,
    parse: impl Fn(&str) -> Option<T>,
    faults: &mut Faults,
) -> Vec<T> {
    let mut found = Vec::new();
    for item in list(value, place, WORDS_MOST, faults) {
        let word = text(item, place, faults);
        found.extend(word.and_then(|word| known(parse(word), place, what, faults)));
    }
    found
}

/// What a word means, or a fault.
pub(super) fn known<T>(
    parsed: Option<T>,
    place: &str,
    what: &str,
    faults: &mut Faults,
) -> Option<T> {
    if parsed.is_none() {
        faults.add(place, "unknown", format!("is no {what} that we know"));
    }
    parsed
}

/// A client's word as part of a fault's place: bounded.
pub(super) fn shortened(word: &str) -> String {
    word.chars().take(63).collect()
}
