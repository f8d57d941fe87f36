//! How far a session has come on its way to a region, while it reads from the table what the shard does not hold.
//!
//! Only decides; the session asks the shard, reads the table and sends.

/// The last number that the session's client was told, and whether that can be a number of this history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approach {
    seq: i64,
}

/// What a page of the table means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It goes on up to this number.
    Further(i64),
    /// There is nothing behind the client's number yet.
    Nothing,
    /// What comes next is not in the table any more.
    Hole,
}

impl Approach {
    /// From the number that a client says, or that its snapshot has.
    pub const fn from(seq: i64) -> Self {
        Self { seq }
    }

    /// The last number that the client was told.
    pub const fn seq(self) -> i64 {
        self.seq
    }

    /// Whether a history that is at `head` has had the client's number, and nothing behind it is gone: events up to
    /// `floor` may be.
    pub const fn is_within(self, floor: i64, head: i64) -> bool {
        0 <= self.seq && floor <= self.seq && self.seq <= head
    }

    /// What a page means that was read behind the client's number, in order, when the region's floor was `floor`
    /// and `head` was known to be committed before.
    pub fn reach(self, floor: i64, head: i64, page: impl IntoIterator<Item = i64>) -> Reached {
        if floor > self.seq {
            // Some of what comes next is gone, though the page may begin with what is not.
            return Reached::Hole;
        }
        let mut numbers = page.into_iter();
        match numbers.next() {
            Some(first) if first == self.seq + 1 => {
                Reached::Further(numbers.last().unwrap_or(first))
            }
            Some(_later) => Reached::Hole,
            None if self.seq < head => Reached::Hole,
            None => Reached::Nothing,
        }
    }

    /// The client was told everything up to `seq`.
    pub const fn told(&mut self, seq: i64) {
        self.seq = seq;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_goes_on_says_nothing_or_shows_a_hole() {
        for (page, head, expected) in [
            (vec![6, 7, 8], 8, Reached::Further(8)),
            (vec![6], 9, Reached::Further(6)),
            (vec![7, 8], 8, Reached::Hole),
            (vec![], 5, Reached::Nothing),
            (vec![], 6, Reached::Hole),
        ] {
            let reached = Approach::from(5).reach(0, head, page.clone());
            assert_eq!(reached, expected, "{page:?} at {head}");
        }
    }

    #[test]
    fn a_page_below_the_floor_is_a_hole_however_it_begins() {
        let reach = |floor| Approach::from(5).reach(floor, 9, [6, 8, 9]);
        assert_eq!(reach(6), Reached::Hole);
        let reach = |floor| Approach::from(5).reach(floor, 9, [6, 7, 8, 9]);
        assert_eq!([4, 5].map(reach), [Reached::Further(9); 2]);
    }

    #[test]
    fn only_numbers_of_the_history_can_be_resumed() {
        let within = |seq| Approach::from(seq).is_within(0, 7);
        assert_eq!([-1, 0, 7, 8].map(within), [false, true, true, false]);
        let above_floor = |seq| Approach::from(seq).is_within(4, 7);
        assert_eq!([3, 4, 5, 8].map(above_floor), [false, true, true, false]);
    }
}
