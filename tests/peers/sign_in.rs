//! Signing in at a certified `OpenID` provider, over TLS: a person with a code, and an application by itself.
//!
//! Relies on the provider's own clock being put forward together with the console's. Deliberately absent: Entra's own
//! numbers, which this provider doesn't give; those are read from texts.

use std::time::Duration;

use mdi_console::portal::Fault;
use mdi_console::portal::client::{Client, Patience};
use mdi_console::portal::signin::{self, DeviceCode, Next, Outcome, SignIn};
use mdi_console::portal::token::{self, Application, Denial, Login, Proof, Tokens};
use mdi_console::secret::Secret;
use mdi_console::trust::Trust;
use zeroize::Zeroizing;

use crate::provider::{CLIENT_SECRET, Provider};

fn secret(text: &str) -> Secret {
    Secret::new(Zeroizing::new(text.to_owned()))
}

/// One sign-in as the console has it, poll by poll. `meanwhile` is what happens before each, by its number.
async fn converse(
    provider: &mut Provider,
    mut meanwhile: impl FnMut(&mut Provider, &DeviceCode, usize),
) -> (Outcome, Vec<Duration>, Option<Tokens>) {
    let (client, login) = (provider.client(), provider.login("person"));
    let (code, device) = token::request_device_code(&client, &login).await.expect("a code");
    assert_eq!(&*code.verification_uri, format!("{}/device", provider.issuer));
    let mut signing_in = SignIn::started(code.clone(), provider.clock().now().at);
    let mut waits = Vec::new();
    for poll in 1.. {
        let now = provider.clock().now().at;
        waits.push(signing_in.next_poll().since(now));
        meanwhile(provider, &code, poll);
        provider.driven.move_to(signing_in.next_poll());
        let polled = token::poll_token(&client, &login, &device).await;
        let answer = token::answer(&polled);
        if let Next::Finished(outcome) = signing_in.handle(answer, provider.clock().now().at) {
            return (outcome, waits, polled.ok());
        }
        assert!(poll < 10, "it doesn't end: {signing_in:?}");
    }
    unreachable!("a sign-in ends")
}

const INTERVAL: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_code_that_somebody_approves_signs_in_and_its_tokens_are_renewed_once() {
    let Some(mut provider) = Provider::start() else { return };
    let (outcome, waits, tokens) = converse(&mut provider, |provider, code, poll| {
        provider.forward(INTERVAL);
        if poll == 3 {
            provider.person(&code.verification_uri, &code.user_code, "approve");
        }
    })
    .await;
    assert!(matches!(outcome, Outcome::SignedIn { .. }), "{outcome:?}");
    assert_eq!(waits, [INTERVAL; 3]);
    let first = tokens.expect("tokens");
    assert_eq!(first.lives, Duration::from_mins(5));
    let (client, login) = (provider.client(), provider.login("person"));
    let held = first.refresh.expect("offline_access gives a refresh token");
    let second = token::refresh(&client, &login, &held).await.expect("new tokens");
    assert_ne!(second.access.expose(), first.access.expose());
    // Used twice it is taken for stolen, and whatever came of it is void.
    let again = token::refresh(&client, &login, &held).await.expect_err("used before");
    assert!(matches!(&again, Denial::Rejected(why) if &*why.error == "invalid_grant"), "{again:?}");
}

#[tokio::test]
async fn a_code_that_is_declined_or_left_alone_ends_so() {
    let Some(mut provider) = Provider::start() else { return };
    let (outcome, _, tokens) = converse(&mut provider, |provider, code, _| {
        provider.person(&code.verification_uri, &code.user_code, "decline");
    })
    .await;
    assert_eq!((outcome, tokens.is_none()), (Outcome::Declined, true));
    let (outcome, waits, _) = converse(&mut provider, |provider, _, poll| {
        provider.forward(if poll == 2 { Duration::from_mins(10) } else { INTERVAL });
    })
    .await;
    // The console's own clock says that the code is good for most of ten minutes more.
    assert_eq!((outcome, waits.len()), (Outcome::Expired, 2));
}

#[tokio::test]
async fn whoever_is_asked_too_often_is_asked_more_slowly_from_then_on() {
    let Some(mut provider) = Provider::start() else { return };
    let (outcome, waits, _) = converse(&mut provider, |provider, code, poll| {
        // The provider's clock stands still before the second poll.
        if poll != 2 {
            provider.forward(INTERVAL * 2);
        }
        if poll == 4 {
            provider.person(&code.verification_uri, &code.user_code, "approve");
        }
    })
    .await;
    assert!(matches!(outcome, Outcome::SignedIn { .. }), "{outcome:?}");
    assert_eq!(waits, [INTERVAL, INTERVAL, INTERVAL * 2, INTERVAL * 2]);
}

#[tokio::test]
async fn a_code_or_an_application_that_is_not_known_is_refused_by_name() {
    let Some(provider) = Provider::start() else { return };
    let client = provider.client();
    let unknown = token::poll_token(&client, &provider.login("person"), &secret("nonsense")).await;
    let outcome = signin::at_once(token::answer(&unknown));
    assert!(matches!(&outcome, Outcome::Blocked { code, .. } if &**code == "invalid_grant"), "{outcome:?}");
    let stranger = token::request_device_code(&client, &provider.login("stranger")).await.map(|_| ());
    assert!(
        matches!(&stranger, Err(Denial::Rejected(why)) if &*why.error == "invalid_client"),
        "{stranger:?}"
    );
}

#[tokio::test]
async fn an_application_signs_in_by_its_secret_or_its_certificate_and_by_no_other() {
    let Some(provider) = Provider::start() else { return };
    let client = provider.client();
    let login = |client_id: &str| Login {
        scope: "SecurityIdentitiesSensors.Read.All".into(),
        ..provider.login(client_id)
    };
    let ask = async |client_id: &str, application: Application| {
        let login = login(client_id);
        match token::client_credentials(&client, &login, (&application.proof, &application.secret)).await {
            Ok(tokens) => Ok((tokens.lives, tokens.refresh.is_some())),
            Err(Denial::Rejected(why)) => Err(why.error.to_string()),
            Err(Denial::Lost(fault)) => panic!("{fault}"),
        }
    };
    let given = Ok((Duration::from_mins(5), false));
    let by_secret = |text: &str| Application::by_secret(Zeroizing::new(text.to_owned()));
    assert_eq!(ask("by-secret", by_secret(CLIENT_SECRET)).await, given);
    assert_eq!(ask("by-secret", by_secret("another")).await, Err("invalid_client".into()));
    assert_eq!(ask("by-certificate", provider.application()).await, given);
    // An assertion is used once; the next is another.
    assert_eq!(ask("by-certificate", provider.application()).await, given);
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("a key");
    let stolen = Application { proof: provider.application().proof, secret: secret(&key.serialize_pem()) };
    assert!(matches!(stolen.proof, Proof::Certificate { .. }));
    assert_eq!(ask("by-certificate", stolen).await, Err("invalid_client".into()));
}

#[tokio::test]
async fn a_provider_with_a_certificate_of_somebody_else_is_told_nothing() {
    let (Some(provider), Some(other)) = (Provider::start(), Provider::start()) else { return };
    let trust = Trust::pinned(other.file("authority.pem").as_bytes()).expect("an authority");
    let client = Client::new(&trust, &provider.clock(), Patience::default());
    let asked = token::request_device_code(&client, &provider.login("person")).await.map(|_| ());
    assert!(matches!(&asked, Err(Denial::Lost(Fault::Certificate(_)))), "{asked:?}");
}
