//! What people say to a complaint: comments, and "me too".

use jiff::Timestamp;

use super::allowed::{self, Refusal};
use super::requests::{NewComment, Support};
use super::{Decision, Present};
use crate::domain::complaint::Complaint;
use crate::domain::event::{Change, EventKind};

/// A comment is no new version: it overwrites nothing, so it must not make anyone's version stale.
pub(super) fn commented(present: &Complaint, comment: &NewComment, now: Timestamp) -> Decision {
    let mut complaint = present.clone();
    complaint.updated_at = now;
    let change = Change {
        comment: Some(comment.text.clone()),
        comment_id: Some(comment.id),
        visibility: Some(comment.visibility),
        ..Change::default()
    };
    Decision::one(EventKind::Commented, complaint, change)
}

/// As with a comment, the version stays.
pub(super) fn supported(
    present: &Complaint,
    support: &Support,
    all: &Present,
) -> Result<Decision, Refusal> {
    if all
        .supporters
        .contains(&(present.id, support.supporter.clone()))
    {
        return Ok(Decision::default());
    }
    allowed::open(present)?;
    let mut complaint = present.clone();
    complaint.life.supporters = complaint.life.supporters.saturating_add(1);
    let change = Change {
        supporters: Some((present.life.supporters, complaint.life.supporters).into()),
        ..Change::default()
    };
    Ok(Decision::one(EventKind::Updated, complaint, change))
}
