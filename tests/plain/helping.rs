//! What is told beside the walk itself: the tour, the ways back, the hand-over.

use std::time::Duration;

use assert_cmd::Command;

use crate::{RIGHT, Tried, walk, with};

#[test]
fn the_tour_tells_a_newcomer_what_each_step_is_about() -> Tried {
    let input = format!("{}\n", with(&[RIGHT, "", "12", "", ""]).join("\n"));
    let state = tempfile::tempdir()?;
    let output = Command::new(env!("CARGO_BIN_EXE_mdi-console"))
        .args(["lab", "--tour", "--plain", "--password-stdin", "--state-dir"])
        .arg(state.path())
        .write_stdin(input)
        .timeout(Duration::from_mins(3))
        .output()?;
    let said = String::from_utf8(output.stdout)?;
    let mut steps = said.split("Step ").skip(1);
    assert!(steps.clone().count() == 7 && steps.all(|step| step.contains("\nTour: ")), "{said}");
    assert_eq!(output.status.code(), Some(0), "{said}");
    Ok(())
}

#[test]
fn the_ways_back_and_the_hand_over_are_lines_as_well() -> Tried {
    let answers = [
        "1",
        "1",
        "",
        "1",
        "H",
        "3",
        "Ben, 4711",
        "7",
        "R",
        "2",
        "i",
        "told the change board",
        "q",
        "3",
        "6",
        "nine o'clock",
        "q",
        "1",
    ];
    let walked = walk("clean", &answers)?;
    walked.says(&[
        "What has whoever takes over to know?",
        "3) Can unlock: not said yet",
        "Who can unlock the account, and how to reach them:",
        "3) Can unlock: Ben, 4711",
        "The console runs none of these.",
        "The account keeps locking:",
        "\n  Unlock-ADAccount -Identity 'svc-mdi' -Server dc1.contoso.test\n",
        "Can unlock: Ben, 4711",
        "Nothing is saved yet. What now?",
        "The note is in the record.",
        "3) Hand over first",
        "nothing was saved · record ",
    ]);
    assert_eq!(walked.code, Some(0), "{}", walked.complained);
    for line in
        ["\"field\":\"unlocks\",\"text\":\"Ben, 4711\"", "\"field\":\"next-check\"", "\"fact\":\"noted\""]
    {
        assert!(walked.record().contains(line), "{line} is not in {}", walked.record());
    }
    Ok(())
}
