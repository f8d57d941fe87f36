//! The regions and categories of the installation as one immutable value that every request may read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::complaint::Severity;
use super::region::RegionId;

/// A region as admins see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Region {
    /// Slug.
    #[schema(value_type = String)]
    pub id: RegionId,
    /// Name for people.
    pub name: String,
    /// Whether it takes new complaints.
    pub active: bool,
    /// GeoJSON Polygon or MultiPolygon (WGS84); absent: chosen by name only.
    pub boundary: Option<serde_json::Value>,
    /// When it was created (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A category of complaints.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Category {
    /// Slug.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What to tell, shown to reporters.
    pub hint: String,
    /// The severity of a complaint whose reporter gave none.
    pub default_severity: Severity,
    /// Whether it takes new complaints.
    pub active: bool,
}

/// All regions and categories at one version.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Grows with every change, on any node.
    pub version: i64,
    /// By id.
    pub regions: BTreeMap<RegionId, Region>,
    /// By id.
    pub categories: BTreeMap<String, Category>,
}
