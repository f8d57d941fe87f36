//! Which lines are wanted at present: set at the start, and while the program runs.
//!
//! Asked for every line that is told, wanted or not: without levels for modules that costs three atomic reads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::config::{LogLevel, LogLevels};

/// The crate whose lines have the level for all.
const OURS: &str = "redress";
/// What libraries tell at most, whatever level they are given: below it the database's tells the parameters of each
/// statement, which are personal.
const LIBRARIES_MOST: LogLevel = LogLevel::Info;

static PRESENT: RwLock<Option<LogLevels>> = RwLock::new(None);
/// [`LogLevels::all`] as a number, for our own lines.
static OWN: AtomicUsize = AtomicUsize::new(LogLevel::Info as usize);
/// The same for libraries.
static LIBRARIES: AtomicUsize = AtomicUsize::new(LogLevel::Warn as usize);
/// The most talkative level of any module.
static LOOSEST: AtomicUsize = AtomicUsize::new(LogLevel::Info as usize);
static HAS_MODULES: AtomicBool = AtomicBool::new(false);

/// The levels at present.
pub fn present() -> LogLevels {
    let present = PRESENT.read().unwrap_or_else(PoisonError::into_inner);
    present.clone().unwrap_or_else(|| LogLevel::Info.into())
}

/// Sets them, from the next line on.
pub fn set(levels: LogLevels) {
    let libraries = of_libraries(levels.all);
    let modules = levels.modules.values().copied();
    let loosest = modules.fold(levels.all, LogLevel::max);
    // What libraries need not even make: a module of theirs may have a level of its own.
    let modules = levels.modules.values().copied();
    let most = modules.fold(libraries, LogLevel::max).min(LIBRARIES_MOST);
    log::set_max_level(filter(most));
    let has_modules = !levels.modules.is_empty();
    let own = levels.all;
    *PRESENT.write().unwrap_or_else(PoisonError::into_inner) = Some(levels);
    OWN.store(own as usize, Ordering::Relaxed);
    LIBRARIES.store(libraries as usize, Ordering::Relaxed);
    LOOSEST.store(loosest as usize, Ordering::Relaxed);
    HAS_MODULES.store(has_modules, Ordering::Relaxed);
}

/// Whether a line of this level and module is wanted.
pub(super) fn wants(level: LogLevel, module: &str) -> bool {
    if level as usize > LOOSEST.load(Ordering::Relaxed) {
        return false;
    }
    if level > LIBRARIES_MOST && !is_within(module, OURS) {
        return false;
    }
    if HAS_MODULES.load(Ordering::Relaxed) {
        let present = PRESENT.read().unwrap_or_else(PoisonError::into_inner);
        let own = present
            .as_ref()
            .and_then(|present| of_module(present, module));
        if let Some(most) = own {
            return level <= most;
        }
    }
    let most = if is_within(module, OURS) {
        &OWN
    } else {
        &LIBRARIES
    };
    level as usize <= most.load(Ordering::Relaxed)
}

/// The level of the longest path that `module` is within.
fn of_module(levels: &LogLevels, module: &str) -> Option<LogLevel> {
    let fitting = levels.modules.iter();
    let fitting = fitting.filter(|(path, _)| is_within(module, path));
    let longest = fitting.max_by_key(|(path, _)| path.len());
    longest.map(|(_, level)| *level)
}

fn is_within(module: &str, path: &str) -> bool {
    module
        .strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn filter(level: LogLevel) -> log::LevelFilter {
    match level {
        LogLevel::Error => log::LevelFilter::Error,
        LogLevel::Warn => log::LevelFilter::Warn,
        LogLevel::Info => log::LevelFilter::Info,
        LogLevel::Debug => log::LevelFilter::Debug,
        LogLevel::Trace => log::LevelFilter::Trace,
    }
}

/// Libraries tell of their every step at info: that is our debug.
fn of_libraries(level: LogLevel) -> LogLevel {
    match level {
        LogLevel::Error => LogLevel::Error,
        LogLevel::Warn | LogLevel::Info => LogLevel::Warn,
        LogLevel::Debug | LogLevel::Trace => LogLevel::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_module_counts_and_others_have_the_level_for_all() {
        let levels = "warn,redress::feed=debug,redress::feed::redis=error,mio=trace";
        let levels = LogLevels::parse(levels).unwrap();
        for (module, level) in [
            ("redress::feed", Some(LogLevel::Debug)),
            ("redress::feed::postgres", Some(LogLevel::Debug)),
            ("redress::feed::redis", Some(LogLevel::Error)),
            ("redress::feeder", None),
            ("redress", None),
            ("mio::poll", Some(LogLevel::Trace)),
        ] {
            assert_eq!(of_module(&levels, module), level, "{module}");
        }
    }
}
