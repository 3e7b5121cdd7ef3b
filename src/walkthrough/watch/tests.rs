//! From evidence to verdict, as tables.

use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::portal::{Deployment, Health, HealthIssue, IssueStatus, SensorKind};
use crate::text::Safe;

const LENGTH: Duration = Duration::from_mins(35);

fn now(seconds: u64) -> Now {
    Now { at: Instant(Duration::from_secs(seconds)), wall: Timestamp::UNIX_EPOCH }
}

fn sensor(host: &str, version: &str, service: ServiceStatus) -> Sensor {
    Sensor {
        id: host.into(),
        host: host.into(),
        domain: "contoso.test".into(),
        kind: SensorKind::DomainControllerIntegrated,
        version: version.into(),
        deployment: Deployment::UpToDate,
        service,
        health: Health::Healthy,
        open_issues: Some(0),
    }
}

fn issue(id: &str, status: IssueStatus) -> HealthIssue {
    HealthIssue {
        id: id.into(),
        name: "Directory Services user credentials are incorrect".into(),
        severity: "high".into(),
        status,
        global: true,
        created: None,
        modified: None,
        sensors: Vec::new(),
        domains: Vec::new(),
        recommendations: Vec::new(),
    }
}

/// Made and last changed so many seconds after the mark, by the portal's clock.
fn dated(created: i64, modified: i64) -> HealthIssue {
    let at = |seconds: i64| Timestamp::from_second(seconds).ok();
    HealthIssue { created: at(created), modified: at(modified), ..issue("new", IssueStatus::Open) }
}

/// `s1` and `s2` use the entry, `s3` is of version 3. The sources of `s1` and `s2` stood at 100 at the mark.
struct Site {
    watch: Watch,
    sensors: Vec<Sensor>,
}

impl Site {
    fn new() -> Self {
        let position = Position { file: 1, offset: 100 };
        let mark = Mark {
            logs: crate::logs::Mark::of(&[(SourceId(1), position), (SourceId(2), position)]),
            open_issues: ["old".into()].into(),
            bad_password_count: Some(0),
            portal_time: Some(Timestamp::UNIX_EPOCH),
        };
        let account = Account { name: "svc-mdi".into(), domain: "contoso.test".into() };
        let running = ServiceStatus::Running;
        let sensors = vec![
            sensor("s1", "2.240", running.clone()),
            sensor("s2", "2.240", running.clone()),
            sensor("s3", "3.0", running),
        ];
        Self { watch: Watch::new(mark, account, now(0), LENGTH), sensors }
    }

    /// A second entry, in this domain.
    fn beside(&mut self, domain: &str) {
        let entry = |id: &str, domain: &str| Entry {
            id: id.into(),
            account: "svc".into(),
            domain: domain.into(),
            managed: false,
            single_label: false,
            etag: "".into(),
            last_change: None,
            changed_by: None,
            changed_at: None,
        };
        self.watch.among(&[entry("this", "contoso.test"), entry("other", domain)], &"this".into());
    }

    fn read(&mut self, issues: &[HealthIssue]) {
        let reading = Reading { sensors: self.sensors.clone(), issues: issues.to_vec(), portal_time: None };
        self.watch.read(&reading);
    }

    /// One thing that happens, in a word or two.
    fn happens(&mut self, what: &str) {
        let (what, host) = what.split_once(' ').unwrap_or((what, "s1"));
        let source = SourceId(if host == "s2" { 2 } else { 1 });
        let place = |file, offset| Place {
            source,
            host: host.into(),
            position: Position { file, offset },
            context: false,
        };
        let refused = |account: Option<&str>, domain: Option<&str>| Known::Refused {
            account: account.map(Safe::new),
            domain: domain.map(Safe::new),
            controller: None,
        };
        let took = |name: &str| Known::TookCredential { account: name.into(), domain: None };
        let mut log = |place: Place, known: Known| {
            self.watch.found(&place, &known);
        };
        let since = now(1);
        match what {
            "read" => self.read(&[]),
            "line" => log(place(1, 100), refused(Some("svc-mdi"), None)),
            "nameless-line" => log(place(1, 100), refused(None, None)),
            "earlier-line" => log(place(1, 99), refused(Some("svc-mdi"), None)),
            "rotated-line" => log(place(2, 0), refused(Some("CONTOSO\\svc-mdi"), None)),
            // Read late, of a file that the mark names, and of one that it doesn't.
            "late-line" => log(Place { context: true, ..place(1, 100) }, refused(None, None)),
            "old-line" => log(Place { context: true, ..place(2, 100) }, refused(None, None)),
            "old-took" => log(Place { context: true, ..place(2, 100) }, took("svc-mdi")),
            "line-of-another" => log(place(1, 120), refused(Some("svc-sql@contoso.test"), None)),
            "line-of-another-domain" => log(place(1, 120), refused(Some("svc-mdi"), Some("fabrikam.test"))),
            "line-of-a-short-domain" => log(place(1, 120), refused(Some("ELSE\\svc-mdi"), None)),
            "took" => log(place(1, 130), took("svc-mdi@contoso.test")),
            "took-earlier" => log(place(1, 20), took("svc-mdi")),
            "took-elsewhere" => log(place(1, 130), took("ELSE\\svc-mdi")),
            "other-fault" => log(place(1, 140), Known::ServerUnavailable),
            "count" => assert!(self.watch.count_rose()),
            "new-issue" => self.read(&[issue("new", IssueStatus::Open)]),
            "old-issue" => self.read(&[issue("old", IssueStatus::Open)]),
            "suppressed-issue" => self.read(&[issue("new", IssueStatus::Suppressed)]),
            "closed-issue" => self.read(&[issue("new", IssueStatus::Closed)]),
            "old-issue-closed" => self.read(&[issue("old", IssueStatus::Closed)]),
            "stopped" => self.watch.probed(&host.into(), &Standing::Stopped { since }),
            "running" => self.watch.probed(&host.into(), &Standing::Running { pid: 7, since }),
            "restarting" => {
                self.watch.probed(&host.into(), &Standing::Restarting { pid: 8, before: 7, since });
            }
            "settling" => self.watch.probed(&host.into(), &Standing::Settling { pid: 8, since }),
            "unasked" => {
                self.watch.probed(&host.into(), &Standing::Unknown(crate::sensor::Why::AccessDenied));
            }
            "syncing" => {
                for one in self.sensors.iter_mut().filter(|one| *one.host == *host) {
                    one.deployment = Deployment::Syncing;
                }
                self.read(&[]);
            }
            "blind" => self.watch.source_failed(source),
            "portal-blind" => self.watch.portal_failed(),
            other => self.happens_at_the_portal(other),
        }
    }

    /// How the portal's entries and the times of its issues may be.
    fn happens_at_the_portal(&mut self, what: &str) {
        match what {
            // As a site without Graph has them.
            "untold" => self.sensors.iter_mut().for_each(|one| *one = Sensor::listed(&one.host, true)),
            "late-issue" => self.read(&[dated(-60, -30)]),
            "reopened-issue" => self.read(&[dated(-60, 30)]),
            "dated-issue" => self.read(&[dated(0, 0)]),
            "other-entries" => self.beside("x.test"),
            "entry-as-near" => self.beside("contoso.test"),
            "nearer-entry" => {
                self.sensors[1].domain = "x.test".into();
                self.beside("x.test");
            }
            other => panic!("{other}"),
        }
    }

    fn after(story: &str) -> Self {
        let mut site = Self::new();
        for what in story.split(", ").filter(|what| !what.is_empty()) {
            site.happens(what);
        }
        site
    }

    fn verdict(mut self) -> Verdict {
        self.watch.conclude(&self.sensors, now(35 * 60).at);
        self.watch.verdict.unwrap()
    }
}

#[test]
fn one_line_of_one_host_is_suspected_until_something_else_agrees() {
    let check = |story: &str, suspected: bool, refused: bool| {
        let site = Site::after(story);
        assert_eq!((site.watch.suspected(), site.watch.refused()), (suspected, refused), "{story}");
    };
    check("line", true, false);
    check("line, line", true, false);
    check("nameless-line", true, false);
    check("rotated-line", true, false);
    check("line-of-a-short-domain", true, false);
    check("earlier-line", false, false);
    check("late-line", true, false);
    check("old-line", false, false);
    check("old-line, line s2", true, false);
    check("line-of-another", false, false);
    check("line-of-another-domain", false, false);
    check("other-fault", false, false);
    check("count", false, false);
    check("stopped", false, false);
    check("line, line s2", false, true);
    check("line, count", false, true);
    check("line, stopped", false, true);
    check("line, stopped s2", true, false);
    check("new-issue", false, true);
    check("suppressed-issue", false, true);
    // By the portal's own clock: what only came late is not about this save, what was opened again is.
    check("late-issue", false, false);
    check("reopened-issue", false, true);
    check("dated-issue", false, true);
    check("closed-issue", false, false);
    check("old-issue", false, false);
    check("old-issue-closed, old-issue", false, true);
    // What a sensor of version 3 writes is about another credential.
    check("read, line s3", false, false);
    check("read, line, line s3", true, false);
    check("line s3, read", false, false);
}

#[test]
fn the_watch_ends_in_the_verdict_that_the_evidence_allows() {
    use VerdictWord::{Confirmed, NoRefusalSeen, NotConfirmed, Refused};
    let check = |story: &str, word: VerdictWord, missing: &[&str]| {
        let verdict = Site::after(story).verdict();
        let words: Vec<String> = verdict.missing.iter().map(|one| format!("{one:?}")).collect();
        assert_eq!((verdict.word, words.len()), (word, missing.len()), "{story}: {words:?}");
        for (word, missing) in words.iter().zip(missing) {
            assert!(word.starts_with(missing), "{story}: {words:?}");
        }
    };
    check("read", Confirmed, &[]);
    check("running, running s2", Confirmed, &[]);
    check("", NoRefusalSeen, &["NotObserved(\"s1\")", "NotObserved(\"s2\")"]);
    check("running", NoRefusalSeen, &["NotObserved(\"s2\")"]);
    check("read, syncing", NoRefusalSeen, &["InTrouble(\"s1\")"]);
    check("read, stopped", NoRefusalSeen, &["InTrouble(\"s1\")"]);
    check("read, stopped, running", Confirmed, &[]);
    check("read, restarting", NoRefusalSeen, &["InTrouble(\"s1\")"]);
    check("running, running s2, settling", NoRefusalSeen, &["NotObserved(\"s1\")"]);
    check("running, running s2, unasked", Confirmed, &[]);
    check("running, running s2, syncing", NoRefusalSeen, &["InTrouble(\"s1\")"]);
    // Something that would show a refusal has to be watched throughout.
    check("read, blind, blind s2", Confirmed, &[]);
    check("read, blind, portal-blind", Confirmed, &[]);
    check("read, blind, blind s2, portal-blind", NoRefusalSeen, &["NothingWatched"]);
    check("running, running s2, blind, blind s2", NoRefusalSeen, &["NothingWatched"]);
    // Another entry could have served it, unless it says that it took this one.
    check("read, other-entries, took", NoRefusalSeen, &["PerhapsOtherEntry(\"s2\")"]);
    check("read, other-entries, took, took s2", Confirmed, &[]);
    check("read, other-entries, took, took-earlier s2", NoRefusalSeen, &["PerhapsOtherEntry(\"s2\")"]);
    check("read, other-entries, took, old-took s2", NoRefusalSeen, &["PerhapsOtherEntry(\"s2\")"]);
    check("read, other-entries, took, took-elsewhere s2", NoRefusalSeen, &["PerhapsOtherEntry(\"s2\")"]);
    check("read, entry-as-near, took", NoRefusalSeen, &["PerhapsOtherEntry(\"s2\")"]);
    // Where another entry is nearer, the sensor's state says nothing about this one.
    check("read, nearer-entry, took", Confirmed, &[]);
    check("read, nearer-entry", NoRefusalSeen, &["PerhapsOtherEntry(\"s1\")"]);
    check("read, nearer-entry, took, stopped s2", Confirmed, &[]);
    // Without the portal the probe observes, and the logs would show a refusal.
    check("untold, running, running s2, running s3", Confirmed, &[]);
    check("untold, running, running s2", NoRefusalSeen, &["NotObserved(\"s3\")"]);
    check("untold, running, running s2, running s3, line, line s2", Refused, &[]);
    check("untold, running, running s2, running s3, blind, blind s2", NoRefusalSeen, &["NothingWatched"]);
    // Suspicion that nothing agreed with is not *no refusal seen*.
    check("read, line", NotConfirmed, &["Suspected(\"s1\")"]);
    check("read, line, count", Refused, &[]);
}

#[test]
fn each_sensor_is_found_to_be_one_thing() {
    use Finding::{DoesNotUse, NotObserved, Refused, RunningNoRefusal, Suspected, TookIt, Trouble};
    let check = |story: &str, found: [Finding; 3]| {
        let site = Site::after(story);
        let all: Vec<Finding> = site.sensors.iter().map(|one| site.watch.finding(one)).collect();
        assert_eq!(all, found, "{story}");
    };
    check("", [NotObserved, NotObserved, DoesNotUse]);
    check("read", [RunningNoRefusal, RunningNoRefusal, DoesNotUse]);
    check("read, took", [TookIt, RunningNoRefusal, DoesNotUse]);
    check("read, line", [Suspected, RunningNoRefusal, DoesNotUse]);
    check("read, line, count", [Refused, RunningNoRefusal, DoesNotUse]);
    check("read, stopped s2", [RunningNoRefusal, Trouble, DoesNotUse]);
    check("read, nearer-entry", [RunningNoRefusal, DoesNotUse, DoesNotUse]);
    check("read, nearer-entry, took s2", [RunningNoRefusal, TookIt, DoesNotUse]);
    check("read, nearer-entry, line s2", [RunningNoRefusal, Suspected, DoesNotUse]);
    check("read, line s3", [RunningNoRefusal, RunningNoRefusal, DoesNotUse]);
}

#[test]
fn a_refusal_does_not_wait_for_the_end_and_overrides_what_was_concluded() {
    let mut site = Site::after("read");
    assert!(!site.watch.conclude(&site.sensors, now(60).at), "too early");
    assert!(site.watch.conclude(&site.sensors, now(35 * 60).at));
    assert!(!site.watch.conclude(&site.sensors, now(35 * 60).at), "said once");
    site.happens("new-issue");
    assert!(site.watch.conclude(&site.sensors, now(36 * 60).at));
    assert_eq!(site.watch.verdict.map(|verdict| verdict.word), Some(VerdictWord::Refused));
}

#[test]
fn nothing_that_uses_the_entry_is_nothing_to_confirm() {
    let mut site = Site::after("read");
    site.sensors.retain(|sensor| *sensor.host == *"s3");
    assert_eq!(site.verdict().missing, [Missing::NothingWatched]);
}
