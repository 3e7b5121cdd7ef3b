//! `check` at a live site.

use serde_json::Value;

use crate::place::{Place, Said, files};

/// `place`'s site file, with a workspace that the lab vouches for and no other address to reach.
fn reachable(place: &Place) -> String {
    let save = format!("[save]\nmode = \"workspace\"\naddress = \"{}\"\n", place.addresses.workspace_url);
    place.file(&save).replace(
        "name = \"contoso-live\"\n",
        &format!("name = \"contoso-live\"\nportal = \"{}\"\n", place.addresses.workspace_url),
    )
}

fn objects(said: &Said) -> Vec<Value> {
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_stage_of_every_controller_is_told_and_no_password_is_used() {
    let place = Place::open();
    place.write(&reachable(&place));
    let said = place.run(&["check"], "");
    said.says(&[
        "Site contoso-live",
        "  file          fine       ",
        "Domain contoso.test",
        "  controllers   fine       3 named in the site file: dc1.contoso.test (127.0.0.1, PDC emulator)",
        "Controller dc1.contoso.test",
        "  port ",
        "  TLS           fine       LDAPS",
        "  certificate   fine       issued by ",
        "  directory     fine       DC=contoso,DC=test, writable, the PDC emulator, answers in ",
        "  Kerberos      fine       ",
        "  clock         fine       ",
        "  proof         fine       a password of contoso.test can be proved by LDAP, Kerberos",
        "Controller dc3.contoso.test",
        "read-only: it is never given a password",
        "Account svc-mdi in contoso.test",
        "  account       fine       exists at dc1.contoso.test; ",
        "Address 127.0.0.1:",
        "  portal        fine       answers over HTTPS; vouched for by ",
        "Log of ",
        "  log           fine       ",
        "Services",
        "Folder ",
        "  records       fine       can be written to",
        "Memory",
        "Everything was reached",
    ]);
    assert_eq!(said.code, Some(0), "{}\n{}", said.out, said.complaint);
    assert!(place.outcomes().is_empty(), "{:?}", place.outcomes());
    assert!(files(&place.path("own")).is_empty(), "{:?}", files(&place.path("own")));
    place.close();
}

#[test]
fn what_fails_is_named_with_its_stage_its_remedy_and_the_code() {
    let place = Place::open();
    let good = reachable(&place);
    let check = |text: &str, code: i32, (name, stage, state): (&str, &str, &str), told: &str| {
        place.write(text);
        let said = place.run(&["check", "--json"], "");
        assert_eq!(said.code, Some(code), "{}\n{}", said.out, said.complaint);
        let objects = objects(&said);
        let found = objects.iter().find(|one| {
            one["name"].as_str().unwrap().starts_with(name)
                && one["stage"].as_str().unwrap().starts_with(stage)
                && one["state"] == state
        });
        let Some(found) = found else { panic!("{name} {stage} {state} is not in {}", said.out) };
        assert!(found["told"].as_str().unwrap().contains(told), "{found}");
        assert!(!found["remedy"].as_str().unwrap().is_empty(), "{found}");
    };
    // Its ports moved to one where nobody listens.
    let dc2 = &place.addresses.controllers[1];
    let mut dead = good.clone();
    for port in [dc2.ldaps.port(), dc2.ldap.port(), dc2.kerberos.unwrap().port()] {
        dead = dead.replace(&format!("port = {port}\n"), "port = 9\n");
    }
    check(&dead, 3, ("dc2.contoso.test", "port 9", "failed"), "refused");
    check(&dead, 3, ("dc2.contoso.test", "proof", "failed"), "no password of contoso.test");
    // A name that is not in the certificate; and another authority than the one that signed it.
    let other = good.replace("\"dc2.contoso.test\"", "\"dc9.contoso.test\"");
    check(&other, 3, ("dc9.contoso.test", "certificate", "failed"), "another name");
    let stranger = Place::open();
    std::fs::copy(stranger.path("ca.pem"), place.path("other.pem")).unwrap();
    let unknown = good.replace("\"ca.pem\"", "\"other.pem\"");
    check(&unknown, 3, ("dc1.contoso.test", "certificate", "failed"), "not trusted");
    stranger.close();
    check(
        &good.replace("\"svc-mdi\"", "\"svc-none\""),
        1,
        ("svc-none", "account", "no"),
        "knows no such account",
    );
    check(&good.replace("patterns = [\"", "patterns = [\"/nowhere"), 3, ("", "log", "failed"), "");
    // Not an authority's certificate, and not a site file's key.
    let wrong = |text: &str, sentence: &str| {
        place.write(text);
        let said = place.run(&["check"], "");
        assert_eq!((said.code, said.complaint.contains(sentence)), (Some(2), true), "{}", said.complaint);
    };
    wrong(&good.replace("graph = false", "grpah = false"), "site.toml:");
    std::fs::write(place.path("empty.pem"), "nothing").unwrap();
    wrong(&good.replace("\"ca.pem\"", "\"empty.pem\""), "certificate");
    place.close();
}

#[test]
fn a_page_that_only_the_operators_browser_needs_is_a_warning() {
    let place = Place::open();
    let text = place.file("").replace(
        "name = \"contoso-live\"\n",
        &format!("name = \"contoso-live\"\nportal = \"{}\"\n", place.addresses.workspace_url),
    );
    place.write(&text);
    // This machine's roots don't vouch for the lab.
    let said = place.run(&["check"], "");
    said.says(&["  portal        warning    ", "only your own browser has to reach it"]);
    assert_eq!(said.code, Some(0), "{}\n{}", said.out, said.complaint);
    place.close();
}
