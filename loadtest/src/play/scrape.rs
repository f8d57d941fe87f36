//! The server's own figures, as a scraper reads them.

use std::collections::BTreeMap;

use super::requests::{Asked, Failure, Requests};

/// Every series with its value; the labels are as the page has them: in the order of the alphabet.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    /// Reads the page.
    ///
    /// # Errors
    /// When it cannot be had.
    pub(crate) async fn get(requests: &Requests) -> Result<Self, Failure> {
        let asked = Asked {
            method: "GET",
            path: "/metrics",
            template: "/metrics",
            who: "",
            body: ("", b""),
            expected: 200,
        };
        let answer = requests.ask(&asked).await?;
        Ok(Self::read(&String::from_utf8_lossy(&answer.body)))
    }

    /// Reads the text format; what is no series is left out.
    pub(crate) fn read(page: &str) -> Self {
        let lines = page.lines().filter(|line| !line.starts_with('#'));
        let series = lines.filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Self(series.collect())
    }

    /// A series without labels, or with them in the page's order; 0 when it is not there.
    pub(crate) fn value(&self, series: &str) -> f64 {
        self.0.get(series).copied().unwrap_or(0.0)
    }

    /// By how much all counters of a name grew since an earlier page, by their labels.
    pub(crate) fn growth(&self, before: &Self, name: &str) -> BTreeMap<String, f64> {
        let begins = |series: &str| {
            let rest = series.strip_prefix(name)?;
            (rest.is_empty() || rest.starts_with('{')).then(|| rest.to_owned())
        };
        let grown = self.0.iter().filter_map(|(series, value)| {
            let growth = value - before.value(series);
            Some((begins(series)?, growth))
        });
        grown.filter(|(_, growth)| *growth != 0.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# HELP a_total Things.\n# TYPE a_total counter\na_total{x=\"1\",y=\"a b\"} 3\n\
        a_total{x=\"2\"} 4\na_total_other 5\nb 1.5e3\n";

    #[test]
    fn a_page_is_read() {
        let page = Scrape::read(PAGE);
        assert_eq!(page.value("a_total{x=\"1\",y=\"a b\"}"), 3.0);
        assert_eq!((page.value("b"), page.value("c")), (1500.0, 0.0));
    }

    #[test]
    fn growth_is_told_by_labels_and_only_where_there_is_any() {
        let before = Scrape::read("a_total{x=\"2\"} 4\n");
        let growth = Scrape::read(PAGE).growth(&before, "a_total");
        assert_eq!(
            growth,
            BTreeMap::from([("{x=\"1\",y=\"a b\"}".to_owned(), 3.0)])
        );
    }
}
