//! The settings of the pages for people.

use std::str::FromStr;

use clap::Args;

/// The pages for people.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Pages")]
pub struct PageSettings {
    /// Where maps get their tiles, an address with {z}, {x} and {y}; default: none, maps show boundaries and points
    #[arg(long, env = "MAP_TILES", value_name = "URL")]
    pub map_tiles: Option<MapTiles>,
    /// To whom the map tiles are owed, shown on maps
    #[arg(long, env = "MAP_CREDIT", value_name = "TEXT")]
    pub map_credit: Option<String>,
    /// Where the operator's dashboards are, such as Grafana; the administrators' page links there
    #[arg(long, env = "DASHBOARDS", value_name = "URL")]
    pub dashboards: Option<WebAddress>,
}

/// An address that a page may link to: http or https, without a blank in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress(String);

impl WebAddress {
    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WebAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("https://");
        let rest = rest.or_else(|| text.strip_prefix("http://"));
        let is_address = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
        if !is_address || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(
                "expected an address such as https://grafana.example.org/dashboards".into(),
            );
        }
        Ok(Self(text.to_owned()))
    }
}

/// The address of map tiles, with `{z}`, `{x}` and `{y}` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapTiles {
    template: String,
    origin: String,
}

impl MapTiles {
    /// The address as it was given.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// Its origin, for a content security policy: `https://tiles.example.org`.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl FromStr for MapTiles {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected an address such as https://tiles.example.org/{z}/{x}/{y}.png";
        let lacks = ["{z}", "{x}", "{y}"]
            .iter()
            .find(|part| !text.contains(**part));
        if let Some(part) = lacks {
            return Err(format!("{expected}: there is no {part} in it"));
        }
        let (scheme, rest) = text.split_once("://").ok_or(expected)?;
        let host = rest.split('/').next().unwrap_or_default();
        // What a policy or an HTML page would read as something else is in no address of tiles.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
        let is_host = !host.is_empty() && host.chars().all(is_plain);
        if !["http", "https"].contains(&scheme) || !is_host {
            return Err(expected.to_owned());
        }
        Ok(Self {
            template: text.to_owned(),
            origin: format!("{scheme}://{host}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_an_address_of_the_web() {
        for good in [
            "https://grafana.example.org/dashboards",
            "http://127.0.0.1:3000",
        ] {
            assert_eq!(good.parse::<WebAddress>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "grafana",
            "javascript:alert(1)",
            "https://",
            "http:///d",
            "http://a b",
        ] {
            assert!(bad.parse::<WebAddress>().is_err(), "{bad}");
        }
    }

    #[test]
    fn tiles_have_an_origin_and_a_place_for_each_number() {
        let tiles: MapTiles = "https://t.example.org:8443/a/{z}/{x}/{y}.png?k=1"
            .parse()
            .unwrap();
        assert_eq!(tiles.origin(), "https://t.example.org:8443");
        for bad in [
            "",
            "/{z}/{x}/{y}",
            "https://t.example.org/{z}/{x}.png",
            "ftp://t.example.org/{z}/{x}/{y}",
            "https:///{z}/{x}/{y}",
            "https://{s}.example.org/{z}/{x}/{y}",
            "https://a;script-src/{z}/{x}/{y}",
            "https://a b/{z}/{x}/{y}",
        ] {
            assert!(bad.parse::<MapTiles>().is_err(), "{bad}");
        }
    }
}
