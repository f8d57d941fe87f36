//! Interleavings: everybody does their own work on a thread of their own, and the scheduler of `shuttle` picks who
//! is next. A step is what an actor does with one message, or a session between two of its waits.

use shuttle::scheduler::RandomScheduler;
use shuttle::sync::{Arc, Mutex};
use shuttle::{Config, Runner, thread};

use super::{Act, Play};

/// Interleavings that are tried.
const TRIES: usize = 500;
/// Turns of each thread.
const TURNS: usize = 12;
/// Bytes of a thread's stack.
const STACK: usize = 512 * 1024;

/// Who does what, turn after turn.
fn workers() -> Vec<Vec<Act>> {
    let client = |number| vec![Act::Subscribe(number), Act::Step(number), Act::Read(number)];
    vec![
        vec![Act::CommitHere(1)],
        vec![Act::CommitElsewhere(2), Act::Hint(1), Act::Hint(0)],
        vec![Act::Poll],
        vec![Act::DeskReads, Act::DeskAnswers],
        vec![Act::Deliver, Act::Wave],
        vec![Act::Retain(4)],
        vec![Act::Cut(0), Act::Cut(2), Act::Marks],
        client(0),
        client(1),
        client(2),
    ]
}

fn play() {
    let play = Arc::new(Mutex::new(Play::new()));
    let threads = workers().into_iter().map(|acts| {
        let play = Arc::clone(&play);
        thread::spawn(move || {
            for act in acts.iter().cycle().take(TURNS) {
                play.lock().unwrap().act(act);
            }
        })
    });
    let threads: Vec<_> = threads.collect();
    for thread in threads {
        thread.join().unwrap();
    }
    play.lock().unwrap().converge();
}

#[test]
fn no_order_of_everybodys_steps_leaves_a_hole() {
    let mut config = Config::new();
    config.stack_size = STACK;
    Runner::new(RandomScheduler::new(TRIES), config).run(play);
}
