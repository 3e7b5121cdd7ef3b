//! The client against the lab's directory: whose bind it was.

use jiff::Timestamp;

use super::*;
use crate::directory::{Answer, Controller, Whose};
use crate::lab::world::directory::{CLAIMANT_PASSWORD, SERVICE_PASSWORDS};
use crate::lab::{Lab, StartOptions, scenario};

struct Bench {
    lab: Lab,
    clock: Clock,
    _folder: tempfile::TempDir,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let clock = Driven::new("2026-01-02T03:04:05Z".parse::<Timestamp>().unwrap()).clock();
    let options = StartOptions {
        scenario: scenario::find("clean").unwrap(),
        clock: clock.clone(),
        folder: folder.path().into(),
        program: "mdi-console".into(),
        password: None,
    };
    Bench { lab: Lab::start(options).unwrap(), clock, _folder: folder }
}

impl Bench {
    async fn test(&self, name: &str, password: &str) -> crate::directory::Tested {
        let addresses = self.lab.addresses();
        let known = addresses.controllers.first().unwrap();
        let controller = Controller {
            host: known.host.as_str().into(),
            ldaps: Some(known.ldaps),
            ldap: Some(known.ldap),
            kerberos: None,
            also: Vec::new(),
            pdc_emulator: Some(true),
        };
        let client = Client::new(Trust::pinned(addresses.ca_pem.as_bytes()).unwrap(), self.clock.clone());
        let permit = Permit::granted(&Attempt {
            id: AttemptId(1),
            at: Timestamp::UNIX_EPOCH,
            settled_at: None,
            account: account(name).key(),
            controller: controller.host.clone(),
            protocol: Protocol::Ldap,
            charge: Charge::Account,
            outcome: None,
        });
        let credential = Credential { account: account(name), ..credential(password) };
        client.test(permit, &controller, credential).await
    }
}

#[tokio::test]
async fn a_name_that_was_given_to_another_account_is_told_by_the_token_of_its_bind() {
    let bench = bench();
    let tested = bench.test("svc-claimed", CLAIMANT_PASSWORD).await;
    assert_eq!(tested.answer, Answer::Accepted);
    let read = tested.account.unwrap();
    assert_eq!((read.name.as_str(), read.whose), ("svc-claimant", Whose::Another));
    let [own, ..] = SERVICE_PASSWORDS;
    assert!(matches!(bench.test("svc-claimed", own).await.answer, Answer::Refused(_)));
    let read = bench.test("svc-rotate", own).await.account.unwrap();
    assert_eq!((read.name.as_str(), read.whose, read.groups), ("svc-rotate", Whose::Meant, Some(vec![])));
}
