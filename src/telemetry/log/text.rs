//! Readable lines for a terminal, behind a bounded queue.

use std::sync::atomic::{AtomicU64, Ordering};

use slog::{Drain, Level, Never, OwnedKVList, Record, b, o, record};
use slog_async::AsyncCore;

use super::{QUEUE, counts};

/// The drain. What finds the queue full is dropped, and counted in a line.
pub(super) struct TextLines {
    queue: AsyncCore,
    /// Since the last line that said so.
    dropped: AtomicU64,
}

impl TextLines {
    /// Starts the thread that writes to standard error.
    pub(super) fn to_terminal() -> Self {
        let decorator = slog_term::TermDecorator::new().stderr().build();
        let lines = slog_term::FullFormat::new(decorator)
            .use_original_order()
            .build();
        let queue = AsyncCore::custom(lines.ignore_res());
        Self {
            queue: queue.chan_size(QUEUE).build(),
            dropped: AtomicU64::new(0),
        }
    }

    fn tell_of_dropped(&self) {
        let lost = self.dropped.swap(0, Ordering::Relaxed);
        if lost == 0 {
            return;
        }
        let said =
            format_args!("{lost} log lines were dropped: they came faster than they are written");
        let told = record!(Level::Warning, "", &said, b!());
        if self.queue.log(&told, &o!().into()).is_err() {
            self.dropped.fetch_add(lost, Ordering::Relaxed);
        }
    }
}

impl Drain for TextLines {
    type Ok = ();
    type Err = Never;

    fn log(&self, record: &Record<'_>, values: &OwnedKVList) -> Result<(), Never> {
        self.tell_of_dropped();
        if self.queue.log(record, values).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            counts::drop_one();
        }
        Ok(())
    }
}
