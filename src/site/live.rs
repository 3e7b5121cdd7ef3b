//! A live site, made of what its file says and of the controllers that were found.
//!
//! Relies on the file having been checked. Deliberately absent: finding the controllers, signing in, any secret.

use super::file::{Application, Asked, Cloud, LogFrom, Proof, Save, SignIn, SiteFile};
use super::{Limits, Opened, Site, SiteFault};
use crate::directory::Controller;
use crate::logs::SourceId;
use crate::logs::tail::{LogCommand, Source};
use crate::portal::token::{Login, US_VERIFICATION_HOSTS, VERIFICATION_HOSTS};
use crate::sensor::probe::Template;
use crate::sensor::{Server, Way};
use crate::text::Safe;
use crate::walkthrough::Clipboard;

impl Site {
    /// The site of a file, with the controllers that its searches found.
    pub fn of_file(opened: Opened, controllers: Vec<Controller>) -> Result<Self, SiteFault> {
        let Opened { file, ca, origin } = opened;
        let template = |asked: &Option<Asked>| {
            asked.clone().map(|Asked { way, command }| Template::new(way, command)).transpose()
        };
        let usual = template(&file.probe.asked)?;
        let mut probes = Vec::new();
        for sensor in &file.sensors {
            if let Some(probe) = &sensor.probe {
                probes.push((sensor.host.clone(), template(probe)?));
            }
        }
        let (sources, commands) = logs(&file);
        let workspace = match &file.save {
            Save::HandOff => String::new(),
            Save::Workspace { address } => address.clone(),
        };
        let server = |one: &super::file::Sensor| {
            let way = way(probe_of(&probes, usual.as_ref(), &one.host));
            Server { host: one.host.clone(), standalone: one.standalone, way }
        };
        Ok(Self {
            lab: false,
            origin: Some(origin),
            controllers: controllers.into_iter().map(|one| usable(one, file.directory.proof)).collect(),
            ca,
            login: login(&file),
            graph: graph(&file).to_owned(),
            uses_graph: file.application.is_some(),
            application: file.application.as_ref().is_some_and(|own| own.sign_in != SignIn::DeviceCode),
            portal: file.portal,
            workspace,
            save: file.save,
            accounts: file.accounts,
            reader: file.reader,
            sources,
            commands,
            servers: file.sensors.iter().map(server).collect(),
            probe: usual,
            probes,
            proof: file.directory.proof,
            clipboard: if file.clipboard { Clipboard::Allowed } else { Clipboard::NotAllowed },
            second_person: file.second_person,
            limits: Limits {
                connect: file.directory.connect,
                answer: file.directory.answer,
                dns: file.directory.dns,
                probe: file.probe.limit,
            },
            old_password: file.directory.old_password,
            lockout_window: file.directory.lockout_window,
            poll: file.watch.poll,
            watch: file.watch.watch,
            settle: file.watch.settle,
            tour: false,
            options: Safe::default(),
            banner: None,
            searches: file.searches,
            search_faults: Vec::new(),
            name: file.name,
        })
    }

    /// How a server's services are asked about; `None`: the operator marks them.
    pub fn probe_of(&self, host: &Safe) -> Option<&Template> {
        probe_of(&self.probes, self.probe.as_ref(), host)
    }
}

fn probe_of<'a>(
    probes: &'a [(Safe, Option<Template>)],
    usual: Option<&'a Template>,
    host: &Safe,
) -> Option<&'a Template> {
    let own = probes.iter().find(|(own, _)| own == host);
    own.map_or(usual, |(_, probe)| probe.as_ref())
}

fn way(probe: Option<&Template>) -> Way {
    probe.map_or(Way::ByHand, Template::way)
}

fn usable(controller: Controller, proof: Proof) -> Controller {
    Controller { kerberos: controller.kerberos.filter(|_| proof != Proof::Ldap), ..controller }
}

fn graph(file: &SiteFile) -> &str {
    file.application.as_ref().map_or(file.cloud.graph(), |application| &application.graph)
}

/// Where and as what to sign in. A token's scope names the Graph host it is used on.
fn login(file: &SiteFile) -> Login {
    let graph = graph(file);
    let Some(Application { tenant, client_id, sign_in, login, .. }) = &file.application else {
        return Login::default();
    };
    let scope = match sign_in {
        SignIn::DeviceCode => format!(
            "{graph}/SecurityIdentitiesSensors.Read.All {graph}/SecurityIdentitiesHealth.Read.All offline_access"
        ),
        // Whatever the tenant's administrator consented to; there is nobody to be asked for more.
        SignIn::ClientSecret { .. } | SignIn::Certificate { .. } => format!("{graph}/.default"),
    };
    Login {
        authority: format!("{login}/{tenant}"),
        client_id: client_id.clone(),
        scope,
        verification_hosts: verification_hosts(file.cloud, login),
    }
}

/// The cloud's own pages; those of another sign-in are its own host's.
fn verification_hosts(cloud: Cloud, login: &str) -> Vec<String> {
    if login != cloud.login() {
        let host = url::Url::parse(login).ok().and_then(|url| url.host_str().map(str::to_owned));
        return host.into_iter().collect();
    }
    let hosts = match cloud {
        Cloud::Global => VERIFICATION_HOSTS,
        Cloud::GccHigh | Cloud::Dod => US_VERIFICATION_HOSTS,
    };
    hosts.iter().map(|host| (*host).to_owned()).collect()
}

fn logs(file: &SiteFile) -> (Vec<Source>, Vec<LogCommand>) {
    let (mut sources, mut commands) = (Vec::new(), Vec::new());
    for (log, number) in file.logs.iter().zip(0..) {
        let (id, host) = (SourceId(number), log.host.clone());
        match &log.from {
            LogFrom::Patterns(patterns) => sources.push(Source { id, host, patterns: patterns.clone() }),
            LogFrom::Command(command) => commands.push(LogCommand { id, host, command: command.clone() }),
        }
    }
    (sources, commands)
}

#[cfg(test)]
mod tests;
