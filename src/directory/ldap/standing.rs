//! What a reader account sees: the lockout policy that holds for an account, and how near the account is to it.
//!
//! Relies on the reader's own bind. A policy is reported only if a fine-grained one is read or excluded: the container of
//! fine-grained policies is readable for everybody, the policies in it for administrators. So an empty container excludes
//! them; policies whose threshold this reader can read exclude themselves where the account names none; otherwise nothing is
//! known. Source: MS-ADTS 3.1.1.4.5 (`msDS-ResultantPSO`). Deliberately absent: the decision how many attempts that leaves
//! (`lockout`), and any repeating of a bind that was refused.

use std::time::Duration;

use ldap3::{Ldap, Scope};

use super::account::Found;
use super::entry::{Entry, Query};
use super::reach::Root;
use super::{Account, Client, Controller, Credential, ReaderFault, Standing, decode};
use crate::directory::{Answer, Fault, LockoutPolicy};

const DOMAIN: [&str; 3] = ["lockoutThreshold", "lockOutObservationWindow", "lockoutDuration"];
const FINE_GRAINED: [&str; 3] =
    ["msDS-LockoutThreshold", "msDS-LockoutObservationWindow", "msDS-LockoutDuration"];

impl Client {
    /// Reads an account's standing at one controller, with a bind of the reader's.
    pub async fn standing(
        &self,
        controller: &Controller,
        reader: Credential,
        account: &Account,
    ) -> Result<Standing, ReaderFault> {
        let (client, controller, account) = (self.clone(), controller.clone(), account.clone());
        let asked = self.apart(async move { client.stands(&controller, &reader, &account).await }).await;
        asked.map_err(ReaderFault::NotKnown)?
    }

    async fn stands(
        &self,
        controller: &Controller,
        reader: &Credential,
        account: &Account,
    ) -> Result<Standing, ReaderFault> {
        if reader.secret.expose().is_empty() {
            let why = Fault::Unwilling("an empty password is never sent".into());
            return Err(ReaderFault::NotSent(why));
        }
        let (mut ldap, root) = self.writable(controller).await.map_err(ReaderFault::NotSent)?;
        match self.bind(&mut ldap, &reader.account.principal(), reader).await {
            Answer::Accepted => {}
            Answer::Refused(refusal) => return Err(ReaderFault::Refused(refusal)),
            Answer::NotKnown(fault) => return Err(ReaderFault::NotKnown(fault)),
            Answer::NotSent(fault) => return Err(ReaderFault::NotSent(fault)),
        }
        let found = self.account(&mut ldap, &root, &account.name).await.map_err(ReaderFault::Unread)?;
        let found = found.ok_or(ReaderFault::NoSuchAccount)?;
        let policy = self.policy(&mut ldap, &root, &found).await;
        let mut facts = found.facts(root.current_time);
        facts.claimed_by = self.claimant(&mut ldap, &root, account).await;
        facts.groups = found.groups(&[]);
        if let Some(policy) = policy {
            facts.bad_password_count = found.bad_password_count(policy.window, root.current_time);
        }
        self.part(ldap).await;
        let read_at = self.clock.now().wall;
        // What the controller's clock says of the past, put on ours.
        facts.last_failure = found
            .last_failure()
            .zip(root.current_time)
            .and_then(|(failed, now)| read_at.checked_sub(now.duration_since(failed)).ok());
        Ok(Standing { controller: controller.host.clone(), read_at, policy, account: facts })
    }

    async fn policy(&self, ldap: &mut Ldap, root: &Root, found: &Found) -> Option<LockoutPolicy> {
        if !found.is_computed() {
            // It may name a fine-grained one.
            return None;
        }
        if let Some(own) = found.fine_grained() {
            let own = self.first(ldap, Query::object(own, &FINE_GRAINED)).await.ok()??;
            return read(&own, FINE_GRAINED);
        }
        if !self.fine_grained_excluded(ldap, root).await {
            return None;
        }
        let domain = self.first(ldap, Query::object(&root.naming_context, &DOMAIN)).await.ok()??;
        read(&domain, DOMAIN)
    }

    /// The account names no fine-grained policy: because there is none, or because this reader may not see it?
    async fn fine_grained_excluded(&self, ldap: &mut Ldap, root: &Root) -> bool {
        let container = format!("CN=Password Settings Container,CN=System,{}", root.naming_context);
        let there = self.first(ldap, Query::object(&container, &["objectClass"])).await;
        if !matches!(there, Ok(Some(_))) {
            return false;
        }
        let children = Query { scope: Scope::OneLevel, ..Query::object(&container, &FINE_GRAINED) };
        let policies = self.search(ldap, children).await;
        policies.is_ok_and(|policies| {
            policies.iter().all(|policy| policy.number("msDS-LockoutThreshold").is_some())
        })
    }
}

fn read(entry: &Entry, [threshold, window, duration]: [&str; 3]) -> Option<LockoutPolicy> {
    let threshold = u32::try_from(entry.number(threshold)?).ok()?;
    let window = entry.text(window).and_then(decode::span).filter(|window| !window.is_zero());
    let duration = entry.text(duration).and_then(decode::span).filter(|duration| !duration.is_zero());
    // Without a threshold there is nothing to remember, and some domains then have no window.
    let window = window.or((threshold == 0).then_some(Duration::from_mins(1)))?;
    Some(LockoutPolicy { threshold, window, duration })
}
