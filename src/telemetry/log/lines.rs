//! JSON lines behind a bounded queue: made where something is told, written by a thread of its own,
//! all that wait at once. A line a system call would cost a busy server as much as reading a request.

use std::cell::RefCell;
use std::io::{self, Write};
use std::mem;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use slog::{Drain, FnValue, Level, Never, OwnedKVList, PushFnValue, Record, b, o, record};
use slog_json::Json;

use super::{QUEUE, counts, level_of};

/// How long the first line waits for others that are written along.
const GATHERING: Duration = Duration::from_millis(2);
/// Bytes of a usual line.
const USUAL: usize = 384;

thread_local! {
    static FORMAT: Format = Format::new();
}

/// The drain. What finds the queue full is dropped, and counted in a line. Dropping the drain writes
/// out what is queued.
pub(super) struct JsonLines {
    queue: Option<SyncSender<Vec<u8>>>,
    dropped: Arc<AtomicU64>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl JsonLines {
    /// Starts the thread that writes to `out`.
    pub(super) fn to(out: impl Write + Send + 'static) -> Self {
        let (queue, lines) = sync_channel(QUEUE);
        let dropped = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&dropped);
        Self {
            queue: Some(queue),
            dropped,
            writer: Mutex::new(Some(thread::spawn(move || {
                write_all(&lines, &counted, out)
            }))),
        }
    }
}

impl Drain for JsonLines {
    type Ok = ();
    type Err = Never;

    fn log(&self, record: &Record<'_>, values: &OwnedKVList) -> Result<(), Never> {
        let line = FORMAT.with(|format| format.line(record, values));
        let queue = self.queue.as_ref();
        if queue.is_none_or(|queue| queue.try_send(line).is_err()) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            counts::drop_one();
        }
        Ok(())
    }
}

impl Drop for JsonLines {
    fn drop(&mut self) {
        self.queue = None;
        // A panic of the thread has been told by the panic hook, as far as it could be.
        let writer = self.writer.get_mut().ok().and_then(Option::take);
        writer.map(JoinHandle::join);
    }
}

/// Writes what is queued until nobody can queue any more. Where the log cannot be written there is
/// nobody to tell.
#[expect(
    clippy::disallowed_methods,
    reason = "a thread of its own, which no executor waits for"
)]
fn write_all(queue: &Receiver<Vec<u8>>, dropped: &AtomicU64, mut out: impl Write) {
    while let Ok(mut lines) = queue.recv() {
        thread::sleep(GATHERING);
        for line in queue.try_iter().take(QUEUE) {
            lines.extend_from_slice(&line);
        }
        let lost = dropped.swap(0, Ordering::Relaxed);
        if lost > 0 {
            lines.extend(told_of(lost));
        }
        out.write_all(&lines).and_then(|()| out.flush()).ok();
    }
}

/// The line that counts dropped ones.
fn told_of(lost: u64) -> Vec<u8> {
    FORMAT.with(|format| {
        let said =
            format_args!("{lost} log lines were dropped: they came faster than they are written");
        format.line(&record!(Level::Warning, "", &said, b!()), &o!().into())
    })
}

/// Makes one line after the other.
struct Format {
    json: Json<Line>,
    line: Line,
}

/// The line that is being made.
#[derive(Clone, Default)]
struct Line(Rc<RefCell<Vec<u8>>>);

impl Format {
    fn new() -> Self {
        let line = Line::default();
        let json = Json::new(line.clone())
            .set_newlines(true)
            .add_key_value(o!(
                "timestamp" => FnValue(|_: &Record<'_>| jiff::Timestamp::now().to_string()),
                "level" => FnValue(|record: &Record<'_>| level_of(record.level()).as_str()),
                "message" => PushFnValue(|record: &Record<'_>, ser| ser.emit(record.msg())),
                "module" => FnValue(|record: &Record<'_>| record.module()),
            ))
            .build();
        Self { json, line }
    }

    fn line(&self, record: &Record<'_>, values: &OwnedKVList) -> Vec<u8> {
        // Only a value that cannot be JSON fails: the line ends there.
        if self.json.log(record, values).is_err() {
            self.line.0.borrow_mut().push(b'\n');
        }
        mem::replace(&mut *self.line.0.borrow_mut(), Vec::with_capacity(USUAL))
    }
}

impl Write for Line {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was written, and a gate that holds the writer back.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, part: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(part);
            Ok(part.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn read(paper: &Paper) -> Vec<serde_json::Value> {
        let text = paper.0.lock().unwrap();
        let lines = text.split(|byte| *byte == b'\n');
        let lines = lines.filter(|line| !line.is_empty());
        lines
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    #[test]
    fn dropping_the_logger_writes_out_what_is_queued_a_json_object_a_line() {
        let paper = Paper::default();
        let logger = slog::Logger::root(JsonLines::to(paper.clone()).fuse(), o!());
        for number in 0..100 {
            slog::info!(logger, "line\n{}", number; "number" => number);
        }
        drop(logger);
        let lines = read(&paper);
        assert_eq!(lines.len(), 100);
        assert_eq!(lines[99]["number"], 99);
        assert_eq!(lines[99]["message"], "line\n99");
        assert_eq!(lines[99]["level"], "info");
    }

    #[test]
    fn a_writer_that_does_not_come_after_drops_lines_and_says_how_many() {
        let paper = Paper::default();
        let held = paper.0.lock().unwrap();
        let logger = slog::Logger::root(JsonLines::to(paper.clone()).fuse(), o!());
        let told = 3 * QUEUE;
        for number in 0..told {
            slog::info!(logger, "line"; "number" => number);
        }
        drop(held);
        drop(logger);
        let lines = read(&paper);
        let said = |line: &serde_json::Value| {
            let message = line["message"].as_str().unwrap();
            message
                .split_once(" log lines were dropped")?
                .0
                .parse::<usize>()
                .ok()
        };
        let lost: usize = lines.iter().filter_map(said).sum();
        let written = lines
            .iter()
            .filter(|line| line["message"] == "line")
            .count();
        assert!(lost > 0, "nothing was dropped");
        assert_eq!(written + lost, told);
    }
}
