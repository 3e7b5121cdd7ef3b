//! A portal that asks to wait: the console does, whatever the operator presses, and the screen says since when and until
//! when.

use std::time::Duration;

use mdi_console::key::Key;
use mdi_console::portal::Fault;

use crate::play;
use crate::stage::{Stage, Tried};

impl Stage {
    async fn until_throttled(&mut self) -> Tried {
        self.until("a portal that asks to wait", |model| {
            matches!(model.walk.portal.fault, Some((Fault::Throttled(_), _)))
        })
        .await
    }
}

#[test]
fn a_portal_that_asks_to_wait_is_waited_for_and_the_screen_says_so() {
    play(async {
        let mut stage = Stage::open("portal-throttled").await?;
        stage.sign_in().await?;
        stage.until_throttled().await?;
        stage.until_reads("the portal asks to wait 8 s before it is asked again; tried again in").await?;
        let begun = stage.now();
        // Asking by hand is no way round.
        for _ in 0..3 {
            stage.press(Key::char('r')).await?;
            stage.wait(Duration::from_secs(1)).await?;
        }
        stage.hold(stage.lab.impatient() == 0, "nothing asked before it may be")?;
        stage.until("a reading", |model| model.walk.portal.fault.is_none()).await?;
        let waited = stage.now().since(begun);
        stage.hold(waited >= Duration::from_secs(7), &format!("8 s waited for, not {waited:?}"))?;
        stage.hold(stage.lab.impatient() == 0, "nothing asked before it may be")?;
        // The next is a time of day, by the portal's own clock.
        stage.until_throttled().await?;
        stage.until("a reading", |model| model.walk.portal.fault.is_none()).await?;
        stage.hold(stage.lab.impatient() == 0, "nothing asked before it may be")?;
        stage.leave().await?;
        stage.check_traces()
    });
}
