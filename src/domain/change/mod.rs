//! Changes of a complaint: what may be asked for, and what it makes of the complaint.
//!
//! [`decide`] is the one place where a request meets the present state. It is pure: the lane calls it
//! under the complaint's row lock, writes what it returns, and numbers the events.

mod allowed;
mod edit;
mod erasing;
mod photos;
mod present;
mod requests;
mod steps;
mod voices;

use jiff::Timestamp;

use super::action::Party;
use super::complaint::Complaint;
use super::deadline::Plan;
use super::event::{Change, EventKind};
use super::region::RegionId;
use super::rules::Rules;
use super::status::Status;
pub use allowed::Refusal;
pub use present::{Present, Trace};
pub use requests::{
    Assignment, Deed, Edit, FinishedPhoto, Merger, NewComment, NewHold, PhotoRemoval, Relocation,
    Request, Step, Support,
};

/// One event that a change leads to, before it has an id.
#[derive(Debug, Clone)]
pub struct Happened {
    /// What happened.
    pub kind: EventKind,
    /// The region in whose sequence it stands.
    pub region: RegionId,
    /// The complaint after the change.
    pub complaint: Complaint,
    /// What changed.
    pub change: Change,
    /// Events of the region up to this number may be gone or say less from now on.
    pub floor: Option<i64>,
}

/// What a request leads to. The default is: nothing changes, and nothing is to be written.
#[derive(Debug, Clone, Default)]
pub struct Decision {
    /// The events in order, the first of the complaint that was asked for.
    pub happened: Vec<Happened>,
    /// The complaint with another timer, which is no event.
    pub rearmed: Option<Complaint>,
}

impl Decision {
    fn of(happened: Happened) -> Self {
        Self {
            happened: vec![happened],
            rearmed: None,
        }
    }

    fn one(kind: EventKind, complaint: Complaint, change: Change) -> Self {
        let region = complaint.region.clone();
        Self::of(Happened {
            kind,
            region,
            complaint,
            change,
            floor: None,
        })
    }
}

/// Why a request cannot be carried out.
#[derive(Debug, Clone)]
pub enum Fault {
    /// There is no such complaint.
    Unknown,
    /// It is in another region by now: whoever asks must be let in there first.
    Elsewhere(RegionId),
    /// It was changed since the caller saw it.
    Stale(Box<Complaint>),
    /// A rule forbids it in the present state.
    Refused(Box<(Refusal, Complaint)>),
}

/// Decides a request in the name of `party`, made to the desk of `region`, at `now`.
///
/// # Errors
/// [`Fault`].
pub fn decide(
    request: &Request,
    party: Party,
    region: &RegionId,
    present: &Present,
    rules: &Rules,
    now: Timestamp,
) -> Result<Decision, Fault> {
    let complaint = present
        .complaints
        .get(&request.complaint)
        .ok_or(Fault::Unknown)?;
    if complaint.region != *region {
        return Err(Fault::Elsewhere(complaint.region.clone()));
    }
    if request
        .version
        .is_some_and(|version| version != complaint.version)
    {
        return Err(Fault::Stale(Box::new(complaint.clone())));
    }
    let decided = match &request.deed {
        Deed::Step(step) => {
            let asked = (step, present.shows(complaint.id));
            steps::decide(complaint, asked, party, &plan(rules, complaint), now)
        }
        Deed::Timer => steps::timer(complaint, &plan(rules, complaint), &present.officers, now),
        Deed::Edit(edit) => edit::decide(complaint, edit, party, rules, now),
        Deed::Assign(assignment) => {
            let deliberate = request.version.is_some();
            assigned(complaint, *assignment, deliberate, rules, now)
        }
        Deed::Comment(comment) => Ok(voices::commented(complaint, comment, now)),
        Deed::Move(relocation) => moved(complaint, relocation, rules, now),
        Deed::Merge(merger) => merged(complaint, merger, present, rules, now),
        Deed::Support(support) => voices::supported(complaint, support, present),
        Deed::AddPhotos(added) => photos::added(complaint, added, present, now),
        Deed::FinishPhoto(done) => {
            photos::finished(complaint, (done.id, &done.outcome), present, now)
        }
        Deed::RemovePhoto(it) => photos::removed(complaint, (it.id, it.by), party, present, now),
        Deed::Erase(erasure) => erasing::erased(complaint, *erasure, present.trace(complaint), now),
        Deed::Hold(hold) => Ok(erasing::held(
            complaint,
            hold,
            present.trace(complaint),
            now,
        )),
        Deed::Release => Ok(erasing::released(complaint, present.trace(complaint), now)),
    };
    decided.map_err(|refusal| Fault::Refused(Box::new((refusal, complaint.clone()))))
}

/// What holds for a complaint.
fn plan<'a>(rules: &'a Rules, complaint: &Complaint) -> Plan<'a> {
    rules.plan(&complaint.region, &complaint.category, complaint.severity)
}

/// Other rules hold for a complaint from now on: while nobody has acted on it they set its deadline
/// anew, afterwards the one that runs goes on.
fn replan(complaint: &mut Complaint, rules: &Rules) {
    let plan = plan(rules, complaint);
    if complaint.status == Status::Reported {
        plan.submitted(complaint);
    } else {
        plan.arm(complaint);
    }
}

fn assigned(
    present: &Complaint,
    assignment: Assignment,
    deliberate: bool,
    rules: &Rules,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    allowed::open(present)?;
    if present.assignee == assignment.to {
        return Ok(Decision::default());
    }
    if let (Some(holder), true, false) = (present.assignee, assignment.is_taken, deliberate) {
        return Err(Refusal::Taken(holder));
    }
    let (complaint, change) = match assignment.to {
        Some(officer) => {
            let mut complaint = present.clone();
            complaint.assignee = Some(officer);
            complaint.touch(now);
            (complaint, Change::default())
        }
        None => let_go(present, rules, now),
    };
    let change = Change {
        assignee: Some((present.assignee, assignment.to).into()),
        ..change
    };
    Ok(Decision::one(EventKind::Assigned, complaint, change))
}

/// Nobody has it any more: what was in progress is not, for that needs somebody.
fn let_go(present: &Complaint, rules: &Rules, now: Timestamp) -> (Complaint, Change) {
    let mut complaint = present.clone();
    complaint.assignee = None;
    if present.status != Status::InProgress {
        complaint.touch(now);
        return (complaint, Change::default());
    }
    complaint.enter(Status::Acknowledged, now);
    plan(rules, present).entered(present, &mut complaint, None);
    let change = Change::of_status(Some(present.status), complaint.status);
    (complaint, change)
}

/// To another region: it leaves the one and enters the other, in one transaction. Its assignee works
/// in the old one and lets it go.
fn moved(
    present: &Complaint,
    relocation: &Relocation,
    rules: &Rules,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    allowed::open(present)?;
    if present.region == relocation.to {
        return Err(Refusal::SameRegion);
    }
    let (mut complaint, change) = let_go(present, rules, now);
    complaint.region = relocation.to.clone();
    replan(&mut complaint, rules);
    let change = Change {
        region: Some((present.region.clone(), relocation.to.clone()).into()),
        comment: relocation.comment.clone(),
        ..change
    };
    let happened = |kind, region: &RegionId| Happened {
        kind,
        region: region.clone(),
        complaint: complaint.clone(),
        change: change.clone(),
        floor: None,
    };
    Ok(Decision {
        happened: vec![
            happened(EventKind::MovedOut, &present.region),
            happened(EventKind::MovedIn, &relocation.to),
        ],
        rearmed: None,
    })
}

/// A duplicate is closed and names the other; the other counts its supporters and its reporter.
fn merged(
    present: &Complaint,
    merger: &Merger,
    all: &Present,
    rules: &Rules,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    allowed::open(present)?;
    let target = all
        .complaints
        .get(&merger.into)
        .ok_or(Refusal::UnknownTarget)?;
    allowed::takes_duplicate(present, target)?;
    let mut duplicate = present.clone();
    duplicate.enter(Status::Closed, now);
    duplicate.life.duplicate_of = Some(target.id);
    plan(rules, present).entered(present, &mut duplicate, None);
    let mut closed = Change::of_status(Some(present.status), duplicate.status);
    closed.duplicate_of = Some(target.id);
    closed.comment.clone_from(&merger.comment);
    let mut kept = target.clone();
    kept.life.supporters = kept
        .life
        .supporters
        .saturating_add(present.life.supporters)
        .saturating_add(1);
    kept.touch(now);
    let gained = Change {
        supporters: Some((target.life.supporters, kept.life.supporters).into()),
        duplicate: Some(present.id),
        ..Change::default()
    };
    let mut decision = Decision::one(EventKind::StatusChanged, duplicate, closed);
    let other = Decision::one(EventKind::Updated, kept, gained);
    decision.happened.extend(other.happened);
    Ok(decision)
}

#[cfg(test)]
mod tests;
