//! What a person signs in with: e-mail address and password, parsed at the edge.

use std::fmt;

use super::reporter::email_address;

/// The shortest password, in characters (NIST SP 800-63B asks for 8; officers see personal data).
pub const PASSWORD_SHORTEST: usize = 10;

/// The longest password, in bytes: far over any passphrase, far under what is costly to hash.
pub const PASSWORD_LONGEST: usize = 200;

/// An e-mail address as given; equal ones differ at most in the case of ASCII letters.
#[derive(Clone)]
pub struct Email(String);

impl Email {
    /// Parses an address.
    ///
    /// # Errors
    /// The fault's code and message.
    pub fn parse(text: &str) -> Result<Self, (&'static str, String)> {
        email_address(text).map(Self)
    }

    /// The address as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(withheld)")
    }
}

/// A password that may be set; one that is only compared needs no rules.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Checks the rules: at least 10 characters, at most 200 bytes.
    ///
    /// # Errors
    /// The fault's code and message, which never repeats the password.
    pub fn parse(text: &str) -> Result<Self, (&'static str, String)> {
        if text.chars().count() < PASSWORD_SHORTEST {
            let message = format!("must have at least {PASSWORD_SHORTEST} characters");
            Err(("too_short", message))
        } else if text.len() > PASSWORD_LONGEST {
            let message = format!("must have at most {PASSWORD_LONGEST} bytes");
            Err(("too_long", message))
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The password itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_outside_the_bounds_are_refused_with_the_bound() {
        for (text, code, bound) in [
            (String::new(), "too_short", "10"),
            ("é".repeat(9), "too_short", "10"),
            ("x".repeat(201), "too_long", "200"),
            ("é".repeat(101), "too_long", "200"),
        ] {
            let fault = Password::parse(&text).map(|_| ()).unwrap_err();
            assert_eq!(fault.0, code, "{text}");
            assert!(fault.1.contains(bound), "{text}");
        }
        for good in ["x".repeat(10), "é".repeat(10), "x".repeat(200)] {
            assert!(Password::parse(&good).is_ok(), "{good}");
        }
    }

    #[test]
    fn debug_output_shows_neither_address_nor_password() {
        let email = Email::parse("ann@example.org").unwrap();
        let password = Password::parse("correct horse").unwrap();
        let shown = format!("{email:?} {password:?}");
        assert!(
            !shown.contains("ann") && !shown.contains("horse"),
            "{shown}"
        );
    }
}
