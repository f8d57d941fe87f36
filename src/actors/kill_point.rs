//! Points at which a test may have this process killed, as `kill -9` would at the worst moment.
//!
//! They are fail points `kill/<where>` whose action is `return`, set by the environment variable that the
//! `fail` crate reads (`FAILPOINTS="kill/mid_snapshot=3*off->return"`: the fourth time). They exist
//! only where tests are built; in a release they are nothing.

use fail::fail_point;
use rustix::process::{Signal, getpid, kill_process};

/// Ends the process here and now, if a test wants that.
pub fn kill_point(_place: &str) {
    fail_point!(&format!("kill/{_place}"), |_| kill());
}

#[allow(
    dead_code,
    reason = "without the feature of tests no fail point calls it"
)]
fn kill() {
    if let Err(error) = kill_process(getpid(), Signal::KILL) {
        slog_scope::error!("the process cannot kill itself: {}", error);
    }
}
