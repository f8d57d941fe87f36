//! When and whether to come back after a connection ended: pure rules of `docs/PROTOCOL.md`.

use std::time::Duration;

/// A connection that held so long starts the waiting anew.
const STEADY: Duration = Duration::from_secs(60);
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
/// An overloaded server is given four times the wait.
const SLOWLY: u32 = 4;

/// What a close code asks of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterClose {
    /// Come back after the usual wait.
    Return,
    /// Come back after four times the usual wait.
    ReturnSlowly,
    /// Get a new token first.
    NewToken,
    /// Do not come back.
    Stay,
}

/// What `code` asks; `None` is a connection that ended without a close frame.
pub(super) fn after_close(code: Option<u16>) -> AfterClose {
    match code {
        Some(4004 | 4007) => AfterClose::NewToken,
        Some(4006) => AfterClose::ReturnSlowly,
        Some(4500..=4999) => AfterClose::Stay,
        Some(_) | None => AfterClose::Return,
    }
}

/// The wait before the next attempt: random(0, min(30 s, 0.5 s · 2^n)).
#[derive(Debug, Default)]
pub(super) struct BackOff {
    attempts: u32,
}

impl BackOff {
    /// Notes how long the connection had held.
    pub(super) fn held(&mut self, held: Duration) {
        if held >= STEADY {
            self.attempts = 0;
        }
    }

    /// The next wait; `random` is in 0..1.
    pub(super) fn next(&mut self, slowly: bool, random: f64) -> Duration {
        let doubled = FIRST.saturating_mul(1 << self.attempts.min(16));
        self.attempts = self.attempts.saturating_add(1);
        let factor = if slowly { SLOWLY } else { 1 };
        doubled.min(LONGEST).mul_f64(random.clamp(0.0, 1.0)) * factor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_codes_lead_where_the_table_says() {
        let cases = [
            (None, AfterClose::Return),
            (Some(1000), AfterClose::Return),
            (Some(1006), AfterClose::Return),
            (Some(4000), AfterClose::Return),
            (Some(4001), AfterClose::Return),
            (Some(4002), AfterClose::Return),
            (Some(4003), AfterClose::Return),
            (Some(4004), AfterClose::NewToken),
            (Some(4006), AfterClose::ReturnSlowly),
            (Some(4007), AfterClose::NewToken),
            (Some(4499), AfterClose::Return),
            (Some(4500), AfterClose::Stay),
            (Some(4507), AfterClose::Stay),
            (Some(4999), AfterClose::Stay),
        ];
        for (code, expected) in cases {
            assert_eq!(after_close(code), expected, "{code:?}");
        }
    }

    #[test]
    fn the_wait_doubles_up_to_thirty_seconds_and_starts_anew_after_a_steady_minute() {
        let mut back_off = BackOff::default();
        let waits: Vec<u64> = (0..8)
            .map(|_| back_off.next(false, 1.0).as_millis() as u64)
            .collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
        back_off.held(Duration::from_secs(59));
        assert_eq!(back_off.next(true, 1.0), Duration::from_secs(120));
        back_off.held(STEADY);
        assert_eq!(back_off.next(false, 0.5), Duration::from_millis(250));
        assert_eq!(back_off.next(false, 0.0), Duration::ZERO);
    }
}
