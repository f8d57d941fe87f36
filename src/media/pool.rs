//! The threads that make pictures.
//!
//! A rayon pool of its own, so that no thread of the server ever decodes; whatever else there is to do comes before its
//! work. All jobs together take at most a budget of
//! memory: a job begins when what it needs is free, in the order of arrival. A job that panics answers
//! [`Flaw::Panicked`] and harms no other. How many jobs may wait is the caller's bound: the pool has none.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::thumbnail::{self, Flaw, Pictures, Sizes};

/// How far the threads stand back (0 to 19): whoever asks the server for something is let in at once, though a
/// picture is at work. No further: where all cores are busy, a third of what another thread gets must do within the time
/// limit of a job.
const NICE: i32 = 5;

type Done = Box<dyn FnOnce(Result<Pictures, Flaw>) + Send>;

/// Threads that make pictures, shared by whoever holds a clone.
#[derive(Clone)]
pub struct Pool {
    threads: Arc<rayon::ThreadPool>,
    queue: Arc<Mutex<Queue>>,
    budget: u64,
    limit: Duration,
}

struct Queue {
    /// Bytes of the budget that no job holds.
    free: u64,
    /// Jobs that wait for memory, in order of arrival.
    waiting: VecDeque<Job>,
}

struct Job {
    bytes: Bytes,
    sizes: Sizes,
    wants_taken: bool,
    /// What it will take of the budget.
    needs: u64,
    done: Done,
}

/// How many threads a machine has for pictures: all cores but one, at least one.
#[must_use]
pub fn usual_threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores.saturating_sub(1).max(1)
}

impl Pool {
    /// Starts the threads. `budget` is in bytes, for all jobs together; `limit` is for one job.
    ///
    /// # Errors
    ///
    /// When the system gives no threads.
    pub fn start(
        threads: usize,
        budget: u64,
        limit: Duration,
    ) -> Result<Self, rayon::ThreadPoolBuildError> {
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .thread_name(|number| format!("pictures-{number}"))
            .start_handler(|_| stand_back())
            // A job catches its own panics; without a handler one in `done` would abort the process.
            .panic_handler(|_| {})
            .build()?;
        Ok(Self {
            threads: Arc::new(threads),
            queue: Arc::new(Mutex::new(Queue {
                free: budget,
                waiting: VecDeque::new(),
            })),
            budget,
            limit,
        })
    }

    /// Makes the pictures of a photo on one of the threads, and calls `done` there. `done` must not block: it holds up the
    /// next picture.
    pub fn process(
        &self,
        bytes: Bytes,
        sizes: Sizes,
        wants_taken: bool,
        done: impl FnOnce(Result<Pictures, Flaw>) + Send + 'static,
    ) {
        let job = Job {
            bytes,
            sizes,
            wants_taken,
            needs: 0,
            done: Box::new(done),
        };
        let pool = self.clone();
        // What it needs is read from the file, too: not on the thread of whoever asks.
        self.threads.spawn(move || pool.admit(job));
    }

    /// Has a job wait for the memory that it needs.
    fn admit(&self, mut job: Job) {
        match caught(|| thumbnail::needs(&job.bytes, &job.sizes)) {
            Ok(needs) if needs > self.budget => return (job.done)(Err(Flaw::Memory)),
            Ok(needs) => job.needs = needs,
            Err(flaw) => return (job.done)(Err(flaw)),
        }
        self.lock().waiting.push_back(job);
        self.begin();
    }

    /// How many jobs wait for memory.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Hands the jobs that have their memory to the threads.
    fn begin(&self) {
        while let Some(job) = self.next() {
            let pool = self.clone();
            self.threads.spawn(move || pool.run(job));
        }
    }

    /// The first job, if what it needs is free; it then holds it.
    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        let free = queue.free.checked_sub(queue.waiting.front()?.needs)?;
        queue.free = free;
        queue.waiting.pop_front()
    }

    fn run(&self, job: Job) {
        let deadline = Instant::now() + self.limit;
        let Job {
            bytes,
            sizes,
            wants_taken,
            needs,
            done,
        } = job;
        let made = caught(|| thumbnail::process(&bytes, &sizes, wants_taken, deadline));
        drop(bytes);
        self.lock().free += needs;
        self.begin();
        done(made);
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What came of it, also when it panicked.
fn caught<T>(work: impl FnOnce() -> Result<T, Flaw>) -> Result<T, Flaw> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Flaw::Panicked))
}

/// Lets other threads go first, on Linux: there a process without a number is the thread that asks. Elsewhere it is all
/// of the server, which stays as it is.
fn stand_back() {
    if !cfg!(target_os = "linux") {
        return;
    }
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        slog_scope::debug!(
            "threads for pictures have the priority of all others: {}",
            error
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_answer() {
        let panics = || -> Result<u64, Flaw> { panic!("a decoder that panics, as wanted") };
        assert_eq!(caught(panics), Err(Flaw::Panicked));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn threads_for_pictures_let_others_go_first() {
        use rustix::process::getpriority_process;

        let before = getpriority_process(None).unwrap();
        let pool = Pool::start(2, 1, Duration::from_secs(1)).unwrap();
        let of_pictures = pool
            .threads
            .broadcast(|_| getpriority_process(None).unwrap());
        assert_eq!(of_pictures, [NICE, NICE]);
        assert_eq!(getpriority_process(None).unwrap(), before);
    }
}
