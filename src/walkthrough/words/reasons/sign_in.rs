//! A sign-in that Entra refuses: what its number means, who can mend it, and the ids by which they find it.
//!
//! Sources: Entra's published list of AADSTS numbers, and OAuth's words for a refusal without one. Pure.

use crate::text::Safe;
use crate::walkthrough::step::{Phase, Reason, Step};
use crate::walkthrough::{SigningIn, Walkthrough};

use super::{Said, said};

const POLICY: (&str, &str) = (
    "A Conditional Access policy forbids this sign-in; codes are often forbidden altogether.",
    "Ask for an exception, or have the application sign in by a certificate (cloud.certificate_file).",
);
const MORE_PROOF: (&str, &str) = (
    "Entra wants more proof of who you are than this sign-in gave.",
    "Press r, and finish every question that the browser asks; if none is asked, tell an administrator.",
);
const CONSENT: (&str, &str) = (
    "Nobody has consented yet to what the application reads.",
    "Have an administrator grant SecurityIdentitiesSensors.Read.All and SecurityIdentitiesHealth.Read.All to it.",
);
const NOT_PUBLIC: (&str, &str) = (
    "The application isn't registered as one that people sign in to with a code.",
    "Set \"Allow public client flows\" on the registration, or give the application a certificate.",
);
const NOT_THERE: (&str, &str) = (
    "The tenant or the application is not known under what the site file says.",
    "Correct cloud.tenant, cloud.client_id or cloud.name in the site file.",
);
const NO_PROOF: (&str, &str) = (
    "The application's secret or certificate is wrong, has ended, or is not registered with it.",
    "Compare it with the registration's, Certificates & secrets; then start again.",
);
const PERSON: (&str, &str) = (
    "The account that signed in may not: it is disabled, locked, not assigned, or its password has to be changed.",
    "Sign in as somebody else (r), or have the account mended.",
);
const OTHER: (&str, &str) =
    ("This is not about the password that is to be tested.", "Ask an administrator of the tenant.");

/// What a refusal means, and what to do.
fn meaning(code: &str) -> (&'static str, &'static str) {
    match code.strip_prefix("AADSTS").unwrap_or(code) {
        "53000" | "53001" | "53002" | "53003" | "530003" | "530032" | "530034" | "530035" => POLICY,
        "50005" | "50072" | "50074" | "50076" | "50079" | "50158" | "interaction_required" => MORE_PROOF,
        "65001" | "65004" | "90094" | "consent_required" => CONSENT,
        "7000218" => NOT_PUBLIC,
        "90002" | "700016" | "700038" | "50059" | "900023" | "unauthorized_client" => NOT_THERE,
        "7000215" | "7000222" | "700027" | "700024" | "50012" | "invalid_client" => NO_PROOF,
        "50034" | "50053" | "50055" | "50057" | "50126" | "50105" | "50144" => PERSON,
        _ => OTHER,
    }
}

pub(super) fn blocked((code, description): (&Safe, &Safe), ids: [Option<&Safe>; 2]) -> Said {
    let (means, remedy) = meaning(code);
    let named: Vec<String> = named(ids).collect();
    let ids = if named.is_empty() {
        String::new()
    } else {
        format!(" They find it by its {}.", named.join(" and "))
    };
    said(format!("The sign-in was blocked: {code}. {description}"), means, format!("{remedy}{ids}"))
}

fn named(ids: [Option<&Safe>; 2]) -> impl Iterator<Item = String> {
    let names = ["trace id", "correlation id"];
    names.into_iter().zip(ids).filter_map(|(name, id)| Some(format!("{name} {}", id?)))
}

/// What `y` copies on step 1: where to enter the code and the code, while it waits, or what an administrator has to be told of a refusal.
pub fn to_copy(walk: &Walkthrough) -> Option<Vec<Safe>> {
    match (walk.phase(Step::Portal), &walk.signing_in) {
        _ if walk.current != Step::Portal => None,
        (_, SigningIn::Waiting(signing_in)) => {
            let code = signing_in.code();
            Some(vec![code.verification_uri.clone(), code.user_code.clone()])
        }
        (Phase::Blocked(Reason::SignInBlocked { code, description, trace, correlation }), _) => {
            let ids = named([trace.as_ref(), correlation.as_ref()]).map(Safe::from);
            Some([format!("{code}: {description}").into()].into_iter().chain(ids).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_who_can_mend_it_and_names_its_ids() {
        let check = |code: &str, (means, remedy): (&str, &str)| {
            let told = blocked((&code.into(), &"why".into()), [Some(&"t-1".into()), Some(&"c-1".into())]);
            assert_eq!(&*told.what, format!("The sign-in was blocked: {code}. why"));
            assert_eq!(&*told.means, means);
            assert_eq!(
                &*told.remedy,
                format!("{remedy} They find it by its trace id t-1 and correlation id c-1.")
            );
        };
        check("AADSTS53003", POLICY);
        check("AADSTS50076", MORE_PROOF);
        check("interaction_required", MORE_PROOF);
        check("AADSTS65001", CONSENT);
        check("AADSTS7000218", NOT_PUBLIC);
        check("AADSTS700016", NOT_THERE);
        check("AADSTS7000215", NO_PROOF);
        check("invalid_client", NO_PROOF);
        check("AADSTS50053", PERSON);
        check("AADSTS999999", OTHER);
        let bare = blocked((&"x".into(), &"why".into()), [None, None]);
        assert!(bare.remedy.ends_with("of the tenant."), "{}", bare.remedy);
    }
}
