//! People who work at the desk and apps that submit to it: who they are and what they may see.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::region::RegionId;

/// What an account may do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works on the complaints of the regions granted to it.
    Officer,
    /// Sees everything and administers people, regions and categories.
    Admin,
}

impl Role {
    /// Every role: the label values of per-role metrics.
    pub const ALL: [Self; 2] = [Self::Officer, Self::Admin];

    /// The word used in JSON, SQL, metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Admin => "admin",
        }
    }

    /// The role that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A signed-in member of staff, as the database knew it when the request (or the last check) was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub account: Uuid,
    /// The login session (refresh-token family): logging out ends it.
    pub login: Uuid,
    /// Its role.
    pub role: Role,
    /// The regions granted to an officer; meaningless for an admin, who has all.
    pub regions: BTreeSet<RegionId>,
}

impl Identity {
    /// Whether complaints of `region` may be seen and changed.
    pub fn may_work_in(&self, region: &RegionId) -> bool {
        match self.role {
            Role::Admin => true,
            Role::Officer => self.regions.contains(region),
        }
    }
}

/// What an API key may be used for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Submit complaints on behalf of reporters.
    Submit,
    /// Read complaints, without reporter identity.
    Read,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 2] = [Self::Submit, Self::Read];

    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Read => "read",
        }
    }

    /// The scope that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// An API key that was presented and is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: Uuid,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// The regions to which it is bound; empty: all.
    pub regions: BTreeSet<RegionId>,
    /// Requests a minute; `None`: the setting of the installation.
    pub rate_per_minute: Option<u32>,
}

impl ApiKey {
    /// Whether it may be used for `scope` in `region`.
    pub fn may(&self, scope: Scope, region: &RegionId) -> bool {
        self.scopes.contains(&scope) && (self.regions.is_empty() || self.regions.contains(region))
    }
}

/// Who did something: what the event log keeps of a person, which is an id and never a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum By {
    /// An officer.
    Officer {
        /// The account.
        id: Uuid,
    },
    /// An admin.
    Admin {
        /// The account.
        id: Uuid,
    },
    /// An app, for one of its users.
    ApiKey {
        /// The key.
        id: Uuid,
    },
    /// A resident without a key.
    Resident,
    /// The desk by itself, when a time has come.
    System,
}

impl By {
    /// The word used in JSON and SQL.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Officer { .. } => "officer",
            Self::Admin { .. } => "admin",
            Self::ApiKey { .. } => "api_key",
            Self::Resident => "resident",
            Self::System => "system",
        }
    }

    /// Who `kind` and `id` name, if they fit.
    pub fn from_stored(kind: &str, id: Option<Uuid>) -> Option<Self> {
        match (kind, id) {
            ("officer", Some(id)) => Some(Self::Officer { id }),
            ("admin", Some(id)) => Some(Self::Admin { id }),
            ("api_key", Some(id)) => Some(Self::ApiKey { id }),
            ("resident", None) => Some(Self::Resident),
            ("system", None) => Some(Self::System),
            _ => None,
        }
    }

    /// The account or key, if it was one.
    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::Officer { id } | Self::Admin { id } | Self::ApiKey { id } => Some(id),
            Self::Resident | Self::System => None,
        }
    }
}

impl From<&Identity> for By {
    fn from(identity: &Identity) -> Self {
        let id = identity.account;
        match identity.role {
            Role::Officer => Self::Officer { id },
            Role::Admin => Self::Admin { id },
        }
    }
}
