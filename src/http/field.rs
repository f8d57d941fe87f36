//! Members of a JSON object that note a wrong type instead of ending the parse: a client is told
//! everything that is wrong at once.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::fault::Faults;

/// A member that may be missing, `null` (which counts as missing) or of a wrong type.
#[derive(Debug, Default)]
pub(super) enum Field<T> {
    /// Not there, or null.
    #[default]
    Missing,
    /// There.
    Given(T),
    /// There, with a value that cannot be.
    Wrong(String),
}

impl<T> Field<T> {
    /// The value if it was given; a wrong one is noted under `name`.
    pub(super) fn take(self, name: &str, faults: &mut Faults) -> Option<T> {
        match self {
            Self::Missing => None,
            Self::Given(value) => Some(value),
            Self::Wrong(message) => {
                faults.add(name, "wrong_type", message);
                None
            }
        }
    }

    /// As [`Field::take`]; a missing one is noted too.
    pub(super) fn require(self, name: &str, faults: &mut Faults) -> Option<T> {
        if matches!(self, Self::Missing) {
            faults.add(name, "required", "must be given");
        }
        self.take(name, faults)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if value.is_null() {
            return Ok(Self::Missing);
        }
        Ok(match serde_json::from_value(value) {
            Ok(value) => Self::Given(value),
            Err(error) => Self::Wrong(error.to_string()),
        })
    }
}

/// Notes members that nobody asked for, the first twenty of them.
pub(super) fn refuse_unknown(
    prefix: &str,
    unknown: &BTreeMap<String, IgnoredAny>,
    faults: &mut Faults,
) {
    for name in unknown.keys().take(20) {
        let name: String = name.chars().take(100).collect();
        faults.add(
            &format!("{prefix}{name}"),
            "unknown_field",
            "is not a member of a complaint",
        );
    }
}
