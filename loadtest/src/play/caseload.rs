//! The complaints that players know of, by how far the work on them is. Whoever works on one has it alone
//! meanwhile, so that players never get in each other's way: each refusal is the server's doing.

use std::collections::VecDeque;
use std::rc::Rc;

/// Most complaints of each kind that are remembered.
const MOST: usize = 20_000;
/// Most that residents look at.
const RECENT: usize = 2_000;
/// Photos that a complaint gets at most.
const PHOTOS: u8 = 5;

/// A complaint of the players'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) region: String,
    pub(crate) tracking: Rc<str>,
    /// The officer who has it, by number.
    pub(crate) officer: Option<usize>,
    pub(crate) photos: u8,
    pub(crate) is_started: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Caseload {
    reported: VecDeque<Case>,
    taken: VecDeque<Case>,
    started: VecDeque<Case>,
    recent: VecDeque<Rc<str>>,
}

impl Caseload {
    /// Something new.
    pub(crate) fn reported(&mut self, case: Case) {
        if self.recent.len() >= RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(Rc::clone(&case.tracking));
        self.put_back(case);
    }

    /// Somebody is done with it for now.
    pub(crate) fn put_back(&mut self, case: Case) {
        let list = match (case.is_started, case.officer) {
            (true, _) => &mut self.started,
            (false, Some(_)) => &mut self.taken,
            (false, None) => &mut self.reported,
        };
        if list.len() < MOST {
            list.push_back(case);
        }
    }

    /// The one that waits longest for somebody.
    pub(crate) fn for_taking(&mut self) -> Option<Case> {
        self.reported.pop_front()
    }

    /// One that an officer has and has not begun with.
    pub(crate) fn for_starting(&mut self) -> Option<Case> {
        self.taken.pop_front()
    }

    /// One that an officer has.
    pub(crate) fn for_resolving(&mut self) -> Option<Case> {
        // Both kinds in turn, so that none waits for ever.
        if self.started.len() >= self.taken.len() {
            self.started.pop_front()
        } else {
            self.taken.pop_front()
        }
    }

    /// One to comment on.
    pub(crate) fn for_comment(&mut self) -> Option<Case> {
        self.for_resolving().or_else(|| self.for_taking())
    }

    /// One that still gets photos.
    pub(crate) fn for_photo(&mut self) -> Option<Case> {
        let fits = |case: &Case| case.photos < PHOTOS;
        let at = self.reported.iter().position(fits)?;
        self.reported.remove(at)
    }

    /// The tracking token of one of the latest.
    pub(crate) fn for_tracking(&self, number: u64) -> Option<Rc<str>> {
        let count = self.recent.len().max(1) as u64;
        self.recent.get((number % count) as usize).cloned()
    }

    /// How many are open.
    pub(crate) fn open(&self) -> usize {
        self.reported.len() + self.taken.len() + self.started.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(id: &str) -> Case {
        Case {
            id: id.into(),
            region: "north".into(),
            tracking: id.into(),
            officer: None,
            photos: 0,
            is_started: false,
        }
    }

    #[test]
    fn a_complaint_goes_from_hand_to_hand() {
        let mut load = Caseload::default();
        load.reported(case("a"));
        assert!(load.for_starting().is_none() && load.for_resolving().is_none());
        let mut one = load.for_taking().unwrap();
        assert!(load.for_taking().is_none(), "one at a time has it");
        one.officer = Some(3);
        load.put_back(one);
        let mut one = load.for_starting().unwrap();
        one.is_started = true;
        load.put_back(one);
        assert_eq!(
            (load.open(), load.for_resolving().unwrap().officer),
            (1, Some(3))
        );
        assert_eq!(load.open(), 0);
        assert_eq!(
            &*load.for_tracking(7).unwrap(),
            "a",
            "it can be looked at all the same"
        );
    }

    #[test]
    fn a_complaint_gets_few_photos() {
        let mut load = Caseload::default();
        load.reported(Case {
            photos: PHOTOS,
            ..case("full")
        });
        assert!(load.for_photo().is_none());
        load.reported(case("bare"));
        assert_eq!(load.for_photo().unwrap().id, "bare");
    }
}
