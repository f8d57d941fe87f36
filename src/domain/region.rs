//! A region: the unit to which a complaint belongs, that an officer watches and that a desk serves.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::fault::slug;

/// The id of a region: a slug such as `north`. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionId(Arc<str>);

impl RegionId {
    /// Parses a slug.
    ///
    /// # Errors
    /// The fault's code and message when it is no slug.
    pub fn parse(text: &str) -> Result<Self, (&'static str, String)> {
        slug(text).map(|id| Self(id.into()))
    }

    /// A region id as the database holds it; it was parsed when it was stored.
    pub fn from_stored(text: &str) -> Self {
        Self(text.into())
    }

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RegionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_accepted_and_everything_else_is_refused() {
        for good in ["north", "n1", "old-town", "0"] {
            assert!(RegionId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "North", "-x", "a b", "é", "a/b", &"x".repeat(64)] {
            assert!(RegionId::parse(bad).is_err(), "{bad}");
        }
    }
}
