//! The audit trail: what an entry says, and the chain of hashes that shows whether one was changed or is missing.
//!
//! An entry holds ids and no personal data: it outlives the people and complaints that it speaks of.

mod chain;

use serde_json::Value;
use uuid::Uuid;

use super::account::{By, Identity, Role};
pub use chain::{Stored, from_hex, hex};

/// Most characters of a reason.
pub const REASON_LONGEST: usize = 500;
/// Most characters of a subject.
const SUBJECT_LONGEST: usize = 200;

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who came over the network, or the server itself.
    Of(By),
    /// Whoever ran a command on the machine; the origin says as which user.
    CommandLine,
}

impl Actor {
    /// The kind of who it is, and the id of an account or API key.
    pub fn stored(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::Of(by) => (by.kind(), by.id()),
            Self::CommandLine => ("command_line", None),
        }
    }
}

impl From<&Identity> for Actor {
    fn from(identity: &Identity) -> Self {
        let id = identity.account;
        Self::Of(match identity.role {
            Role::Admin => By::Admin { id },
            Role::Officer => By::Officer { id },
        })
    }
}

/// From where something was done. Of an address only its network is kept: the address itself is a person's, and an
/// entry can never be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From a network of IPv4, by the first three octets.
    Ipv4([u8; 3]),
    /// From a network of IPv6, by the first three groups.
    Ipv6([u16; 3]),
    /// From this machine, as the user of this number.
    User(u32),
    /// By the server itself.
    Server,
}

impl Origin {
    /// As it is stored: `192.0.2.0/24`, `2001:db8:1::/48`, `uid 1000`, `server`.
    pub fn stored(self) -> String {
        match self {
            Self::Ipv4([a, b, c]) => format!("{a}.{b}.{c}.0/24"),
            Self::Ipv6([a, b, c]) => format!("{a:x}:{b:x}:{c:x}::/48"),
            Self::User(number) => format!("uid {number}"),
            Self::Server => "server".to_owned(),
        }
    }
}

/// How something ended, as far as an entry knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was asked for and permitted; without a later entry that says otherwise it was done.
    Asked,
    /// It was done.
    Done,
    /// It was done and made the subject.
    Created,
    /// A rule said no; nothing was done.
    Refused,
    /// It failed; whether it was done is not known.
    Failed,
}

impl Outcome {
    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Done => "done",
            Self::Created => "created",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// An entry that is to be written.
#[derive(Debug, Clone)]
pub struct Entry {
    /// UUIDv7.
    pub id: Uuid,
    /// Who.
    pub by: Actor,
    /// From where.
    pub origin: Origin,
    /// What: a method and route, or the words of a command. Never with values in it.
    pub action: String,
    /// The id of what it was done to.
    pub subject: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// The entry of which this one tells the end.
    pub completes: Option<Uuid>,
    /// Why.
    pub reason: Option<Reason>,
    /// Counts and ids.
    pub details: Value,
}

impl Entry {
    /// An entry without subject, reason and details.
    pub fn new(
        id: Uuid,
        by: Actor,
        origin: Origin,
        action: impl Into<String>,
        outcome: Outcome,
    ) -> Self {
        Self {
            id,
            by,
            origin,
            action: action.into(),
            subject: None,
            outcome,
            completes: None,
            reason: None,
            details: Value::Object(serde_json::Map::new()),
        }
    }

    /// The same about something. What does not look like an id is left out: it could be anybody's name.
    #[must_use]
    pub fn about(self, subject: &str) -> Self {
        let is_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
        let fits = !subject.is_empty() && subject.len() <= SUBJECT_LONGEST;
        let subject = (fits && subject.chars().all(is_id)).then(|| subject.to_owned());
        Self { subject, ..self }
    }

    /// The entry that tells how this one ended.
    #[must_use]
    pub fn completed(&self, id: Uuid, outcome: Outcome) -> Self {
        Self {
            id,
            outcome,
            completes: Some(self.id),
            reason: None,
            ..self.clone()
        }
    }
}

/// Why something is done, in words of whoever does it. It can never be erased: it must not name people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Checks a reason: 1 to 500 characters on one line, without an e-mail address.
    ///
    /// # Errors
    /// Code and message of what is wrong.
    pub fn parse(text: &str) -> Result<Self, (&'static str, String)> {
        let text = text.trim();
        if text.is_empty() {
            return Err(("required", "must not be empty".into()));
        }
        if text.chars().count() > REASON_LONGEST {
            let message = format!("must have at most {REASON_LONGEST} characters");
            return Err(("too_long", message));
        }
        if text.chars().any(char::is_control) {
            return Err(("invalid", "must be one line of text".into()));
        }
        if text.contains('@') {
            let message = "must not hold an e-mail address: the audit trail is never erased";
            return Err(("personal", message.into()));
        }
        Ok(Self(text.to_owned()))
    }

    /// Its words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_network_and_not_an_address() {
        for (origin, stored) in [
            (Origin::Ipv4([192, 0, 2]), "192.0.2.0/24"),
            (Origin::Ipv6([0x2001, 0xdb8, 1]), "2001:db8:1::/48"),
            (Origin::Ipv6([0, 0, 0]), "0:0:0::/48"),
            (Origin::User(1000), "uid 1000"),
        ] {
            assert_eq!(origin.stored(), stored);
        }
    }

    #[test]
    fn a_reason_is_one_line_that_names_nobody_by_address() {
        assert_eq!(
            Reason::parse(" by request ").unwrap().as_str(),
            "by request"
        );
        let long = "x".repeat(REASON_LONGEST + 1);
        for (bad, code) in [
            (" ", "required"),
            (&*long, "too_long"),
            ("one\ntwo", "invalid"),
            ("for ann@example.org", "personal"),
        ] {
            assert_eq!(Reason::parse(bad).unwrap_err().0, code);
        }
    }

    #[test]
    fn a_subject_that_is_no_id_is_left_out() {
        let by = Actor::CommandLine;
        let entry = Entry::new(Uuid::nil(), by, Origin::Server, "x", Outcome::Asked);
        assert_eq!(
            entry.clone().about("north/a-1").subject.unwrap(),
            "north/a-1"
        );
        for bad in ["", "ann@example.org", "Ann Smith", &"x".repeat(201)] {
            assert_eq!(entry.clone().about(bad).subject, None, "{bad}");
        }
    }
}
