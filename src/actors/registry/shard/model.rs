//! A model of "replay, then live": whatever happens in whatever order, no client misses an event, gets one twice
//! or out of order, and all of them arrive at the last one.
//!
//! Real: what a shard does with a region's news, waves, marks, joins, polls and gaps (`Region` with its ring of
//! recent events, its groups and what it asks the desk), the queues and their bound, frames and `skipped_to`,
//! what a session decides on its way in (`Approach`), and what a desk may publish next (`next_ones`).
//!
//! Modelled: the table, the mailboxes (a desk's for questions is real, and full at times), the desk around
//! `next_ones`, the loop around `Approach` with what it sends of a page, snapshots, and the client, which follows
//! the rule of `docs/PROTOCOL.md` to the letter. Removals may overtake
//! everybody: a desk and a shard of which the next event is gone begin anew, and those who watch come back. Time stands
//! still.
//!
//! Left out: a shard that knows a region by the head poll alone cannot ask for what it misses. If the first
//! publication that it would get is lost, its clients wait for the next one.

mod client;
mod interleavings;
mod random;
mod server;
mod way;

use client::Client;
use server::Server;

/// Clients that take part: the last one with a filter.
const CLIENTS: usize = 3;
/// Rounds in which everything has come to rest once nothing is lost any more.
const ROUNDS: usize = 100;

/// Something that happens.
#[derive(Debug, Clone)]
enum Act {
    /// This node's lane commits so many events, and its desk is told.
    CommitHere(i64),
    /// Another node commits so many; nothing is heard of it here.
    CommitElsewhere(i64),
    /// A hint comes, so many numbers late. A second one is double, one that does not come is lost.
    Hint(i64),
    /// The head poll.
    Poll,
    /// The desk reads a page of the table.
    DeskReads,
    /// The desk answers a question of the shard.
    DeskAnswers,
    /// What is next in the shard's mailbox is lost.
    Lose,
    /// What is next in the shard's mailbox comes twice.
    Double,
    /// The shard takes a message.
    Deliver,
    /// The shard sends what it has taken.
    Wave,
    /// The shard marks how far the region is.
    Marks,
    /// The shard pings.
    Ping,
    /// A client begins to subscribe: from its number if it has one, else for a snapshot.
    Subscribe(usize),
    /// A client begins to subscribe from now on.
    SubscribeFromNow(usize),
    /// A subscription makes a step.
    Step(usize),
    /// A client reads what was sent.
    Read(usize),
    /// A client is cut off; what was on its way is lost.
    Cut(usize),
    /// All but so many events are removed.
    Retain(i64),
    /// The shard panics and starts empty; its sessions are cut off.
    Restart,
}

/// Everybody.
struct Play {
    server: Server,
    clients: Vec<Client>,
}

impl Play {
    fn new() -> Self {
        let client = |number| Client::new(number, number + 1 == CLIENTS);
        Self {
            server: Server::new(),
            clients: (0..CLIENTS).map(client).collect(),
        }
    }

    fn act(&mut self, act: &Act) {
        let server = &mut self.server;
        match *act {
            Act::CommitHere(count) => server.commit_here(count),
            Act::CommitElsewhere(count) => server.commit_elsewhere(count),
            Act::Hint(late) => server.head_seen(server.committed() - late),
            Act::Poll => server.poll(),
            Act::DeskReads => server.desk_reads(),
            Act::DeskAnswers => server.desk_answers(),
            Act::Lose => server.lose(),
            Act::Double => server.double(),
            Act::Deliver => self.deliver(),
            Act::Wave => server.send_wave(),
            Act::Marks => server.send_marks(),
            Act::Ping => self.ping(),
            Act::Subscribe(client) => self.clients[client].subscribe(server),
            Act::SubscribeFromNow(client) => self.clients[client].subscribe_from_now(server),
            Act::Step(client) => self.clients[client].step(server),
            Act::Read(client) => self.clients[client].read(server),
            Act::Cut(client) => self.clients[client].cut(server),
            Act::Retain(count) => server.retain(count),
            Act::Restart => self.restart(),
        }
    }

    fn deliver(&mut self) {
        if self.server.deliver() {
            return;
        }
        for client in &mut self.clients {
            client.ends_if_it_watches(&mut self.server);
        }
    }

    fn ping(&mut self) {
        self.server.send_wave();
        for client in &self.clients {
            client.is_pinged(&self.server);
        }
    }

    fn restart(&mut self) {
        self.server.restart();
        for client in &mut self.clients {
            client.cut(&mut self.server);
        }
    }

    /// From now on nothing is lost: everybody arrives at the last event.
    fn converge(&mut self) {
        for _ in 0..ROUNDS {
            let head = self.server.committed();
            if self.clients.iter().all(|client| client.has_arrived(head)) {
                return;
            }
            for act in [Act::Poll, Act::DeskReads, Act::DeskAnswers] {
                self.act(&act);
            }
            while self.server.has_mail() {
                self.deliver();
            }
            self.act(&Act::Wave);
            self.act(&Act::Marks);
            for client in 0..self.clients.len() {
                for act in [Act::Subscribe(client), Act::Step(client), Act::Read(client)] {
                    self.act(&act);
                }
            }
        }
        let head = self.server.committed();
        for client in &self.clients {
            assert!(client.has_arrived(head), "{head} is the last: {client:?}");
        }
    }
}
