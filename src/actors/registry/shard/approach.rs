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

    /// Whether a history that is at `head` has had the client's number.
    pub const fn is_within(self, head: i64) -> bool {
        0 <= self.seq && self.seq <= head
    }

    /// What a page means that was read behind the client's number, in order, when `head` was known to be
    /// committed before.
    pub fn reach(self, head: i64, page: impl IntoIterator<Item = i64>) -> Reached {
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
            let reached = Approach::from(5).reach(head, page.clone());
            assert_eq!(reached, expected, "{page:?} at {head}");
        }
    }

    #[test]
    fn only_numbers_of_the_history_can_be_resumed() {
        let within = |seq| Approach::from(seq).is_within(7);
        assert_eq!([-1, 0, 7, 8].map(within), [false, true, true, false]);
    }
}
