//! Answers that mean harm: whatever comes back, there is a fault, no panic, and an end.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::super::{asked, message};
use super::*;

/// Everything that a stranger's bytes are put to.
fn put_to_everything(bytes: &[u8]) -> bool {
    static KEY: LazyLock<Key> = LazyLock::new(|| key("right"));
    let asked = asked(&account()).unwrap();
    let mut accepted = false;
    match message::read(bytes) {
        Ok(message::Answered::Error(error)) => {
            let _ = message::offer(&asked, &error);
            let _ = super::super::found(&asked, &error);
        }
        Ok(message::Answered::Reply(reply)) => {
            let _ = message::offer_in_reply(&asked, &reply);
            accepted = asked.is_answered_by(&reply)
                && KEY
                    .open(FOR_REPLY, &reply.sealed)
                    .is_some_and(|plain| asked.is_proved_by(&plain).is_some());
        }
        Err(_) => {}
    }
    let _ = asked.is_proved_by(bytes);
    accepted
}

#[tokio::test]
async fn a_frame_that_lies_about_its_length_is_a_fault() {
    let check = async |act: Act, expected: &str| {
        let tested = test(vec![Act::Say(prove_yourself()), act]).await;
        assert_eq!(short(&tested.answer), format!("not known: {expected}"));
    };
    let longer = "its answer made no sense: it is longer than Kerberos answers are";
    check(Act::Raw(vec![0xff; 8]), longer).await;
    check(Act::Raw(vec![0, 2, 0, 1, 0]), longer).await;
    check(Act::Raw(vec![0, 1, 0, 0, 1]), "the connection was closed before the answer").await;
    check(Act::Raw(vec![0, 0]), "the connection was closed before the answer").await;
    check(Act::Raw(vec![0, 0, 0, 0]), "its answer made no sense: not Kerberos").await;
    check(Act::Close, "the connection was closed before the answer").await;
}

#[test]
fn depth_costs_nothing() {
    // A hundred thousand sequences, each inside the one before.
    let nested: Vec<u8> = (0..25_000_u32).rev().flat_map(|_| [0x30, 0x82, 0xff, 0xff]).collect();
    assert!(!put_to_everything(&nested));
    let list: Vec<u8> = std::iter::repeat_n([0x30, 0x00], 30_000).flatten().collect();
    assert!(!put_to_everything(&error(25, "", &sequence(&[&list]))));
    assert!(!put_to_everything(&error(18, "", &sequence(&[&list]))));
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(!put_to_everything(&bytes));
    }

    #[test]
    fn a_message_with_bytes_changed_or_cut_is_read_to_an_end(
        which in 0..4_usize, at in 0..1000_usize, value: u8, end in 0..1000_usize,
    ) {
        let messages = [
            prove_yourself(),
            error(18, "words", &padata(3, &[0x72, 0, 0, 0xc0, 0, 0, 0, 0, 1, 0, 0, 0])),
            error(24, "", &[]),
            grant(7),
        ];
        let mut bytes = messages[which].clone();
        let at = at % bytes.len();
        bytes[at] = value;
        bytes.truncate(bytes.len().min(end.max(1)));
        prop_assert!(!put_to_everything(&bytes));
    }
}
