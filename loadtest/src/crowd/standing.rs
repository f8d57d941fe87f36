//! Where a client stands in the regions that it watches.

use std::cell::{Cell, RefCell};

use serde::Deserialize;

use super::frames::between;
use super::order::Place;
use crate::Fault;

/// What every event begins with.
pub(crate) const EVENT: &[u8] = br#"{"type":"event","region":""#;

/// Where a client stands; it outlives its socket.
#[derive(Default)]
pub(crate) struct Standing {
    pub(crate) watched: RefCell<Vec<Watched>>,
    /// Events that came since the last cut.
    pub(crate) events: Cell<usize>,
    /// How often it was told something else than to go on where it was.
    pub(crate) not_resumed: Cell<usize>,
}

/// A region that a client watches.
pub(crate) struct Watched {
    pub(crate) region: String,
    /// None before the first subscription.
    pub(crate) epoch: Option<String>,
    pub(crate) seq: u64,
    pub(crate) is_live: bool,
}

impl Standing {
    /// Of the client of this number, who has watched nothing yet.
    pub(crate) fn of(place: &Place, number: usize) -> Self {
        let standing = Self::default();
        if let Place::Server(door) = place {
            let regions = door.regions.iter().cycle().skip(number * door.each);
            let watched = regions.take(door.each).map(|region| Watched {
                region: region.clone(),
                epoch: None,
                seq: 0,
                is_live: false,
            });
            standing.watched.borrow_mut().extend(watched);
        }
        standing
    }

    pub(crate) fn is_live(&self) -> bool {
        self.watched.borrow().iter().all(|watched| watched.is_live)
    }

    /// An event came; whether its number is the next one of its region.
    pub(crate) fn event(&self, text: &[u8]) -> bool {
        self.events.set(self.events.get() + 1);
        let mut watched = self.watched.borrow_mut();
        if watched.is_empty() {
            return true;
        }
        let place = text.strip_prefix(EVENT).and_then(|rest| {
            let region = rest.split(|byte| *byte == b'"').next()?;
            let seq = rest.get(region.len()..)?.strip_prefix(br#"","seq":"#)?;
            let seq = seq.split(|byte| !byte.is_ascii_digit()).next()?;
            let watched = watched
                .iter_mut()
                .find(|one| one.region.as_bytes() == region)?;
            Some((watched, std::str::from_utf8(seq).ok()?.parse().ok()?))
        });
        let Some((watched, seq)) = place else {
            return false;
        };
        let is_next = seq == watched.seq + 1;
        watched.seq = seq;
        is_next
    }

    pub(crate) fn subscribed(&self, text: &[u8]) -> Result<(), Fault> {
        #[derive(Deserialize)]
        struct Subscribed {
            region: String,
            epoch: String,
            mode: String,
            head: u64,
        }
        let told: Subscribed = serde_json::from_slice(text)?;
        let mut watched = self.watched.borrow_mut();
        let watched = watched.iter_mut().find(|one| one.region == told.region);
        let watched = watched.ok_or("subscribed to another region")?;
        if watched.epoch.is_some() && told.mode != "resumed" {
            self.not_resumed.set(self.not_resumed.get() + 1);
        }
        if told.mode == "live" {
            watched.seq = told.head;
        }
        watched.epoch = Some(told.epoch);
        Ok(())
    }

    pub(crate) fn live(&self, text: &[u8]) {
        let region = between(text, br#""region":""#, b'"').unwrap_or_default();
        let mut watched = self.watched.borrow_mut();
        for watched in watched.iter_mut() {
            watched.is_live |= watched.region.as_bytes() == region;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::order::{Door, Pace};
    use super::*;

    #[test]
    fn only_the_next_number_of_a_region_is_in_turn() {
        let door = Door {
            address: ([127, 0, 0, 1], 0).into(),
            token: String::new(),
            regions: vec!["east".into(), "north".into(), "south".into()],
            each: 2,
            pace: Pace::Eager,
        };
        let standing = Standing::of(&Place::Server(door), 1);
        for (region, head) in [("south", 7), ("east", 2)] {
            let told = format!(
                r#"{{"type":"subscribed","region":"{region}","epoch":"e","mode":"live","head":{head}}}"#
            );
            standing.subscribed(told.as_bytes()).unwrap();
            assert!(!standing.is_live());
            let live = format!(r#"{{"type":"live","region":"{region}","seq":{head}}}"#);
            standing.live(live.as_bytes());
        }
        assert!(standing.is_live());
        let event = |region: &str, seq: u64| {
            let text = format!(r#"{{"type":"event","region":"{region}","seq":{seq},"at":"now"}}"#);
            standing.event(text.as_bytes())
        };
        assert!(event("south", 8) && event("east", 3) && event("south", 9));
        assert!(!event("south", 9) && !event("south", 11) && !event("north", 1));
        assert_eq!(standing.events.get(), 6);
    }
}
