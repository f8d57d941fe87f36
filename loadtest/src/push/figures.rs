//! The table of the push benchmark.

use super::{BURST, Outcome, PeerWaves, Wave};
use crate::report::{Figure, Target, median};

/// The figures of one number of sockets.
pub(super) fn of(outcome: &Outcome) -> Vec<Figure> {
    let sockets = outcome.sockets;
    let (alone, bare, burst) = (cpu(&outcome.alone), cpu(&outcome.bare), cpu(&outcome.burst));
    let time = |pick: fn(&Wave) -> f64| median(outcome.alone.iter().map(pick));
    let bare_p99 = median(outcome.bare.iter().map(|wave| wave.times.p99_ms));
    let (first, p50) = (
        time(|wave| wave.times.first_ms),
        time(|wave| wave.times.p50_ms),
    );
    let mut figures = vec![
        Figure::ratio(
            &format!("CPU a delivery to a bare loop of writes ({sockets} sockets)"),
            alone / bare,
            Target::AtMost(1.3),
            format!("{alone:.2} µs to {bare:.2} µs"),
        ),
        Figure::ratio(
            &format!("CPU a delivery alone to with {BURST} events waiting ({sockets} sockets)"),
            alone / burst,
            Target::AtLeast(4.0),
            format!("{alone:.2} µs to {burst:.2} µs"),
        ),
    ];
    for peer in &outcome.peers {
        figures.extend(beside(peer, sockets, alone, burst));
    }
    figures.push(Figure::new(
        &format!("submission sent → event read by a client, p50 ({sockets} sockets)"),
        p50,
        "ms",
        Target::None,
        format!("the first socket has it after {first:.2} ms"),
    ));
    figures.push(Figure::new(
        &format!("submission sent → event read by a client, p99 ({sockets} sockets)"),
        time(|wave| wave.times.p99_ms),
        "ms",
        Target::None,
        format!("the bare loop: {bare_p99:.2} ms from its beginning"),
    ));
    figures
}

/// The figures against a peer: an event alone, and with many waiting where that was measured.
fn beside(peer: &PeerWaves, sockets: usize, alone: f64, burst: f64) -> Vec<Figure> {
    let (name, theirs) = (peer.name, cpu(&peer.alone));
    let most = if peer.burst.is_empty() { 0.45 } else { 0.8 };
    let mut figures = vec![Figure::ratio(
        &format!("CPU a delivery to {name} ({sockets} sockets)"),
        alone / theirs,
        Target::AtMost(most),
        format!("{alone:.2} µs to {theirs:.2} µs"),
    )];
    if !peer.burst.is_empty() {
        let theirs = cpu(&peer.burst);
        figures.push(Figure::ratio(
            &format!(
                "deliveries a CPU second to {name}, {BURST} events waiting ({sockets} sockets)"
            ),
            theirs / burst,
            Target::AtLeast(8.0),
            format!("{theirs:.2} µs a delivery to {burst:.2} µs"),
        ));
    }
    figures
}

/// The median CPU time of a delivery, in microseconds.
fn cpu(waves: &[Wave]) -> f64 {
    median(waves.iter().map(|wave| wave.cpu_us_a_delivery))
}
