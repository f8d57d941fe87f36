//! What players do, and how often each does it.

use serde::Serialize;

use crate::dice::Dice;

/// One thing that somebody does: a request, or a few that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Deed {
    /// A resident reports something, through the app's API key.
    Submit,
    /// An officer asks for the latest complaints.
    List,
    /// An officer asks for those of some status, category or severity, or by words.
    Filter,
    /// A resident looks at a complaint by its tracking token.
    Track,
    /// A resident says "me too" to a complaint.
    MeToo,
    /// A resident sends a photo with the tracking token.
    Photo,
    /// An officer takes a complaint.
    Take,
    /// An officer comments on a complaint.
    Comment,
    /// An officer begins to work on a complaint that they have taken.
    Start,
    /// An officer resolves a complaint that they have taken.
    Resolve,
    /// An admin asks for statistics.
    Stats,
}

/// Every deed.
pub(crate) const DEEDS: [Deed; 11] = [
    Deed::Submit,
    Deed::List,
    Deed::Filter,
    Deed::Track,
    Deed::MeToo,
    Deed::Photo,
    Deed::Take,
    Deed::Comment,
    Deed::Start,
    Deed::Resolve,
    Deed::Stats,
];

impl Deed {
    /// As on the command line and in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::List => "list",
            Self::Filter => "filter",
            Self::Track => "track",
            Self::MeToo => "me-too",
            Self::Photo => "photo",
            Self::Take => "take",
            Self::Comment => "comment",
            Self::Start => "start",
            Self::Resolve => "resolve",
            Self::Stats => "stats",
        }
    }
}

/// How often each deed is done, beside the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weights([(Deed, u32); DEEDS.len()]);

impl Default for Weights {
    /// Officers are faster than residents: what is open stays about as much, however long a run is.
    fn default() -> Self {
        let weight = |deed| match deed {
            Deed::Submit => 18,
            Deed::Take => 20,
            Deed::Start => 8,
            Deed::Resolve => 24,
            Deed::Comment => 6,
            Deed::List => 8,
            Deed::Filter => 7,
            Deed::Track => 10,
            Deed::MeToo => 3,
            Deed::Photo | Deed::Stats => 1,
        };
        Self(DEEDS.map(|deed| (deed, weight(deed))))
    }
}

impl Weights {
    /// With some of them changed, as in `submit=40,photo=0`.
    ///
    /// # Errors
    /// Which part is no deed with a number, or that nothing is left to do.
    pub(crate) fn changed(mut self, changes: &str) -> Result<Self, String> {
        for part in changes.split(',').filter(|part| !part.is_empty()) {
            let fault = || {
                let names: Vec<_> = DEEDS.iter().map(|deed| deed.name()).collect();
                format!(
                    "{part:?} is no deed with its weight, 0 to 10000, such as submit=40; deeds: {}",
                    names.join(", ")
                )
            };
            let (name, weight) = part.split_once('=').ok_or_else(fault)?;
            let weight = weight.parse().ok().filter(|weight| *weight <= 10_000);
            let place = self.0.iter_mut().find(|(deed, _)| deed.name() == name);
            place.ok_or_else(fault)?.1 = weight.ok_or_else(fault)?;
        }
        if self.sum() == 0 {
            return Err("every weight is 0: nothing is left to do".into());
        }
        Ok(self)
    }

    /// A deed by the weights.
    pub(crate) fn draw(&self, dice: &mut Dice) -> Deed {
        let mut left = dice.below(self.sum() as usize) as u32;
        for (deed, weight) in self.0 {
            if left < weight {
                return deed;
            }
            left -= weight;
        }
        Deed::Submit
    }

    fn sum(&self) -> u32 {
        self.0.iter().map(|(_, weight)| weight).sum()
    }

    /// As on the command line.
    pub(crate) fn said(&self) -> String {
        let parts = self
            .0
            .map(|(deed, weight)| format!("{}={weight}", deed.name()));
        parts.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeds_are_as_frequent_as_their_weights() {
        let weights = Weights::default();
        let mut dice = Dice::of(7);
        let draws = 100_000;
        let drawn: Vec<Deed> = (0..draws).map(|_| weights.draw(&mut dice)).collect();
        for (deed, weight) in weights.0 {
            let share = drawn.iter().filter(|one| **one == deed).count() as f64 / draws as f64;
            let expected = f64::from(weight) / f64::from(weights.sum());
            assert!((share - expected).abs() < 0.01, "{}: {share}", deed.name());
        }
    }

    #[test]
    fn weights_are_changed_by_name() {
        let weights = Weights::default().changed("submit=1,photo=0").unwrap();
        assert!(weights.said().starts_with("submit=1,list=8,"));
        assert_eq!(Weights::default().changed("").unwrap(), Weights::default());
        assert_eq!(
            Weights::default().changed(&Weights::default().said()),
            Ok(Weights::default())
        );
    }

    #[test]
    fn bad_weights_are_refused() {
        for bad in [
            "submit",
            "submit=",
            "submit=-1",
            "dance=3",
            "submit=10001",
            "=3",
        ] {
            let error = Weights::default().changed(bad).unwrap_err();
            assert!(error.contains(bad), "{error}");
        }
        let none = Weights::default().said();
        let none: Vec<_> = none
            .split(',')
            .map(|part| format!("{}=0", part.split('=').next().unwrap()))
            .collect();
        assert!(Weights::default().changed(&none.join(",")).is_err());
    }
}
