//! What a queue does with a reader, without one, and over its bound.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::inner::{BURST, STALL};
use super::*;
use crate::actors::registry::wave::Wave;

async fn next(queue: &OutQueue) -> Option<Bytes> {
    poll_fn(|cx| queue.poll_write(cx))
        .await
        .map(|write| write.bytes)
}

#[actix::test]
async fn everything_that_waits_goes_out_in_one_write_in_order() {
    let queue = OutQueue::new(100, Form::WebSocket);
    assert!(queue.push(Bytes::from_static(b"one")) && queue.push(Bytes::from_static(b"two")));
    assert_eq!(next(&queue).await.unwrap(), "onetwo");
    assert_eq!(queue.waiting_bytes(), 0);
}

async fn assert_cut_off(queue: &OutQueue) {
    assert_eq!(queue.ended().await, End::Overrun);
    assert_eq!(next(queue).await.unwrap().first(), Some(&0x88));
    assert_eq!(next(queue).await, None);
    assert!(!queue.push(Bytes::new()) && !queue.room_for(1).await);
    queue.finish(End::Gone);
    assert_eq!(queue.ended().await, End::Overrun, "the first end counts");
}

#[actix::test]
async fn a_burst_frees_what_waits_and_leaves_a_close_frame() {
    let queue = OutQueue::new(10, Form::WebSocket);
    for _ in 0..BURST {
        assert!(queue.push(Bytes::from_static(b"1234567890")));
    }
    assert!(!queue.push(Bytes::from_static(b"1")));
    assert_cut_off(&queue).await;
}

#[actix::test]
async fn more_than_the_bound_is_too_much_only_for_who_does_not_read() {
    let queue = OutQueue::new(10, Form::WebSocket);
    assert!(queue.push(Bytes::from_static(b"12345678")));
    assert!(queue.push(Bytes::from_static(b"123")));
    let long_ago = Instant::now().checked_sub(STALL * 2);
    queue.lock().unread_since = long_ago;
    next(&queue).await.unwrap();
    assert!(queue.push(Bytes::from_static(b"12345678")));
    queue.lock().unread_since = long_ago;
    assert!(!queue.push(Bytes::from_static(b"123")));
    assert_cut_off(&queue).await;
}

#[actix::test]
async fn a_finished_queue_still_sends_what_waits() {
    let queue = OutQueue::new(10, Form::WebSocket);
    assert!(queue.push(Bytes::from_static(b"bye")));
    queue.finish(End::Finished);
    assert_eq!(next(&queue).await.unwrap(), "bye");
    assert_eq!(next(&queue).await, None);
}

#[actix::test]
async fn an_empty_queue_takes_a_frame_of_any_size_and_the_last_frame_always_has_room() {
    let queue = OutQueue::new(4, Form::WebSocket);
    assert!(queue.room_for(8).await && queue.push(Bytes::from_static(b"12345678")));
    assert!(queue.finish_with(Bytes::from_static(b"bye")));
    assert!(!queue.finish_with(Bytes::from_static(b"again")));
    assert_eq!(next(&queue).await.unwrap(), "12345678bye");
    assert_eq!(next(&queue).await, None);
}

#[actix::test]
async fn a_write_wakes_nobody_who_waits_for_the_end() {
    let queue = std::sync::Arc::new(OutQueue::new(10, Form::WebSocket));
    let polls = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let ended = actix::spawn({
        let (queue, polls) = (queue.clone(), polls.clone());
        async move {
            let mut ended = std::pin::pin!(queue.ended());
            poll_fn(|cx| {
                polls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                ended.as_mut().poll(cx)
            })
            .await
        }
    });
    tokio::task::yield_now().await;
    for _ in 0..5 {
        assert!(queue.push(Bytes::from_static(b"one")));
        next(&queue).await.unwrap();
        tokio::task::yield_now().await;
    }
    queue.finish(End::Finished);
    assert_eq!(ended.await.unwrap(), End::Finished);
    assert_eq!(polls.load(std::sync::atomic::Ordering::Relaxed), 2);
}

#[actix::test]
async fn one_who_waits_for_room_goes_on_when_the_reader_has_read() {
    let queue = std::sync::Arc::new(OutQueue::new(10, Form::WebSocket));
    assert!(queue.push(Bytes::from_static(b"12345678")));
    let waiting = actix::spawn({
        let queue = std::sync::Arc::clone(&queue);
        async move { queue.room_for(1).await }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    next(&queue).await.unwrap();
    assert!(waiting.await.unwrap());
}

/// A client, and its connection as the server has it.
async fn connection() -> (TcpStream, Wire) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await;
    let (server, _) = listener.accept().await.unwrap();
    (client.unwrap(), Wire::new(server))
}

fn wave(bytes: impl Into<Bytes>) -> Wave {
    Wave {
        bytes: bytes.into(),
        events: 1,
        oldest_commit: Instant::now(),
    }
}

fn push_wave(queue: &OutQueue, wave: &Wave) -> usize {
    wave.send(&mut [queue.hold()])[0]
}

#[actix::test]
async fn a_wave_goes_straight_to_the_socket_only_while_the_server_has_nothing_to_write() {
    let (mut client, mut wire) = connection().await;
    let queue = OutQueue::new(100, Form::WebSocket);
    queue.attach(wire.clone());
    let unwritten = push_wave(&queue, &wave("one"));
    assert_eq!(unwritten, 0, "the answer's head is unwritten");
    assert_eq!(next(&queue).await.unwrap(), "one");
    assert_eq!(push_wave(&queue, &wave("two")), 0, "one is unwritten");
    assert_eq!(next(&queue).await.unwrap(), "two");
    wire.write_all(b"onetwo").await.unwrap();
    wire.flush().await.unwrap();
    assert_eq!(push_wave(&queue, &wave("three")), 5);
    assert_eq!(queue.waiting_bytes(), 0);
    let mut read = [0; 11];
    client.read_exact(&mut read).await.unwrap();
    assert_eq!(&read, b"onetwothree");
}

#[actix::test]
async fn a_wave_does_not_overtake_what_waits() {
    let (_client, mut wire) = connection().await;
    let queue = OutQueue::new(100, Form::WebSocket);
    queue.attach(wire.clone());
    wire.flush().await.unwrap();
    assert!(queue.push(Bytes::from_static(b"answer")));
    assert_eq!(push_wave(&queue, &wave("event")), 0);
    assert_eq!(next(&queue).await.unwrap(), "answerevent");
}

#[actix::test]
async fn a_client_that_is_cut_off_gets_the_rest_of_the_frame_that_was_begun() {
    let (_client, mut wire) = connection().await;
    let queue = OutQueue::new(10, Form::WebSocket);
    queue.attach(wire.clone());
    wire.flush().await.unwrap();
    let large = wave(vec![b'x'; 64 << 20]);
    let written = push_wave(&queue, &large);
    assert!(0 < written && written < large.bytes.len(), "{written}");
    assert_eq!(push_wave(&queue, &large), 0);
    assert!(queue.has_ended());
    assert_eq!(
        next(&queue).await.unwrap().len(),
        large.bytes.len() - written
    );
    assert_cut_off(&queue).await;
}

#[actix::test]
async fn a_queue_that_has_ended_lets_go_of_its_socket() {
    let (mut client, mut wire) = connection().await;
    let queue = OutQueue::new(10, Form::WebSocket);
    queue.attach(wire.clone());
    wire.flush().await.unwrap();
    queue.finish(End::Finished);
    assert_eq!(push_wave(&queue, &wave("event")), 0);
    drop(wire);
    assert_eq!(
        client.read(&mut [0]).await.unwrap(),
        0,
        "closed, and nothing came"
    );
}
