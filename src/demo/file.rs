//! `demo.json`: the demo's addresses and credentials for scripts. Readable by its owner alone.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{DemoContent, disk};

/// The content of `demo.json`.
#[derive(Clone, Serialize, Deserialize)]
pub struct DemoFile {
    /// Address of the server, without a slash at the end.
    pub base_url: String,
    /// The admin.
    pub admin: DemoAccount,
    /// The officers with their regions.
    pub officers: Vec<DemoOfficer>,
    /// A key that may submit complaints.
    pub api_key: String,
    /// The regions, each with a point inside.
    pub regions: Vec<DemoPlace>,
    /// Ids of the categories.
    pub categories: Vec<String>,
}

/// How the admin signs in.
#[derive(Clone, Serialize, Deserialize)]
pub struct DemoAccount {
    /// E-mail address.
    pub email: String,
    /// Password in the clear.
    pub password: String,
}

/// How an officer signs in, and where he works.
#[derive(Clone, Serialize, Deserialize)]
pub struct DemoOfficer {
    /// E-mail address.
    pub email: String,
    /// Password in the clear.
    pub password: String,
    /// Ids of his regions.
    pub regions: Vec<String>,
}

/// A region with a point inside of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct DemoPlace {
    /// Slug.
    pub id: String,
    /// WGS84 degrees.
    pub latitude: f64,
    /// WGS84 degrees.
    pub longitude: f64,
}

/// Why `demo.json` could not be written or read.
#[derive(Debug, Error)]
pub enum DemoFileError {
    /// The file system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// `write`, `read`, `create` or `remove`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what we write.
    #[error("{} is no demo.json of this program: {source}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
}

impl DemoFile {
    /// Puts the file together; every region of `content` that has a boundary gets a point inside.
    pub fn new(
        base_url: &str,
        admin: DemoAccount,
        officers: Vec<DemoOfficer>,
        api_key: String,
        content: &DemoContent,
    ) -> Self {
        let place = |region: &crate::domain::catalogue::RegionDraft| {
            let point = region.boundary.as_ref()?.point_inside()?;
            Some(DemoPlace {
                id: region.id.as_str().to_owned(),
                latitude: rounded(point.latitude),
                longitude: rounded(point.longitude),
            })
        };
        let categories = content
            .categories
            .iter()
            .map(|category| category.id.clone());
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            admin,
            officers,
            api_key,
            regions: content.regions.iter().filter_map(place).collect(),
            categories: categories.collect(),
        }
    }

    /// Writes the file as a whole or not at all, with mode 0600.
    ///
    /// # Errors
    /// [`DemoFileError`] names the file.
    pub fn write(&self, path: &Path) -> Result<(), DemoFileError> {
        disk::write(path, self)
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`DemoFileError`] names the file.
    pub fn read(path: &Path) -> Result<Self, DemoFileError> {
        disk::read(path)
    }

    /// How to sign in as somebody who may watch `regions`: the first such officer, else the admin.
    pub fn account_for(&self, regions: &[String]) -> (&str, &str) {
        let officer = self.officers.iter().find(|officer| {
            regions
                .iter()
                .all(|region| officer.regions.contains(region))
        });
        officer.map_or((&self.admin.email, &self.admin.password), |officer| {
            (&officer.email, &officer.password)
        })
    }
}

impl DemoFileError {
    /// Names what was being done to which file.
    pub(super) fn of(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }
}

/// Five places: about a metre.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

#[cfg(test)]
pub(super) fn example() -> DemoFile {
    let account = |name: &str| (format!("{name}@demo.example"), format!("secret-of-{name}"));
    let officer = |name: &str, regions: &[&str]| {
        let (email, password) = account(name);
        let regions = regions.iter().map(|&region| region.to_owned()).collect();
        DemoOfficer {
            email,
            password,
            regions,
        }
    };
    let (email, password) = account("admin");
    let officers = vec![
        officer("nora", &["north"]),
        officer("olaf", &["harbour", "old-town"]),
    ];
    let content = super::content().unwrap();
    DemoFile::new(
        "http://127.0.0.1:8080/",
        DemoAccount { email, password },
        officers,
        "rk_key".into(),
        &content,
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_written_for_its_owner_alone_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.json");
        fs::write(&path, "old").unwrap();
        example().write(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(
            DemoFile::read(&path).unwrap().base_url,
            "http://127.0.0.1:8080"
        );
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "no draft is left over"
        );
    }

    #[test]
    fn its_members_are_those_that_scripts_rely_on() {
        let json = serde_json::to_value(example()).unwrap();
        let members: Vec<_> = json
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let expected = [
            "admin",
            "api_key",
            "base_url",
            "categories",
            "officers",
            "regions",
        ];
        assert_eq!(members, expected);
        assert!(json["regions"][0]["latitude"].is_f64());
        assert_eq!(json["officers"][1]["regions"][0], "harbour");
        assert_eq!(json["categories"][0], "pothole");
    }

    #[test]
    fn the_rounded_points_are_still_inside() {
        let content = crate::demo::content().unwrap();
        for (place, region) in example().regions.iter().zip(content.regions) {
            let point = crate::domain::place::Point {
                latitude: place.latitude,
                longitude: place.longitude,
            };
            assert!(region.boundary.unwrap().contains(point), "{}", place.id);
        }
    }

    #[test]
    fn an_officer_with_all_regions_goes_before_the_admin() {
        let file = example();
        let account = |regions: &[&str]| {
            let regions: Vec<_> = regions.iter().map(|&region| region.to_owned()).collect();
            file.account_for(&regions).0.to_owned()
        };
        assert_eq!(account(&["old-town"]), "olaf@demo.example");
        assert_eq!(account(&["north", "harbour"]), "admin@demo.example");
    }
}
