//! The messages `presence` and `claims` of `redress.v1`: a whole list, or what changed. Each is bounded.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;
use uuid::Uuid;

use crate::actors::registry::frame;
use crate::domain::presence::{Claim, ClaimChanges, Online, Person, Released, Turnover};
use crate::domain::region::RegionId;

/// Most entries of a message: about 30 KB, for thousands may get it at once.
const LISTED_MOST: usize = 200;

#[derive(Serialize)]
#[serde(tag = "type", rename = "presence")]
struct AllOnline<'a> {
    region: &'a RegionId,
    officers: Vec<&'a Online>,
    #[serde(skip_serializing_if = "is_none_left")]
    more: usize,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "presence")]
struct OnlineChanged<'a> {
    region: &'a RegionId,
    joined: &'a [&'a Online],
    left: &'a [Person],
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "claims")]
struct AllClaims<'a> {
    region: &'a RegionId,
    claims: Vec<&'a Claim>,
    #[serde(skip_serializing_if = "is_none_left")]
    more: usize,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "claims")]
struct ClaimsChanged<'a> {
    region: &'a RegionId,
    claimed: &'a [&'a Claim],
    released: &'a [Released],
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_none_left(more: &usize) -> bool {
    *more == 0
}

/// Everybody who is online in a region.
pub(super) fn all_online(region: &RegionId, officers: &BTreeMap<Uuid, Online>) -> Bytes {
    framed(&AllOnline {
        region,
        officers: officers.values().take(LISTED_MOST).collect(),
        more: officers.len().saturating_sub(LISTED_MOST),
    })
}

/// Every claim that holds in a region.
pub(super) fn all_claims(region: &RegionId, claims: &BTreeMap<Uuid, Claim>) -> Bytes {
    framed(&AllClaims {
        region,
        claims: claims.values().take(LISTED_MOST).collect(),
        more: claims.len().saturating_sub(LISTED_MOST),
    })
}

/// Who came and went, or, when those are too many, the whole list; `None` when nobody did.
pub(super) fn turnover(
    region: &RegionId,
    turnover: &Turnover<'_>,
    officers: &BTreeMap<Uuid, Online>,
) -> Option<Bytes> {
    let (joined, left) = (&turnover.joined, &turnover.left);
    match joined.len() + left.len() {
        0 => None,
        1..=LISTED_MOST => Some(framed(&OnlineChanged {
            region,
            joined,
            left,
        })),
        _ => Some(all_online(region, officers)),
    }
}

/// Which claims changed, or, when those are too many, the whole list; `None` when none did.
pub(super) fn claim_changes(
    region: &RegionId,
    changes: &ClaimChanges<'_>,
    claims: &BTreeMap<Uuid, Claim>,
) -> Option<Bytes> {
    let (claimed, released) = (&changes.claimed, &changes.released);
    match claimed.len() + released.len() {
        0 => None,
        1..=LISTED_MOST => Some(framed(&ClaimsChanged {
            region,
            claimed,
            released,
        })),
        _ => Some(all_claims(region, claims)),
    }
}

/// These types cannot fail to encode.
fn framed(message: &impl Serialize) -> Bytes {
    frame::text(&serde_json::to_string(message).unwrap_or_default())
}
