//! The probe against programs that behave and programs that don't.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::clock::Driven;
use crate::sensor::Why;

fn server() -> Server {
    Server { host: "sensor1.contoso.test".into(), standalone: true }
}

fn prober(command: &[&str], clock: Clock) -> Prober {
    let template = Template::new(command.iter().map(ToString::to_string)).unwrap();
    Prober::new(clock, template, Duration::from_secs(20))
}

async fn ask(command: &[&str]) -> Result<ServiceState, ProbeFault> {
    prober(command, Clock::system()).ask(&server(), Service::Sensor).await
}

fn sh(script: &str) -> [&str; 3] {
    ["sh", "-c", script]
}

#[tokio::test]
async fn host_and_service_are_put_into_the_arguments_and_nothing_else_is() {
    let script =
        r#"test "$*" = "sensor1.contoso.test AATPSensor it's; \$(x)" && echo "x service is running.""#;
    let command = ["sh", "-c", script, "probe", "{host}", "{service}", "it's; $(x)"];
    assert_eq!(ask(&command).await, Ok(ServiceState::Running { pid: None }));
}

#[tokio::test]
async fn the_program_sees_a_cleaned_environment_no_input_and_its_own_group() {
    let script = r#"
        [ -z "$CARGO_MANIFEST_DIR" ] && [ "$LC_ALL" = C ] && [ -n "$PATH" ] && ! read -r line &&
        [ "$(ps -o pgid= -p $$ | tr -d ' ')" = "$$" ] && echo "x service is paused.""#;
    assert_eq!(ask(&sh(script)).await, Ok(ServiceState::Paused));
}

#[tokio::test]
async fn each_way_of_failing_has_its_own_name() {
    let at = |words: &str| Safe::new(words);
    let check = async |command: &[&str], fault: ProbeFault| assert_eq!(ask(command).await, Err(fault));
    check(&["/nowhere/sc.exe"], ProbeFault::NoProgram(at("/nowhere/sc.exe"))).await;
    check(&sh("echo what; exit 0"), ProbeFault::NotUnderstood(at("what"))).await;
    check(
        &sh("echo nothing >&2; exit 3"),
        ProbeFault::Failed { code: at("exit status: 3"), said: at("nothing") },
    )
    .await;
    check(&["yes"], ProbeFault::TooLong { kibibytes: 64 }).await;
    assert_eq!(ask(&sh("echo '[SC] OpenService FAILED 1060:'; exit 36")).await, Ok(ServiceState::Absent));
    let denied = Ok(ServiceState::Unknown(Why::AccessDenied));
    assert_eq!(ask(&sh("echo 'Failed to open service.  [WERR_ACCESS_DENIED]' >&2; exit 255")).await, denied);
}

#[tokio::test]
async fn a_program_that_leaves_something_behind_is_not_waited_for() {
    let driven = Driven::new(Timestamp::UNIX_EPOCH);
    let prober = prober(&sh("echo 'x service is running.'; sleep 1000 & exit 0"), driven.clock());
    let asked = tokio::spawn(async move { prober.ask(&server(), Service::Sensor).await });
    while driven.next().is_none_or(|next| next.0 > GRACE) {
        tokio::task::yield_now().await;
    }
    driven.move_to(driven.next().unwrap());
    assert_eq!(asked.await.unwrap(), Ok(ServiceState::Running { pid: None }));
}

/// Whether a process with this id is alive (a dead one nobody has waited for is not).
fn alive(id: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", id.trim()));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// A script that writes the id of a grandchild to `to`, and then hangs with it.
fn hang(to: &Path) -> String {
    format!("sleep 1000 & echo $! > {0}.part; mv {0}.part {0}; wait", to.display())
}

async fn grandchild(to: &Path) -> String {
    loop {
        if let Ok(id) = std::fs::read_to_string(to) {
            return id;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn time_out_kills_the_whole_group() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("id");
    let driven = Driven::new(Timestamp::UNIX_EPOCH);
    let prober = prober(&sh(&hang(&to)), driven.clock());
    let asked = tokio::spawn(async move { prober.ask(&server(), Service::Updater).await });
    let id = grandchild(&to).await;
    assert!(alive(&id));
    assert_eq!(driven.working(), 1, "a question under way is work");
    while driven.next().is_none() {
        tokio::task::yield_now().await;
    }
    driven.move_to(driven.next().unwrap());
    assert_eq!(asked.await.unwrap(), Err(ProbeFault::TimedOut { seconds: 20 }));
    while alive(&id) {
        tokio::task::yield_now().await;
    }
    driven.idle().await;
}

#[tokio::test]
async fn nobody_waiting_any_more_kills_the_whole_group() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("id");
    let prober = prober(&sh(&hang(&to)), Clock::system());
    let asked = tokio::spawn(async move { prober.ask(&server(), Service::Updater).await });
    let id = grandchild(&to).await;
    asked.abort();
    while alive(&id) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn no_more_than_eight_are_asked_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("echo x > {}/$$; sleep 1000", folder.path().display());
    let prober = prober(&sh(&script), Clock::system());
    let asked: Vec<_> = (0..20)
        .map(|_| {
            let prober = prober.clone();
            tokio::spawn(async move { prober.ask(&server(), Service::Sensor).await })
        })
        .collect();
    let begun = || std::fs::read_dir(folder.path()).unwrap().count();
    while begun() < AT_ONCE {
        tokio::task::yield_now().await;
    }
    assert_eq!((begun(), prober.slots.available_permits()), (AT_ONCE, 0));
    asked.iter().for_each(tokio::task::JoinHandle::abort);
}

#[test]
fn only_names_that_can_do_no_harm_are_put_into_a_command() {
    let check = |host: &str, legal: bool| assert_eq!(is_host_name(host), legal, "{host}");
    check("dc1.contoso.test", true);
    check("DC_1", true);
    check("192.0.2.7", true);
    for host in
        ["", "-oProxyCommand=x", "a..b", "a b", "a;b", "a.-b", "$(x)", "a\n", "a/b", "\\\\a", "a@b", "ä"]
    {
        check(host, false);
    }
    check(&"a".repeat(64), false);
}

proptest! {
    #[test]
    fn a_legal_name_is_never_an_option_and_needs_no_quoting(host in any::<String>()) {
        if is_host_name(&host) {
            prop_assert!(!host.starts_with('-'));
            prop_assert!(host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
        }
    }
}
