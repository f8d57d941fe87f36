//! Who reported a complaint, as far as told: personal data.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

use super::fault::{Faults, free_text};

/// Who reported it, as far as told. Personal data: never in an event, a list, a log or a metric.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reporter {
    /// Name, at most 200 characters.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
}

impl Reporter {
    /// Parses what a reporter told of themselves; `None` when nothing was told.
    pub fn parse(
        name: Option<&str>,
        email: Option<&str>,
        phone: Option<&str>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let name = name.and_then(|text| faults.keep("reporter.name", free_text(text, 200)));
        let email = email.and_then(|text| faults.keep("reporter.email", email_address(text)));
        let phone = phone.and_then(|text| faults.keep("reporter.phone", phone_number(text)));
        (name.is_some() || email.is_some() || phone.is_some()).then_some(Self {
            name,
            email,
            phone,
        })
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reporter(withheld)")
    }
}

/// Checks an e-mail address as far as is useful: one `@` with text around it, no spaces, ≤ 254 bytes (RFC 5321).
///
/// # Errors
/// The fault's code and message.
pub fn email_address(text: &str) -> Result<String, (&'static str, String)> {
    let text = text.trim();
    let well_formed = text
        .split_once('@')
        .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'));
    let printable = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    if well_formed && printable && text.len() <= 254 {
        Ok(text.to_owned())
    } else {
        Err((
            "invalid",
            "must be an e-mail address such as name@example.org".into(),
        ))
    }
}

/// Checks a phone number: 3–30 of digits, spaces and `+ - ( ) / .`, with at least three digits.
fn phone_number(text: &str) -> Result<String, (&'static str, String)> {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let allowed = |c: char| c.is_ascii_digit() || " +-()/.".contains(c);
    if digits >= 3 && text.len() <= 30 && text.chars().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err((
            "invalid",
            "must be a phone number of digits, spaces and + - ( ) / .".into(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reporter_shows_nothing_in_debug_output() {
        let mut faults = Faults::default();
        let reporter = Reporter::parse(Some("Ann"), Some("ann@example.org"), None, &mut faults);
        assert!(faults.is_empty());
        assert!(!format!("{reporter:?}").contains("nn"));
    }

    #[test]
    fn addresses_and_numbers_that_cannot_be_are_refused() {
        for bad in ["", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a\0@b"] {
            assert!(email_address(bad).is_err(), "{bad:?}");
        }
        for bad in ["", "12", "call me", "+4\u{0}9123"] {
            assert!(phone_number(bad).is_err(), "{bad:?}");
        }
        assert!(phone_number("+49 (30) 123-456").is_ok());
    }
}
