//! Which problem each error of the floors below is.

use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::Problem;
use crate::access::AccessError;
use crate::access::links::LinkError;
use crate::actors::command::CommandError;
use crate::domain::change::Refusal;
use crate::domain::fault::Faults;
use crate::import::rules::RulesError;
use crate::media::blobs::BlobError;
use crate::media::thumbnail::Flaw;
use crate::retention::RetentionError;
use crate::store::StoreError;
use crate::ws::UpgradeError;
use crate::ws::admission::Refused;

/// When an address or account with too many sockets may try again: they are long-lived.
const ADDRESS_RETRY_S: u64 = 5;

impl From<Faults> for Problem {
    fn from(faults: Faults) -> Self {
        Self::invalid(faults)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Lost(_) | StoreError::Silent(_) => {
                Self::unavailable("the database is away or too busy; try again", error)
            }
            StoreError::Refused { .. } | StoreError::Shape(_) => Self::internal(error),
        }
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        let told = error.to_string();
        match error {
            CommandError::Overloaded => {
                Self::unavailable("too much work is waiting; try again", told)
            }
            CommandError::Unavailable(_) => {
                Self::unavailable("the database is away or too busy; try again", told)
            }
            CommandError::Interrupted
            | CommandError::DeadlinePassed
            | CommandError::OutcomeUnknown(_) => Self::unavailable(
                "whether this was done is not known; try again with the same Idempotency-Key, or look first",
                told,
            ),
            CommandError::Database(error) => Self::internal(error),
            CommandError::UnknownRegion => Self::not_found("region"),
            CommandError::UnknownComplaint => Self::not_found("complaint"),
            CommandError::Elsewhere(_) => Self::conflict("moved", told, None),
            CommandError::Stale(current) => Self::conflict("stale_version", told, json(&*current)),
            CommandError::Refused(Refusal::Step(refusal), _) if refusal.lacks_only_a_comment() => {
                Self::invalid_field("comment", "required", told)
            }
            CommandError::Refused(Refusal::UnknownPhoto, _) => Self::not_found("photo"),
            CommandError::Refused(Refusal::NotYourPhoto, _) => Self::forbidden(told),
            CommandError::Refused(refusal, current) => {
                Self::conflict(refusal_kind(&refusal), told, json(&*current))
            }
            CommandError::KeyReused => Self::unprocessable("idempotency_key_reused", told),
        }
    }
}

/// The stable name of what a rule refuses.
fn refusal_kind(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Step(_) => "transition_refused",
        Refusal::NotOpen(_) => "not_open",
        Refusal::Active(_) => "active",
        Refusal::Held { .. } => "legal_hold",
        Refusal::TooYoung { .. } => "too_young",
        Refusal::Taken(_) => "already_assigned",
        Refusal::SameRegion => "same_region",
        Refusal::TooManyPhotos { .. } => "too_many_photos",
        Refusal::UnknownPhoto | Refusal::NotYourPhoto => "refused",
        Refusal::Itself | Refusal::UnknownTarget | Refusal::TargetNotOpen(_) => "cannot_merge",
    }
}

impl From<RulesError> for Problem {
    fn from(error: RulesError) -> Self {
        let told = error.to_string();
        match error {
            RulesError::UnknownRegion => Self::not_found("region"),
            RulesError::UnknownCategory => Self::not_found("category"),
            RulesError::Invalid(faults) => Self::invalid(faults),
            RulesError::Strands(counts) => Self::conflict("workflow_strands", told, json(&counts)),
            RulesError::Store(error) => error.into(),
        }
    }
}

impl From<RetentionError> for Problem {
    fn from(error: RetentionError) -> Self {
        let told = error.to_string();
        match error {
            RetentionError::Invalid(faults) => Self::invalid(faults),
            RetentionError::Unreadable(_) => Self::conflict("policy_unreadable", told, None),
            RetentionError::Busy(run) => {
                let current = serde_json::json!({ "run_id": run });
                Self::conflict("run_under_way", told, Some(current))
            }
            RetentionError::Over => Self::unavailable("runs came between; try again", told),
            RetentionError::Store(error) => error.into(),
        }
    }
}

/// The present state, as JSON.
fn json(current: &impl Serialize) -> Option<Value> {
    serde_json::to_value(current).ok()
}

impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Missing(_) | BlobError::TooLarge(_) => Self::not_found("picture"),
            BlobError::Away(_) | BlobError::Silent(_) => {
                Self::unavailable("the photo store is away; try again", error)
            }
        }
    }
}

impl From<Flaw> for Problem {
    fn from(flaw: Flaw) -> Self {
        let told = flaw.to_string();
        match flaw {
            Flaw::NotAccepted { .. } => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_accepted", told)
            }
            Flaw::TooLarge { .. }
            | Flaw::Truncated
            | Flaw::Damaged { .. }
            | Flaw::TooManyScans { .. }
            | Flaw::OutOfTime
            | Flaw::Memory
            | Flaw::Panicked => Self::unprocessable("unusable_photo", told),
        }
    }
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        let told = error.to_string();
        match error {
            LinkError::Forged => Self::forbidden(told),
            LinkError::Expired => Self::new(StatusCode::FORBIDDEN, "link_expired", told),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Address | Refused::Account => {
                Self::too_many(refused.to_string(), ADDRESS_RETRY_S)
            }
            Refused::Node | Refused::Unauthenticated | Refused::Reporters | Refused::Rate => {
                Self::no_room(refused.to_string())
            }
        }
    }
}

impl From<UpgradeError> for Problem {
    fn from(error: UpgradeError) -> Self {
        match error {
            UpgradeError::Refused(refused) => refused.into(),
            UpgradeError::Origin(_) => Self::forbidden(error.to_string()),
            UpgradeError::Handshake(_) | UpgradeError::Protocol => {
                Self::malformed(error.to_string())
            }
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let told = error.to_string();
        match error {
            AccessError::InvalidToken
            | AccessError::TokenReused
            | AccessError::LoginEnded
            | AccessError::InvalidApiKey => Self::unauthorized(told),
            AccessError::TokenExpired => Self::new(StatusCode::UNAUTHORIZED, "token_expired", told),
            AccessError::WrongPassword => {
                Self::new(StatusCode::UNAUTHORIZED, "wrong_password", told)
            }
            AccessError::Throttled { retry_after_s } => Self::too_many(told, retry_after_s),
            AccessError::Busy => {
                Self::unavailable(told, "all turns to check a password were taken")
            }
            AccessError::NoSuchAccount => Self::not_found("account"),
            AccessError::NoSuchApiKey => Self::not_found("API key"),
            AccessError::EmailTaken => Self::conflict("email_taken", told, None),
            AccessError::LastAdmin => Self::conflict("last_admin", told, None),
            AccessError::UnknownRegions(_) => Self::invalid_field("regions", "unknown", told),
            AccessError::Hashing(_) | AccessError::Signing(_) => Self::internal(told),
            AccessError::Store(error) => error.into(),
        }
    }
}
