//! The board: who is online in each region and who is on the way where, as this node knows it.
//!
//! It outlives the actor that writes it, so that a restart neither doubles nor loses a change. Shards give
//! a client the whole list of a region and then what changes, which names the version that it starts from:
//! who has another one gets the whole list again.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use actix::Message;
use bytes::Bytes;
use uuid::Uuid;

use super::messages;
use crate::domain::presence::{Claim, Online, Release, claim_changes, turnover};
use crate::domain::region::RegionId;

/// What is known of a region.
#[derive(Debug, Default)]
pub struct Notice {
    version: u64,
    /// Who is online.
    pub officers: BTreeMap<Uuid, Online>,
    /// The claims that hold, by complaint.
    pub claims: BTreeMap<Uuid, Claim>,
    /// Both as messages, once somebody wants them.
    frames: OnceLock<[Bytes; 2]>,
}

impl Notice {
    /// Its version within this process.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The whole lists, as framed messages.
    pub fn frames(&self, region: &RegionId) -> &[Bytes; 2] {
        self.frames.get_or_init(|| {
            [
                messages::all_online(region, &self.officers),
                messages::all_claims(region, &self.claims),
            ]
        })
    }
}

/// Tell those who follow the presence of a region what changed.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct Posted {
    /// The region.
    pub region: RegionId,
    /// The version that it follows.
    pub from: u64,
    /// The version after it.
    pub to: u64,
    /// What changed, as framed messages: one of presence, one of claims, or both.
    pub frames: Arc<[Bytes]>,
}

/// The board. Shared by the whole process.
#[derive(Debug, Default)]
pub struct Board {
    /// How often any socket of this node came to a region or left one.
    moves: AtomicU64,
    notices: Mutex<HashMap<RegionId, Arc<Notice>>>,
}

impl Board {
    /// Notes that a socket came to a region or left one.
    pub fn note_move(&self) {
        self.moves.fetch_add(1, Ordering::SeqCst);
    }

    /// Moves so far.
    pub fn moves(&self) -> u64 {
        self.moves.load(Ordering::SeqCst)
    }

    /// What is known of a region.
    pub fn notice(&self, region: &RegionId) -> Arc<Notice> {
        self.lock().get(region).cloned().unwrap_or_default()
    }

    /// The regions of which something was ever known.
    pub(super) fn regions(&self) -> Vec<RegionId> {
        self.lock().keys().cloned().collect()
    }

    /// Replaces what is known of a region; what clients must be told, if anything.
    pub(super) fn post(
        &self,
        region: &RegionId,
        mut officers: BTreeMap<Uuid, Online>,
        claims: BTreeMap<Uuid, Claim>,
        reasons: &HashMap<Uuid, Release>,
    ) -> Option<Posted> {
        let before = self.notice(region);
        for (id, online) in &mut officers {
            // Who stays is online since they came, whichever of their sockets has gone since.
            if let Some(known) = before.officers.get(id) {
                online.online_since = online.online_since.min(known.online_since);
            }
        }
        let frames: Vec<Bytes> = [
            messages::turnover(region, &turnover(&before.officers, &officers), &officers),
            messages::claim_changes(
                region,
                &claim_changes(&before.claims, &claims, reasons),
                &claims,
            ),
        ]
        .into_iter()
        .flatten()
        .collect();
        let is_news = !frames.is_empty();
        let notice = Notice {
            version: before.version + u64::from(is_news),
            officers,
            claims,
            frames: OnceLock::new(),
        };
        let posted = Posted {
            region: region.clone(),
            from: before.version,
            to: notice.version,
            frames: frames.into(),
        };
        self.lock().insert(region.clone(), Arc::new(notice));
        is_news.then_some(posted)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RegionId, Arc<Notice>>> {
        self.notices
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::account::Role;

    fn online(id: u128, second: i64) -> (Uuid, Online) {
        let id = Uuid::from_u128(id);
        let one = Online {
            id,
            name: format!("officer {id}"),
            role: Role::Officer,
            online_since: Timestamp::from_second(second).unwrap(),
            sockets: 1,
        };
        (id, one)
    }

    fn post(board: &Board, officers: &[(Uuid, Online)]) -> Option<Posted> {
        let region = RegionId::from_stored("north");
        let officers = officers.iter().cloned().collect();
        board.post(&region, officers, BTreeMap::new(), &HashMap::new())
    }

    #[test]
    fn what_is_posted_goes_from_one_version_to_the_next() {
        let board = Board::default();
        let first = post(&board, &[online(1, 9)]).unwrap();
        assert_eq!((first.from, first.to, first.frames.len()), (0, 1, 1));
        assert!(post(&board, &[online(1, 9)]).is_none(), "nothing changed");
        let second = post(&board, &[]).unwrap();
        assert_eq!((second.from, second.to), (1, 2));
        let text = String::from_utf8_lossy(&second.frames[0]).into_owned();
        assert!(
            text.contains(r#""joined":[],"left":[{"id":"00000000-"#),
            "{text}"
        );
    }

    #[test]
    fn who_stays_is_online_since_they_came() {
        let board = Board::default();
        post(&board, &[online(1, 9)]).unwrap();
        assert!(
            post(&board, &[online(1, 20)]).is_none(),
            "an older socket went"
        );
        let notice = board.notice(&RegionId::from_stored("north"));
        let since = notice.officers.values().next().unwrap().online_since;
        assert_eq!(since.as_second(), 9);
    }

    #[test]
    fn a_message_names_a_bounded_number_however_many_come() {
        let board = Board::default();
        let many: Vec<_> = (0..5000).map(|id| online(id, 9)).collect();
        let posted = post(&board, &many).unwrap();
        assert!(
            posted.frames[0].len() < 40 * 1024,
            "{}",
            posted.frames[0].len()
        );
        let text = String::from_utf8_lossy(&posted.frames[0]).into_owned();
        assert!(text.contains(r#""more":4800"#), "the whole list instead");
    }
}
