//! A change of status as a client asks for it.

use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::action::Action;
use crate::domain::change::Step;
use crate::domain::complaint::COMMENT_LONGEST;
use crate::domain::deadline::hold_until;
use crate::domain::fault::{Faults, free_text};
use crate::domain::machine::Wanted;
use crate::domain::status::Status;

/// A change of status: either the status to enter, or what to do.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusPatch {
    /// The status to enter.
    #[schema(value_type = Option<Status>)]
    status: Option<String>,
    /// What to do, instead of a status.
    #[schema(value_type = Option<Action>)]
    action: Option<String>,
    /// Why, 1–4000 characters; shown to staff. Some steps need it.
    comment: Option<String>,
    /// When a complaint that is put on hold wakes up by itself (RFC 3339), within 366 days.
    #[schema(value_type = Option<String>, format = DateTime)]
    hold_until: Option<String>,
    /// The version that you saw; if the complaint has another one by now, nothing is changed.
    pub(super) version: Option<i64>,
}

impl StatusPatch {
    /// Checks everything that needs no complaint.
    ///
    /// # Errors
    /// The fields at fault.
    pub(super) fn parse(self, now: Timestamp) -> Result<Step, Faults> {
        let mut faults = Faults::default();
        let wanted = wanted(self.status.as_deref(), self.action.as_deref(), &mut faults);
        let comment = self
            .comment
            .and_then(|text| faults.keep("comment", free_text(&text, COMMENT_LONGEST)));
        let hold_until = self.hold_until.and_then(|text| {
            if wanted.is_some_and(|wanted| !holds(wanted)) {
                let message = "may be given only with what puts the complaint on hold";
                faults.add("hold_until", "not_applicable", message);
            }
            faults.keep("hold_until", time(&text, now))
        });
        faults.into_result(wanted).map(|wanted| Step {
            wanted,
            comment,
            hold_until,
        })
    }
}

fn wanted(status: Option<&str>, action: Option<&str>, faults: &mut Faults) -> Option<Wanted> {
    match (status, action) {
        (Some(word), None) => {
            let words = Status::ALL.map(Status::as_str);
            let status = Status::parse(word).ok_or_else(|| unknown(&words));
            faults.keep("status", status).map(Wanted::Status)
        }
        (None, Some(word)) => {
            let words = Action::ALL.map(Action::as_str);
            let action = Action::parse(word).ok_or_else(|| unknown(&words));
            faults.keep("action", action).map(Wanted::Action)
        }
        (None, None) => {
            faults.add("status", "required", "give a status, or an action");
            None
        }
        (Some(_), Some(_)) => {
            faults.add("action", "conflict", "give a status or an action, not both");
            None
        }
    }
}

fn unknown(words: &[&str]) -> (&'static str, String) {
    ("unknown", format!("must be one of {}", words.join(", ")))
}

const fn holds(wanted: Wanted) -> bool {
    matches!(
        wanted,
        Wanted::Action(Action::Hold) | Wanted::Status(Status::OnHold)
    )
}

/// A time to wake up, in microseconds, as PostgreSQL keeps it.
fn time(text: &str, now: Timestamp) -> Result<Timestamp, (&'static str, String)> {
    let malformed = |_error| {
        let message = "must be a time such as 2026-12-01T08:00:00Z";
        ("malformed", message.to_owned())
    };
    let at: Timestamp = text.parse().map_err(malformed)?;
    hold_until(
        Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at),
        now,
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    fn parsed(body: Value) -> Result<Step, Vec<(String, &'static str)>> {
        let patch: StatusPatch = from_value(body).unwrap();
        let now = "2026-06-01T10:00:00Z".parse().unwrap();
        patch.parse(now).map_err(|faults| {
            let faults = faults.into_inner().into_iter();
            faults.map(|fault| (fault.field, fault.code)).collect()
        })
    }

    #[test]
    fn a_step_is_named_by_its_action_or_by_the_status_after_it() {
        let by_status = parsed(json!({"status": "acknowledged"})).unwrap();
        assert_eq!(by_status.wanted, Wanted::Status(Status::Acknowledged));
        let held = json!({"action": "hold", "comment": "parts", "hold_until": "2026-07-01T12:00:00+02:00"});
        let by_action = parsed(held).unwrap();
        assert_eq!(by_action.wanted, Wanted::Action(Action::Hold));
        assert_eq!(by_action.hold_until, "2026-07-01T10:00:00Z".parse().ok());
    }

    #[test]
    fn all_faults_are_named_at_once() {
        for (body, expected) in [
            (json!({}), &[("status", "required")][..]),
            (
                json!({"status": "resolved", "action": "resolve"}),
                &[("action", "conflict")],
            ),
            (
                json!({"action": "fly", "comment": " ", "hold_until": "soon"}),
                &[
                    ("action", "unknown"),
                    ("comment", "required"),
                    ("hold_until", "malformed"),
                ],
            ),
            (
                json!({"status": "on_hold", "hold_until": "2026-06-01T10:00:00Z"}),
                &[("hold_until", "out_of_range")],
            ),
            (
                json!({"status": "on_hold", "hold_until": "2028-06-01T10:00:00Z"}),
                &[("hold_until", "out_of_range")],
            ),
            (
                json!({"action": "resolve", "hold_until": "2026-06-02T10:00:00Z"}),
                &[("hold_until", "not_applicable")],
            ),
        ] {
            let found = parsed(body).unwrap_err();
            let found: Vec<_> = found
                .iter()
                .map(|(field, code)| (field.as_str(), *code))
                .collect();
            assert_eq!(found, expected);
        }
    }
}
