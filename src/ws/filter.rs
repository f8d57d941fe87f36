//! Filters as clients ask for them.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use super::protocol::FilterRequest;
use crate::domain::catalogue::Catalogue;
use crate::domain::event::Filter;

/// Most categories of one filter.
const CATEGORIES_MOST: usize = 100;

impl FilterRequest {
    /// The filter for an account; `None` when it asks for everything.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn parse(
        self,
        account: Uuid,
        catalogue: &Catalogue,
    ) -> Result<Option<Arc<Filter>>, String> {
        let filter = Filter {
            categories: self
                .categories
                .map(|named| categories(named, catalogue))
                .transpose()?,
            min_severity: self.min_severity,
            assignee: self.assigned_to_me.then_some(account),
        };
        Ok((!filter.is_empty()).then(|| Arc::new(filter)))
    }
}

fn categories(named: Vec<String>, catalogue: &Catalogue) -> Result<BTreeSet<String>, String> {
    if named.is_empty() {
        return Err("categories must name at least one; leave it out to get all".to_owned());
    }
    if named.len() > CATEGORIES_MOST {
        return Err(format!("categories may name {CATEGORIES_MOST} at most"));
    }
    let unknown = named
        .iter()
        .find(|id| !catalogue.categories.contains_key(*id));
    if let Some(id) = unknown {
        let id: String = id.chars().take(100).collect();
        return Err(format!("there is no category {id}"));
    }
    Ok(named.into_iter().collect())
}
