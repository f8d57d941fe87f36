//! Holds the logs of clients against the truth.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::fold::open_after;
use super::standing::Standing;
use super::{Entry, Fact, Log, Position, Seen, Truth};

/// Something that the protocol does not allow, with the log and the entry that show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) client: String,
    pub(crate) region: String,
    /// The entry's place in the log; its length for what is missing at the end.
    pub(crate) entry: usize,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// Numbers between the last one and this one did not come.
    Lost { last: i64, got: i64 },
    /// It came already.
    Repeated { last: i64, got: i64 },
    /// The database does not have it.
    Uncommitted { seq: i64 },
    /// The database has another one under this number, or with other content.
    Altered { seq: i64 },
    /// A mark covers an event that the client wanted.
    Hidden { seq: i64 },
    /// It is not what the events up to its number come to.
    WrongSnapshot {
        seq: i64,
        missing: usize,
        extra: usize,
        different: usize,
    },
    /// `live` named another number than that of what came before.
    WrongLive { last: i64, got: i64 },
    /// The subscription went on elsewhere than where the client was, or asked to.
    WrongResume {
        client: Option<Position>,
        asked: Option<Position>,
    },
    /// It is of a region without a grant.
    Foreign,
    /// It is of a region without a subscription.
    Unasked,
    /// The client did not end where the database is.
    Behind { at: Option<Position>, head: i64 },
}

/// Everything in the logs that is not allowed; empty when all promises were kept.
pub(crate) fn check(truth: &Truth, logs: &[Log]) -> Vec<Violation> {
    let mut checker = Checker {
        truth,
        folds: HashMap::new(),
        found: Vec::new(),
    };
    for log in logs {
        checker.read(log);
    }
    checker.found
}

type Fold = Rc<BTreeMap<String, u64>>;

struct Checker<'a> {
    truth: &'a Truth,
    /// What the events of a region come to, by epoch, region and number.
    folds: HashMap<(String, String, i64), Fold>,
    found: Vec<Violation>,
}

impl Checker<'_> {
    fn read(&mut self, log: &Log) {
        let mut standings: BTreeMap<&str, Standing> = BTreeMap::new();
        for (place, entry) in log.entries.iter().enumerate() {
            let standing = standings.entry(&entry.region).or_default();
            if let Err(what) = self.entry(log, standing, entry) {
                self.note(log, &entry.region, place, what);
            }
        }
        for (region, standing) in standings {
            let head = self.truth.head(region);
            let is_there = |at: &Position| at.epoch == self.truth.epoch && at.seq == head;
            let may_end_elsewhere = standing.is_revoked || !log.grants.contains(region);
            if !may_end_elsewhere && !standing.at.as_ref().is_some_and(is_there) {
                let at = standing.at;
                self.note(log, region, log.entries.len(), What::Behind { at, head });
            }
        }
    }

    fn note(&mut self, log: &Log, region: &str, entry: usize, what: What) {
        self.found.push(Violation {
            client: log.client.clone(),
            region: region.to_owned(),
            entry,
            what,
        });
    }

    fn entry(&mut self, log: &Log, standing: &mut Standing, entry: &Entry) -> Result<(), What> {
        let is_told = !matches!(entry.seen, Seen::Left | Seen::Revoked | Seen::Granted);
        if is_told && (standing.is_revoked || !log.grants.contains(&entry.region)) {
            return Err(What::Foreign);
        }
        let begins = matches!(entry.seen, Seen::Subscribed { .. });
        if is_told && !begins && !standing.is_watching {
            return Err(What::Unasked);
        }
        match &entry.seen {
            Seen::Left => {
                standing.is_watching = false;
                standing.snapshot = None;
                Ok(())
            }
            Seen::Revoked | Seen::Granted => {
                standing.is_revoked = entry.seen == Seen::Revoked;
                Ok(())
            }
            Seen::Subscribed { .. } => standing.begin(&entry.seen),
            Seen::Event {
                seq,
                event_id,
                content,
            } => {
                standing.step(*seq)?;
                self.event(standing, &entry.region, *seq, event_id, *content)
            }
            Seen::SkippedTo(seq) => self.mark(log, standing, &entry.region, *seq),
            Seen::Snapshot {
                seq,
                last,
                complaints,
            } => {
                let parts = standing.snapshot.get_or_insert_default();
                parts.extend(complaints.iter().cloned());
                if *last {
                    self.snapshot(log, standing, &entry.region, *seq)
                } else {
                    Ok(())
                }
            }
            Seen::Live(got) => {
                let last = standing.at.as_ref().map_or(*got, |at| at.seq);
                if last == *got {
                    Ok(())
                } else {
                    Err(What::WrongLive { last, got: *got })
                }
            }
        }
    }

    /// An event is the one that was committed under its number.
    fn event(
        &self,
        standing: &Standing,
        region: &str,
        seq: i64,
        event_id: &str,
        content: u64,
    ) -> Result<(), What> {
        let facts = self.truth.facts(&standing.epoch, region);
        let place = usize::try_from(seq - 1).ok();
        let fact = place.and_then(|place| facts.get(place));
        let fact = fact.ok_or(What::Uncommitted { seq })?;
        let is_same = fact.event_id == event_id && fact.content == content;
        let may_differ = self.truth.is_below_floor(&standing.epoch, region, seq);
        if is_same || may_differ && (fact.is_gone() || fact.event_id == event_id) {
            Ok(())
        } else {
            Err(What::Altered { seq })
        }
    }

    /// A mark covers nothing that was wanted, and nothing that is not committed.
    fn mark(&self, log: &Log, standing: &mut Standing, region: &str, seq: i64) -> Result<(), What> {
        let Some(at) = &mut standing.at else {
            return Err(What::Unasked);
        };
        let (from, to) = (at.seq.max(0) as usize, seq.max(0) as usize);
        at.seq = at.seq.max(seq);
        let facts = self.truth.facts(&standing.epoch, region);
        let Some(covered) = facts.get(from.min(to)..to) else {
            return Err(What::Uncommitted { seq });
        };
        let wants = |fact: &Fact| {
            !fact.is_gone() && log.interest.as_ref().is_none_or(|one| one.wants(fact))
        };
        match covered.iter().position(wants) {
            Some(place) => Err(What::Hidden {
                seq: (from + place + 1) as i64,
            }),
            None => Ok(()),
        }
    }

    /// A whole snapshot is the fold of the events up to its number.
    fn snapshot(
        &mut self,
        log: &Log,
        standing: &mut Standing,
        region: &str,
        seq: i64,
    ) -> Result<(), What> {
        let epoch = standing.epoch.clone();
        standing.at = Some(Position {
            epoch: epoch.clone(),
            seq,
        });
        let mut came = standing.snapshot.take().unwrap_or_default();
        // It may show what was erased since, of which the events are gone.
        let erased = &self.truth.erased;
        came.retain(|id, _| !erased.contains(id));
        let facts = self.truth.facts(&epoch, region);
        let Some(facts) = usize::try_from(seq).ok().and_then(|seq| facts.get(..seq)) else {
            return Err(What::Uncommitted { seq });
        };
        let fold: Fold = match &log.interest {
            Some(interest) => Rc::new(open_after(facts, Some(interest), erased)),
            None => {
                let key = (epoch, region.to_owned(), seq);
                let fold = self.folds.entry(key);
                Rc::clone(fold.or_insert_with(|| Rc::new(open_after(facts, None, erased))))
            }
        };
        if *fold == came {
            return Ok(());
        }
        let shared = came.iter().filter(|(id, _)| fold.contains_key(*id));
        let different = shared
            .clone()
            .filter(|(id, content)| fold[*id] != **content)
            .count();
        let shared = shared.count();
        let (missing, extra) = (fold.len() - shared, came.len() - shared);
        Err(What::WrongSnapshot {
            seq,
            missing,
            extra,
            different,
        })
    }
}
