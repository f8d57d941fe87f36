//! Descriptions and addresses from a made vocabulary, with the frequencies of a natural language.

use crate::dice::Dice;

/// Words that exist.
pub(crate) const WORDS: usize = 4000;
const SYLLABLES: [&str; 20] = [
    "ba", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "vu", "da", "fe", "gi", "ho", "ju", "la",
    "me", "ni", "po", "ru",
];

/// A word by its rank: the most frequent are the shortest.
pub(crate) fn word(rank: usize) -> String {
    let mut left = rank + SYLLABLES.len();
    let mut word = String::new();
    while left > 0 {
        word.push_str(SYLLABLES[left % SYLLABLES.len()]);
        left /= SYLLABLES.len();
    }
    word
}

/// What is wrong.
pub(crate) fn description(dice: &mut Dice) -> String {
    let words = 6 + dice.below(18);
    let mut text = String::with_capacity(words * 7);
    for place in 0..words {
        if place > 0 {
            text.push(' ');
        }
        text.push_str(&word(dice.rank(WORDS)));
    }
    text.push('.');
    text
}

/// Where, in the reporter's words.
pub(crate) fn address(dice: &mut Dice) -> String {
    let street = word(WORDS + dice.below(3000));
    format!("{street} street {}", 1 + dice.below(180))
}
