//! How far a run is: a line that is written over on a terminal, a line every ten seconds anywhere else.

use std::io::{IsTerminal, Write, stderr};

use super::observer::Row;

/// Seconds between lines where they stay.
const EVERY: f64 = 10.0;

/// The line.
pub(crate) struct Progress {
    seconds: f64,
    is_terminal: bool,
    next: f64,
}

impl Progress {
    /// Of a run that takes so long.
    pub(crate) fn of(seconds: f64) -> Self {
        Self {
            seconds,
            is_terminal: stderr().is_terminal(),
            next: EVERY,
        }
    }

    /// Shows the last second.
    pub(crate) fn tell(&mut self, row: &Row) {
        if !self.is_terminal && row.at < self.next {
            return;
        }
        self.next = row.at + EVERY;
        let line = self.line(row);
        let mut out = stderr().lock();
        // Progress that nobody can read is no reason to end.
        if self.is_terminal {
            write!(out, "\r\x1b[2K{line}").unwrap_or_default();
            out.flush().unwrap_or_default();
        } else {
            writeln!(out, "{line}").unwrap_or_default();
        }
    }

    fn line(&self, row: &Row) -> String {
        let server = row
            .server_cpu
            .map_or("-".into(), |cores| format!("{:.0} %", cores * 100.0));
        let memory = row.server_bytes.map_or("-".into(), |bytes| {
            format!("{:.0} MiB", bytes as f64 / 1_048_576.0)
        });
        format!(
            "{:4.0} of {:.0} s  {:5} done/s  p95 {:6.1} ms  {} errors  {:3} under way  {} sockets, {:6} events/s, \
             p99 {:.1} ms  server {server}, {memory}",
            row.at,
            self.seconds,
            row.ended,
            row.p95_ms,
            row.errors,
            row.in_flight,
            row.sockets,
            row.events,
            row.push_p99_ms
        )
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_terminal {
            writeln!(stderr()).unwrap_or_default();
        }
    }
}
