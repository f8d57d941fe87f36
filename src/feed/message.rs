//! The messages in which hints travel: `! north=12 harbour=7`.

use std::collections::HashMap;

use super::{Hint, News};
use crate::domain::region::RegionId;

/// The word for [`News::Rights`]; no region is called so.
const RIGHTS: &str = "!";
/// Most bytes of one message: NOTIFY takes less than 8000.
const MESSAGE_LONGEST: usize = 7000;

/// What one message tells.
#[derive(Debug, Default)]
pub(super) struct Unsent {
    heads: HashMap<RegionId, i64>,
    rights: bool,
}

impl Unsent {
    /// How many hints it is.
    pub(super) fn count(&self) -> u64 {
        self.heads.len() as u64 + u64::from(self.rights)
    }

    pub(super) fn add(&mut self, news: News) {
        match news {
            News::Committed(hint) => {
                let head = self.heads.entry(hint.region).or_default();
                *head = hint.head.max(*head);
            }
            News::Rights => self.rights = true,
        }
    }
}

/// `! north=12 harbour=7`, in as few messages as the bound allows.
pub(super) fn encode(unsent: Unsent) -> Vec<String> {
    let rights = if unsent.rights { RIGHTS } else { "" };
    let mut messages = vec![format!("{rights} ")];
    for (region, head) in unsent.heads {
        let hint = format!("{region}={head} ");
        match messages.last_mut() {
            Some(last) if last.len() + hint.len() <= MESSAGE_LONGEST => last.push_str(&hint),
            Some(_) | None => messages.push(hint),
        }
    }
    messages
}

/// The hints of a message; what is none is passed over.
pub(super) fn decode(text: &str) -> Vec<News> {
    let hint = |word: &str| {
        if word == RIGHTS {
            return Some(News::Rights);
        }
        let (region, head) = word.split_once('=')?;
        Some(News::Committed(Hint {
            region: RegionId::parse(region).ok()?,
            head: head.parse().ok()?,
        }))
    };
    text.split_whitespace().filter_map(hint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_survive_the_way_and_messages_keep_their_bound() {
        let heads: HashMap<_, _> = (0..2000)
            .map(|number| {
                (
                    RegionId::parse(&format!("region-{number}")).unwrap(),
                    number,
                )
            })
            .collect();
        let rights = true;
        let messages = encode(Unsent {
            heads: heads.clone(),
            rights,
        });
        assert!(
            messages
                .iter()
                .all(|message| message.len() <= MESSAGE_LONGEST)
        );
        let mut back = Unsent::default();
        let news = messages.iter().flat_map(|message| decode(message));
        news.for_each(|one| back.add(one));
        assert_eq!((back.heads, back.rights), (heads, true));
    }

    #[test]
    fn what_is_no_hint_is_passed_over() {
        assert_eq!(
            decode("north=1 =2 x South=3 east= west=9"),
            decode("north=1 west=9")
        );
    }
}
