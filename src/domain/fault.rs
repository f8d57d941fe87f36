//! What is wrong with an input, field by field, so that a person can mend all of it at once.

use serde::Serialize;
use utoipa::ToSchema;

/// One fault of one field of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// The field at fault, as a client wrote it (`reporter.email`).
    pub field: String,
    /// A stable word for programs (`required`, `too_long`, `unknown`, …).
    pub code: &'static str,
    /// What to change, for people.
    pub message: String,
}

/// All faults found in one input; empty means that it is good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes one fault.
    pub fn add(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(Fault {
            field: field.to_owned(),
            code,
            message: message.into(),
        });
    }

    /// Notes the faults of a part whose place in the whole is `prefix`.
    pub fn append(&mut self, prefix: &str, part: Self) {
        for fault in part.0 {
            self.add(
                &format!("{prefix}{}", fault.field),
                fault.code,
                fault.message,
            );
        }
    }

    /// Keeps the value of a parse, or notes its fault under `field`.
    pub fn keep<T>(&mut self, field: &str, parsed: Result<T, (&'static str, String)>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err((code, message)) => {
                self.add(field, code, message);
                None
            }
        }
    }

    /// `value` when nothing was at fault.
    ///
    /// # Errors
    /// The faults, when there are any or `value` is missing.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T, Faults> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            Some(_) | None => Err(self),
        }
    }

    /// Whether nothing was at fault.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults in the order in which they were found.
    pub fn into_inner(self) -> Vec<Fault> {
        self.0
    }
}

/// Checks a text that people write: trimmed, of `1..=longest` characters, without NUL.
///
/// # Errors
/// The fault's code and message.
pub fn free_text(text: &str, longest: usize) -> Result<String, (&'static str, String)> {
    let text = text.trim();
    let length = text.chars().count();
    if text.contains('\0') {
        Err(("nul_byte", "must not contain a NUL character".into()))
    } else if length == 0 {
        Err(("required", "must not be empty".into()))
    } else if length > longest {
        Err((
            "too_long",
            format!("has {length} characters; at most {longest} are allowed"),
        ))
    } else {
        Ok(text.to_owned())
    }
}

/// Checks an identifier that admins choose: 1–63 of `a-z 0-9 -`, beginning with a letter or digit.
///
/// # Errors
/// The fault's code and message.
pub fn slug(text: &str) -> Result<String, (&'static str, String)> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if (1..=63).contains(&text.len()) && text.chars().all(allowed) && !text.starts_with('-') {
        Ok(text.to_owned())
    } else {
        Err((
            "invalid",
            "must be 1–63 characters of a-z, 0-9 and '-', beginning with a letter or digit".into(),
        ))
    }
}
