//! Who is online in a region, and who is on the way to which complaint: what is shown, and what changed.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::account::Role;
use super::region::RegionId;

/// Fewest and most minutes of a claim.
pub const CLAIM_MINUTES: std::ops::RangeInclusive<i32> = 1..=240;
/// Minutes of a claim when nobody says.
pub const CLAIM_USUAL_MINUTES: i32 = 30;

/// An account's sockets in one region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attendance {
    /// Sockets that are subscribed to the region.
    pub sockets: i32,
    /// Since when the oldest of them is signed in (UTC).
    pub since: Timestamp,
}

/// Who attends which region.
pub type Attendances = HashMap<(RegionId, Uuid), Attendance>;

/// Adds what was seen elsewhere.
pub fn add(all: &mut Attendances, key: (RegionId, Uuid), more: Attendance) {
    all.entry(key)
        .and_modify(|known| {
            known.sockets = known.sockets.saturating_add(more.sockets);
            known.since = known.since.min(more.since);
        })
        .or_insert(more);
}

/// What an account is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
}

/// Somebody who is online in a region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Online {
    /// The account.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Officer or admin.
    pub role: Role,
    /// Since when (UTC).
    pub online_since: Timestamp,
    /// Sockets; not told live, for they come and go.
    #[serde(skip)]
    pub sockets: i32,
}

impl Online {
    /// Whether a client sees a difference.
    fn looks_like(&self, other: &Self) -> bool {
        (&self.name, self.role, self.online_since) == (&other.name, other.role, other.online_since)
    }
}

/// An account, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// The account.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
}

/// A claim: an officer is on the way to a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Claim {
    /// The complaint.
    pub complaint: Uuid,
    /// Its region.
    #[schema(value_type = String)]
    pub region: RegionId,
    /// Who is on the way.
    pub holder: Person,
    /// Since when (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub claimed_at: Timestamp,
    /// When it ends unless it is renewed (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// Why a claim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// Its holder or an admin let it go.
    Released,
    /// Its time is over.
    Expired,
    /// Its holder's last socket went, and none came back within the grace.
    Disconnected,
    /// The complaint is closed or rejected.
    Closed,
    /// The complaint went to another region.
    Moved,
    /// Its holder is no active officer of the region any more.
    Revoked,
}

impl Release {
    /// The reason that a stored word names; the others are read off the times.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "released" => Some(Self::Released),
            "closed" => Some(Self::Closed),
            "moved" => Some(Self::Moved),
            "revoked" => Some(Self::Revoked),
            _ => None,
        }
    }
}

/// A claim that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Released {
    /// The complaint.
    pub complaint: Uuid,
    /// Who held it.
    pub holder: Person,
    /// Why it ended.
    pub reason: Release,
}

/// Who came and who went.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Turnover<'a> {
    /// New, or called otherwise than before; by id.
    pub joined: Vec<&'a Online>,
    /// Not there any more; by id.
    pub left: Vec<Person>,
}

/// What changed from one list of those online to the next.
pub fn turnover<'a>(
    before: &BTreeMap<Uuid, Online>,
    now: &'a BTreeMap<Uuid, Online>,
) -> Turnover<'a> {
    let is_new = |one: &&Online| !before.get(&one.id).is_some_and(|old| old.looks_like(one));
    let gone = before.values().filter(|old| !now.contains_key(&old.id));
    let person = |old: &Online| Person {
        id: old.id,
        name: old.name.clone(),
    };
    Turnover {
        joined: now.values().filter(is_new).collect(),
        left: gone.map(person).collect(),
    }
}

/// Which claims were made or renewed, and which ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ClaimChanges<'a> {
    /// New, renewed, or another officer's.
    pub claimed: Vec<&'a Claim>,
    /// Over.
    pub released: Vec<Released>,
}

/// What changed from one list of claims to the next. `reasons`: why claims ended, where it is known; else
/// their time was over.
pub fn claim_changes<'a>(
    before: &BTreeMap<Uuid, Claim>,
    now: &'a BTreeMap<Uuid, Claim>,
    reasons: &HashMap<Uuid, Release>,
) -> ClaimChanges<'a> {
    let is_new = |claim: &&Claim| before.get(&claim.complaint) != Some(claim);
    let gone = before
        .values()
        .filter(|old| !now.contains_key(&old.complaint));
    let released = |old: &Claim| Released {
        complaint: old.complaint,
        holder: old.holder.clone(),
        reason: reasons
            .get(&old.complaint)
            .copied()
            .unwrap_or(Release::Expired),
    };
    ClaimChanges {
        claimed: now.values().filter(is_new).collect(),
        released: gone.map(released).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn online(id: u128, name: &str, sockets: i32) -> (Uuid, Online) {
        let id = Uuid::from_u128(id);
        let one = Online {
            id,
            name: name.into(),
            role: Role::Officer,
            online_since: Timestamp::UNIX_EPOCH,
            sockets,
        };
        (id, one)
    }

    fn claim(complaint: u128, holder: u128, until: i64) -> (Uuid, Claim) {
        let complaint = Uuid::from_u128(complaint);
        let claim = Claim {
            complaint,
            region: RegionId::from_stored("north"),
            holder: Person {
                id: Uuid::from_u128(holder),
                name: "Olga".into(),
            },
            claimed_at: Timestamp::UNIX_EPOCH,
            until: Timestamp::from_second(until).unwrap(),
        };
        (complaint, claim)
    }

    #[test]
    fn another_socket_is_no_change_and_another_name_is() {
        let before = BTreeMap::from([online(1, "Olga", 1), online(2, "Otto", 1)]);
        let now = BTreeMap::from([online(1, "Olga", 7), online(2, "Otto", 1)]);
        assert_eq!(turnover(&before, &now), Turnover::default());
        let now = BTreeMap::from([online(1, "Olga Ost", 1), online(3, "Ada", 1)]);
        let turnover = turnover(&before, &now);
        let joined: Vec<_> = turnover.joined.iter().map(|one| &*one.name).collect();
        assert_eq!(joined, ["Olga Ost", "Ada"]);
        let left: Vec<_> = turnover.left.iter().map(|one| &*one.name).collect();
        assert_eq!(left, ["Otto"]);
    }

    #[test]
    fn a_claim_is_made_renewed_handed_over_or_over() {
        let before = BTreeMap::from([
            claim(1, 9, 60),
            claim(2, 9, 60),
            claim(3, 9, 60),
            claim(4, 9, 60),
        ]);
        let now = BTreeMap::from([
            claim(1, 9, 60),
            claim(2, 9, 90),
            claim(3, 8, 60),
            claim(5, 9, 60),
        ]);
        let reasons = HashMap::new();
        let changes = claim_changes(&before, &now, &reasons);
        let claimed: Vec<_> = changes
            .claimed
            .iter()
            .map(|claim| claim.complaint.as_u128())
            .collect();
        assert_eq!(claimed, [2, 3, 5]);
        assert_eq!(changes.released.len(), 1);
        assert_eq!(changes.released[0].reason, Release::Expired);
        let reasons = HashMap::from([(Uuid::from_u128(4), Release::Moved)]);
        let changes = claim_changes(&before, &now, &reasons);
        assert_eq!(changes.released[0].reason, Release::Moved);
    }

    #[test]
    fn sockets_of_several_nodes_add_up_since_the_oldest() {
        let key = (RegionId::from_stored("north"), Uuid::from_u128(1));
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut all = Attendances::new();
        for (sockets, second) in [(2, 20), (1, 10), (4, 30)] {
            let since = at(second);
            add(&mut all, key.clone(), Attendance { sockets, since });
        }
        let sum = Attendance {
            sockets: 7,
            since: at(10),
        };
        assert_eq!(all[&key], sum);
    }
}
