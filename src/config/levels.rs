//! Which log lines are wanted: a level for all, and others for modules.

use std::collections::BTreeMap;
use std::fmt;

use clap::ValueEnum;

/// Most modules with a level of their own.
pub const MODULES_MOST: usize = 64;
/// Most bytes of a module's path.
const MODULE_LONGEST: usize = 128;

/// Levels of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum LogLevel {
    /// Failures that need a person.
    Error,
    /// Also what may become one.
    Warn,
    /// Also one line a request.
    Info,
    /// Also what the parts do.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// Every level, the least talkative first.
    pub const ALL: [Self; 5] = [
        Self::Error,
        Self::Warn,
        Self::Info,
        Self::Debug,
        Self::Trace,
    ];

    /// The word used in settings, JSON and log lines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }

    /// The level that `word` names.
    ///
    /// # Errors
    /// A message that names all levels.
    pub fn parse(word: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|level| level.as_str() == word);
        named.ok_or_else(|| "must be one of error, warn, info, debug, trace".to_owned())
    }
}

/// A level for all, and others for modules and what is below them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLevels {
    /// For whatever no module's level is for. What libraries tell is held one level below.
    pub all: LogLevel,
    /// By a module's path, such as `redress::feed` or `tokio_postgres`; the longest that fits counts.
    pub modules: BTreeMap<String, LogLevel>,
}

impl LogLevels {
    /// Reads `info,redress::feed=debug,tokio_postgres=warn`.
    ///
    /// # Errors
    /// A message that says what is wrong with which part.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut all = None;
        let mut modules = BTreeMap::new();
        for part in text.split(',').map(str::trim) {
            let in_part = |error| format!("{part:?}: {error}");
            if let Some((module, level)) = part.split_once('=') {
                let module = Self::module(module).map_err(in_part)?;
                modules.insert(module, LogLevel::parse(level).map_err(in_part)?);
            } else if all
                .replace(LogLevel::parse(part).map_err(in_part)?)
                .is_some()
            {
                return Err("only one level may be without a module".to_owned());
            }
        }
        if modules.len() > MODULES_MOST {
            return Err(format!("at most {MODULES_MOST} modules may have a level"));
        }
        Ok(Self {
            all: all.unwrap_or(LogLevel::Info),
            modules,
        })
    }

    /// A module's path.
    ///
    /// # Errors
    /// A message when it is none.
    pub fn module(path: &str) -> Result<String, String> {
        let is_name = |name: &str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if path.len() <= MODULE_LONGEST && path.split("::").all(is_name) {
            Ok(path.to_owned())
        } else {
            Err("a module is a path such as redress::feed".to_owned())
        }
    }
}

impl From<LogLevel> for LogLevels {
    /// One level for all.
    fn from(all: LogLevel) -> Self {
        Self {
            all,
            modules: BTreeMap::new(),
        }
    }
}

impl fmt::Display for LogLevels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.all.as_str())?;
        let mut modules = self.modules.iter();
        modules.try_for_each(|(module, level)| write!(f, ",{module}={}", level.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_and_written_the_same_way() {
        for text in [
            "info",
            "warn,redress::feed=debug",
            "error,redress=info,tokio_postgres=trace",
        ] {
            assert_eq!(LogLevels::parse(text).unwrap().to_string(), text);
        }
        let without = LogLevels::parse("redress::http=debug").unwrap();
        assert_eq!(without.to_string(), "info,redress::http=debug");
    }

    #[test]
    fn what_is_no_level_or_module_is_refused() {
        for text in [
            "",
            "loud",
            "info,",
            "info,warn",
            "a=loud",
            "=info",
            "a::=info",
            "a b=info",
            &format!("{}=info", "x".repeat(129)),
        ] {
            assert!(LogLevels::parse(text).is_err(), "{text}");
        }
    }
}
