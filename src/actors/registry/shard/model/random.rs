//! Random sequences of everything that can happen, shrunk to the shortest that goes wrong.

use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};

use super::{Act, CLIENTS, Play};

fn acts() -> impl Strategy<Value = Act> {
    let client = || 0..CLIENTS;
    prop_oneof![
        4 => (1..4_i64).prop_map(Act::CommitHere),
        2 => (1..8_i64).prop_map(Act::CommitElsewhere),
        2 => (0..4_i64).prop_map(Act::Hint),
        2 => Just(Act::Poll),
        4 => Just(Act::DeskReads),
        2 => Just(Act::DeskAnswers),
        1 => Just(Act::Lose),
        1 => Just(Act::Double),
        8 => Just(Act::Deliver),
        4 => Just(Act::Wave),
        1 => Just(Act::Marks),
        1 => Just(Act::Ping),
        4 => client().prop_map(Act::Subscribe),
        1 => client().prop_map(Act::SubscribeFromNow),
        12 => client().prop_map(Act::Step),
        8 => client().prop_map(Act::Read),
        2 => client().prop_map(Act::Cut),
        2 => (0..6_i64).prop_map(Act::Retain),
        1 => Just(Act::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_everybody_gets_every_event_once_and_in_order(acts in vec(acts(), 1..150)) {
        let mut play = Play::new();
        for act in &acts {
            play.act(act);
        }
        play.converge();
    }
}
