//! Walks as an operator would tell them.

use super::player::walked_to;
use crate::walkthrough::step::Step;

#[test]
fn a_clean_walk_ends_confirmed() {
    let mut player = walked_to(Step::Sensors);
    player.wait(30 * 60);
    player.settle();
    let verdict = player.walk.watch.as_ref().and_then(|watch| watch.verdict.clone());
    assert_eq!(verdict.map(|verdict| verdict.word), Some(crate::walkthrough::watch::VerdictWord::Confirmed));
    player.enter();
    assert!(player.walk.over);
}
