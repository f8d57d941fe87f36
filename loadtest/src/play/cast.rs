//! Who plays: an admin, officers and an app with its residents, at places of which they know.

use std::path::PathBuf;

use clap::Args;
use redress::demo::{DemoAccount, DemoFile, DemoOfficer, DemoPlace};

use crate::Fault;

/// Where `serve --demo` leaves its credentials.
const USUAL_FILE: &str = "data/demo.json";

/// Credentials, for a server that is there already.
#[derive(Args, Debug, Default, Clone)]
pub(crate) struct Credentials {
    /// File in the form of demo.json [default: data/demo.json, unless the options below say everything]
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
    /// The admin
    #[arg(long, value_name = "EMAIL:PASSWORD")]
    admin: Option<String>,
    /// An officer with the regions; may be given several times
    #[arg(long, value_name = "EMAIL:PASSWORD:REGION,…")]
    officer: Vec<String>,
    /// A key that may submit and read
    #[arg(long, value_name = "KEY")]
    api_key: Option<String>,
    /// A region with a point well inside; may be given several times
    #[arg(long, value_name = "ID@LATITUDE,LONGITUDE")]
    region: Vec<String>,
    /// A category; may be given several times
    #[arg(long, value_name = "ID")]
    category: Vec<String>,
}

impl Credentials {
    /// Puts the file and the options together; options stand in place of what the file says.
    ///
    /// # Errors
    /// What is missing or is not in its form.
    pub(crate) fn read(&self) -> Result<DemoFile, Fault> {
        let mut demo = match &self.credentials {
            Some(path) => DemoFile::read(path)?,
            None if self.is_complete() => nobody(),
            None => DemoFile::read(USUAL_FILE.as_ref())?,
        };
        if let Some(text) = &self.admin {
            let (email, password) = account(text)?;
            demo.admin = DemoAccount { email, password };
        }
        if !self.officer.is_empty() {
            demo.officers = self
                .officer
                .iter()
                .map(|text| officer(text))
                .collect::<Result<_, _>>()?;
        }
        if let Some(key) = &self.api_key {
            demo.api_key.clone_from(key);
        }
        if !self.region.is_empty() {
            demo.regions = self
                .region
                .iter()
                .map(|text| place(text))
                .collect::<Result<_, _>>()?;
        }
        if !self.category.is_empty() {
            demo.categories.clone_from(&self.category);
        }
        checked(demo)
    }

    /// Whether any are given.
    pub(crate) fn are_given(&self) -> bool {
        let lists = [&self.officer, &self.region, &self.category];
        let is_named = self.credentials.is_some() || self.admin.is_some() || self.api_key.is_some();
        is_named || lists.iter().any(|list| !list.is_empty())
    }

    fn is_complete(&self) -> bool {
        let lists = [&self.officer, &self.region, &self.category];
        let is_named = self.admin.is_some() && self.api_key.is_some();
        is_named && lists.iter().all(|list| !list.is_empty())
    }
}

/// Leaves out regions in which no officer works: nobody would take what is reported there.
///
/// # Errors
/// When nothing can be played then.
pub(crate) fn checked(mut demo: DemoFile) -> Result<DemoFile, Fault> {
    let officers = std::mem::take(&mut demo.officers);
    demo.regions.retain(|place| {
        let mut regions = officers.iter().flat_map(|officer| &officer.regions);
        regions.any(|region| *region == place.id)
    });
    demo.officers = officers;
    if demo.regions.is_empty() || demo.categories.is_empty() {
        return Err(
            "an officer, one of the officer's regions with a point, and a category are needed"
                .into(),
        );
    }
    Ok(demo)
}

fn nobody() -> DemoFile {
    DemoFile {
        base_url: String::new(),
        admin: DemoAccount {
            email: String::new(),
            password: String::new(),
        },
        officers: Vec::new(),
        api_key: String::new(),
        regions: Vec::new(),
        categories: Vec::new(),
    }
}

fn account(text: &str) -> Result<(String, String), Fault> {
    let (email, password) = text.split_once(':').ok_or("an account is EMAIL:PASSWORD")?;
    Ok((email.to_owned(), password.to_owned()))
}

/// The password may hold colons, regions do not.
fn officer(text: &str) -> Result<DemoOfficer, Fault> {
    let parts = text.rsplit_once(':').and_then(|(account, regions)| {
        let (email, password) = account.split_once(':')?;
        Some((email, password, regions))
    });
    let (email, password, regions) = parts.ok_or("an officer is EMAIL:PASSWORD:REGION,…")?;
    Ok(DemoOfficer {
        email: email.to_owned(),
        password: password.to_owned(),
        regions: regions.split(',').map(str::to_owned).collect(),
    })
}

fn place(text: &str) -> Result<DemoPlace, Fault> {
    let parts = text.split_once('@').and_then(|(id, point)| {
        let (latitude, longitude) = point.split_once(',')?;
        Some((id, latitude.parse().ok()?, longitude.parse().ok()?))
    });
    let (id, latitude, longitude) = parts.ok_or("a region is ID@LATITUDE,LONGITUDE")?;
    Ok(DemoPlace {
        id: id.to_owned(),
        latitude,
        longitude,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Credentials {
        Credentials {
            admin: Some("ada@x.example:a secret".into()),
            officer: vec!["olga@x.example:with:colon:north,south".into()],
            api_key: Some("rk_1".into()),
            region: vec!["north@54.1,-7.5".into(), "west@1,2".into()],
            category: vec!["pothole".into()],
            credentials: None,
        }
    }

    #[test]
    fn options_alone_are_enough() {
        let cast = options().read().unwrap();
        assert_eq!(cast.officers[0].password, "with:colon");
        assert_eq!(cast.officers[0].regions, ["north", "south"]);
        assert_eq!(cast.admin.password, "a secret");
        assert_eq!(cast.regions.len(), 1, "nobody works in the west");
        assert_eq!(
            (cast.regions[0].latitude, cast.regions[0].longitude),
            (54.1, -7.5)
        );
    }

    #[test]
    fn what_has_another_form_is_refused() {
        let with = |change: fn(&mut Credentials)| {
            let mut options = options();
            change(&mut options);
            options.read().err().map(|error| error.to_string())
        };
        assert!(
            with(|one| one.admin = Some("ada".into()))
                .unwrap()
                .contains("EMAIL:PASSWORD")
        );
        assert!(
            with(|one| one.officer = vec!["olga:secret".into()])
                .unwrap()
                .contains("officer")
        );
        assert!(
            with(|one| one.region = vec!["north@54".into()])
                .unwrap()
                .contains("region")
        );
        assert!(
            with(|one| one.region = vec!["west@1,2".into()])
                .unwrap()
                .contains("needed")
        );
        assert!(
            with(|one| one.credentials = Some("/nowhere".into()))
                .unwrap()
                .contains("/nowhere")
        );
    }
}
