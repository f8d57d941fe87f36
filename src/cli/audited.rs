//! What commands leave in the audit trail: an entry before they do anything, and one more when they fail or make an account.

use std::error::Error;

use uuid::Uuid;

use super::account::AccountCommand;
use super::apikey::ApiKeyCommand;
use super::audit::AuditCommand;
use super::calendar::CalendarCommand;
use super::category::CategoryCommand;
use super::deadline::DeadlineCommand;
use super::epoch::EpochCommand;
use super::photos::PhotosCommand;
use super::purge::PurgeArguments;
use super::region::RegionCommand;
use super::retention::RetentionCommand;
use super::workflow::WorkflowCommand;
use crate::access::audit::{Reason, Trail};
use crate::domain::audit::{Actor, Entry, Origin, Outcome};
use crate::store::{Store, StoreError, accounts};

/// To what something is done.
pub(super) enum Subject {
    /// To what has no id, or to many.
    Nothing,
    /// To what has this id.
    Id(String),
    /// To the account of an e-mail address, whose id is noted in its place.
    AccountOf(String),
}

/// A command as the trail knows it: its words, and to what it is done. `None`: it changes nothing and shows nobody.
pub(super) type Deed = Option<(&'static str, Subject)>;

/// A command that may leave something in the trail.
pub(super) trait Audited {
    /// What it leaves.
    fn deed(&self) -> Deed;
}

/// A command that was recorded.
pub(super) struct Recorded {
    trail: Trail,
    entry: Entry,
    /// The e-mail address of an account that was not there.
    awaited: Option<String>,
}

impl Recorded {
    /// Records a command, durably. `None` when there is nothing to record.
    ///
    /// # Errors
    /// [`StoreError`]: then the command must not run.
    pub(super) async fn begin(
        deed: Deed,
        reason: Option<Reason>,
        store: &Store,
    ) -> Result<Option<Self>, StoreError> {
        let Some((action, subject)) = deed else {
            return Ok(None);
        };
        let origin = Origin::User(rustix::process::getuid().as_raw());
        let entry = Entry::new(
            Uuid::now_v7(),
            Actor::CommandLine,
            origin,
            action,
            Outcome::Asked,
        );
        let mut entry = Entry { reason, ..entry };
        let mut awaited = None;
        match subject {
            Subject::Nothing => {}
            Subject::Id(id) => entry = entry.about(&id),
            Subject::AccountOf(email) => match accounts::find_id(store, &email).await? {
                Some(id) => entry = entry.about(&id.to_string()),
                None => awaited = Some(email),
            },
        }
        let trail = Trail::new(store.clone());
        trail.record(&entry).await?;
        Ok(Some(Self {
            trail,
            entry,
            awaited,
        }))
    }

    /// Records how it ended, if that needs telling.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn end<E: Error>(
        self,
        outcome: &Result<(), E>,
        store: &Store,
    ) -> Result<(), StoreError> {
        let id = Uuid::now_v7();
        let completed = match (outcome, &self.awaited) {
            (Err(_), _) => self.entry.completed(id, Outcome::Failed),
            (Ok(()), Some(email)) => match accounts::find_id(store, email).await? {
                Some(account) => {
                    let created = self.entry.completed(id, Outcome::Created);
                    created.about(&account.to_string())
                }
                None => return Ok(()),
            },
            (Ok(()), None) => return Ok(()),
        };
        self.trail.record(&completed).await
    }
}

impl Audited for AccountCommand {
    fn deed(&self) -> Deed {
        let of = |email: &String| Subject::AccountOf(email.clone());
        Some(match self {
            Self::Create { email, .. } => ("redress account create", of(email)),
            Self::List => ("redress account list", Subject::Nothing),
            Self::SetPassword { email, .. } => ("redress account set-password", of(email)),
            Self::AnonymiseFormer { .. } => ("redress account anonymise-former", Subject::Nothing),
            Self::Deactivate { email } => ("redress account deactivate", of(email)),
        })
    }
}

impl Audited for ApiKeyCommand {
    fn deed(&self) -> Deed {
        match self {
            Self::Create { id, .. } => Some(("redress apikey create", Subject::Id(id.to_string()))),
            Self::List => None,
            Self::Revoke { id } => Some(("redress apikey revoke", Subject::Id(id.to_string()))),
        }
    }
}

impl Audited for RegionCommand {
    fn deed(&self) -> Deed {
        match self {
            Self::Import { .. } => Some(("redress region import", Subject::Nothing)),
            Self::List => None,
        }
    }
}

impl Audited for CategoryCommand {
    fn deed(&self) -> Deed {
        match self {
            Self::Import { .. } => Some(("redress category import", Subject::Nothing)),
            Self::List => None,
        }
    }
}

impl Audited for WorkflowCommand {
    fn deed(&self) -> Deed {
        match self {
            Self::Import { region, .. } => {
                Some(("redress workflow import", Subject::Id(region.clone())))
            }
            Self::Check { .. } => None,
        }
    }
}

impl Audited for CalendarCommand {
    fn deed(&self) -> Deed {
        let Self::Import { region, .. } = self;
        Some(("redress calendar import", Subject::Id(region.clone())))
    }
}

impl Audited for DeadlineCommand {
    fn deed(&self) -> Deed {
        match self {
            Self::Import { category, .. } => {
                Some(("redress deadline import", Subject::Id(category.clone())))
            }
            Self::Check { .. } => None,
        }
    }
}

impl Audited for EpochCommand {
    fn deed(&self) -> Deed {
        match self {
            Self::Show => None,
            Self::Bump => Some(("redress epoch bump", Subject::Nothing)),
            Self::Keep => Some(("redress epoch keep", Subject::Nothing)),
        }
    }
}

impl Audited for PhotosCommand {
    fn deed(&self) -> Deed {
        match self {
            Self::Sweep { dry_run: true, .. } => None,
            Self::Sweep { .. } => Some(("redress photos sweep", Subject::Nothing)),
        }
    }
}

impl Audited for RetentionCommand {
    fn deed(&self) -> Deed {
        match self {
            Self::Import { .. } => Some(("redress retention import", Subject::Nothing)),
            Self::Show { .. } | Self::Check { .. } | Self::Runs { .. } => None,
        }
    }
}

impl Audited for PurgeArguments {
    fn deed(&self) -> Deed {
        (!self.dry_run).then_some(("redress purge", Subject::Nothing))
    }
}

impl Audited for AuditCommand {
    fn deed(&self) -> Deed {
        match self {
            Self::List { .. } => Some(("redress audit list", Subject::Nothing)),
            Self::Verify { .. } => None,
        }
    }
}
