//! The filter of the live feed as query parameters.

use std::sync::Arc;

use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;
use crate::domain::account::Identity;
use crate::domain::catalogue::Catalogue;
use crate::domain::complaint::Severity;
use crate::domain::event::Filter;
use crate::domain::fault::Faults;
use crate::ws::protocol::FilterRequest;

/// What of a region is wanted; all that is given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FilterQuery {
    /// Only these categories, separated by commas.
    pub(super) categories: Option<String>,
    /// Only complaints of at least this severity.
    pub(super) min_severity: Option<String>,
    /// Only complaints of the account itself (true).
    #[param(value_type = Option<bool>)]
    pub(super) assigned_to_me: Option<String>,
}

impl FilterQuery {
    /// The filter for a member of staff; `None` when everything is wanted.
    ///
    /// # Errors
    /// 422 for parameters at fault.
    pub(super) fn parse(
        self,
        identity: &Identity,
        catalogue: &Catalogue,
    ) -> Result<Option<Arc<Filter>>, Problem> {
        let filter = self.request()?.parse(identity.account, catalogue);
        filter.map_err(|told| Problem::invalid_field("categories", "invalid", told))
    }

    fn request(&self) -> Result<FilterRequest, Problem> {
        let mut faults = Faults::default();
        let severity = self.min_severity.as_deref().map(Severity::parse);
        let min_severity = severity.and_then(|parsed| faults.keep("min_severity", parsed));
        let assigned_to_me = match self.assigned_to_me.as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                faults.add("assigned_to_me", "invalid", "must be true or false");
                false
            }
        };
        let categories = self.categories.as_deref();
        let categories = categories.map(|named| named.split(',').map(str::to_owned).collect());
        let request = FilterRequest {
            categories,
            min_severity,
            assigned_to_me,
        };
        Ok(faults.into_result(Some(request))?)
    }
}
