//! The probe against programs that behave and programs that don't.

use jiff::Timestamp;
use proptest::prelude::*;

use super::running::GRACE;
use super::*;
use crate::clock::Driven;
use crate::sensor::Why;

fn server() -> Server {
    Server { host: "sensor1.contoso.test".into(), standalone: true, way: Way::Command }
}

fn template(command: &[&str]) -> Template {
    Template::new(Way::Command, command.iter().map(ToString::to_string)).unwrap()
}

fn prober(clock: Clock) -> Prober {
    Prober::new(clock, Duration::from_secs(20))
}

async fn ask(command: &[&str]) -> Result<ServiceState, ProbeFault> {
    prober(Clock::system()).ask(&template(command), &server(), Service::Sensor).await
}

type Asked = tokio::task::JoinHandle<Result<ServiceState, ProbeFault>>;

fn spawned(prober: &Prober, script: &str) -> Asked {
    let (prober, template) = (prober.clone(), template(&sh(script)));
    tokio::spawn(async move { prober.ask(&template, &server(), Service::Updater).await })
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
async fn what_ssh_and_a_shell_say_of_themselves_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let ssh = folder.path().join("ssh");
    std::os::unix::fs::symlink("/bin/sh", &ssh).unwrap();
    let check = async |(program, script): (&str, &str), fault: ProbeFault| {
        let command = template(&[program, "-c", script]);
        let asked = prober(Clock::system()).ask(&command, &server(), Service::Sensor).await;
        assert_eq!(asked, Err(fault), "{script}");
    };
    let not_found = "sh: 1: sc.exe: not found";
    let missing = format!("echo '{not_found}' >&2; exit 127");
    check(("sh", &missing), ProbeFault::CommandNotFound(not_found.into())).await;
    check(("sh", "echo denied >&2; exit 126"), ProbeFault::CommandNotFound("denied".into())).await;
    let windows = "'sc.exe' is not recognized as an internal or external command,";
    let said = format!("echo \"{windows}\"; exit 1");
    check(("sh", &said), ProbeFault::CommandNotFound(windows.into())).await;
    // Only ssh ends with 255 to say that it failed itself.
    let other = ProbeFault::Failed { code: "exit status: 255".into(), said: "x".into() };
    check(("sh", "echo x >&2; exit 255"), other).await;
    check((ssh.to_str().unwrap(), "echo x >&2; exit 255"), ProbeFault::Ssh("x".into())).await;
}

#[tokio::test]
async fn a_program_that_leaves_something_behind_is_not_waited_for() {
    let driven = Driven::new(Timestamp::UNIX_EPOCH);
    let prober = prober(driven.clock());
    let asked = spawned(&prober, "echo 'x service is running.'; sleep 1000 & exit 0");
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

/// A script that ignores TERM, writes the ids of two that it started to `to`, and then hangs with them.
fn hang(to: &Path) -> String {
    let nested = "trap '' TERM HUP INT; sleep 1000 & echo $$ $!; wait";
    format!(
        "trap '' TERM HUP INT; sh -c \"{}\" > {1}.part & until grep -q . {1}.part 2>/dev/null; do :; done; \
         mv {1}.part {1}; wait",
        nested.replace('$', "\\$"),
        to.display()
    )
}

async fn descendants(to: &Path) -> Vec<String> {
    loop {
        if let Ok(ids) = std::fs::read_to_string(to) {
            return ids.split_whitespace().map(ToOwned::to_owned).collect();
        }
        tokio::task::yield_now().await;
    }
}

async fn gone(ids: &[String]) {
    assert_eq!(ids.len(), 2);
    while ids.iter().any(|id| alive(id)) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn time_out_kills_the_whole_group_even_one_that_ignores_being_asked_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("ids");
    let driven = Driven::new(Timestamp::UNIX_EPOCH);
    let asked = spawned(&prober(driven.clock()), &hang(&to));
    let ids = descendants(&to).await;
    assert!(ids.iter().all(|id| alive(id)));
    assert_eq!(driven.working(), 1, "a question under way is work");
    while driven.next().is_none() {
        tokio::task::yield_now().await;
    }
    driven.move_to(driven.next().unwrap());
    assert_eq!(asked.await.unwrap(), Err(ProbeFault::TimedOut { seconds: 20 }));
    gone(&ids).await;
    driven.idle().await;
}

#[tokio::test]
async fn nobody_waiting_any_more_kills_the_whole_group() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("ids");
    let asked = spawned(&prober(Clock::system()), &hang(&to));
    let ids = descendants(&to).await;
    asked.abort();
    gone(&ids).await;
}

#[tokio::test]
async fn whoever_leaves_kills_all_groups_at_once_and_starts_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let prober = prober(Clock::system());
    let (first, second) = (spawned(&prober, &hang(&one)), spawned(&prober, &hang(&two)));
    let ids = (descendants(&one).await, descendants(&two).await);
    prober.end();
    gone(&ids.0).await;
    gone(&ids.1).await;
    assert!(first.await.unwrap().is_err() && second.await.unwrap().is_err());
    let leaving = ProbeFault::Cut("the console is leaving".into());
    assert_eq!(spawned(&prober, "echo 'x service is running.'").await.unwrap(), Err(leaving));
}

#[tokio::test]
async fn no_more_than_eight_are_asked_at_once_whatever_the_way_of_asking() {
    let folder = tempfile::tempdir().unwrap();
    let prober = prober(Clock::system());
    let asked: Vec<_> = (0..20)
        .map(|number| {
            let way = ["echo x", "printf x"][number % 2];
            spawned(&prober, &format!("{way} > {}/$$; sleep 1000", folder.path().display()))
        })
        .collect();
    let begun = || std::fs::read_dir(folder.path()).unwrap().count();
    while begun() < AT_ONCE {
        tokio::task::yield_now().await;
    }
    assert_eq!((begun(), prober.slots.available_permits()), (AT_ONCE, 0));
    prober.end();
    for one in asked {
        assert!(one.await.unwrap().is_err());
    }
    assert_eq!(begun(), AT_ONCE);
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
