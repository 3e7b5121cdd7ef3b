//! A live site, made of what its file says and of the controllers that were found.
//!
//! Relies on the file having been checked. Deliberately absent: finding the controllers, signing in, any secret.

use super::file::{Application, LogFrom, Proof, Save, SiteFile};
use super::{Limits, LogCommand, Opened, Site, SiteFault};
use crate::directory::Controller;
use crate::logs::SourceId;
use crate::logs::tail::Source;
use crate::portal::token::{Login, VERIFICATION_HOSTS};
use crate::sensor::Server;
use crate::sensor::probe::Template;
use crate::text::Safe;
use crate::walkthrough::Clipboard;

impl Site {
    /// The site of a file, with the controllers that its searches found.
    pub fn of_file(opened: Opened, controllers: Vec<Controller>) -> Result<Self, SiteFault> {
        let Opened { file, ca, origin } = opened;
        let template = |command: &Option<Vec<String>>| command.clone().map(Template::new).transpose();
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
        let server =
            |one: &super::file::Sensor| Server { host: one.host.clone(), standalone: one.standalone };
        Ok(Self {
            lab: false,
            origin: Some(origin),
            controllers: controllers.into_iter().map(|one| usable(one, file.directory.proof)).collect(),
            ca,
            login: login(&file),
            graph: file.cloud.graph().to_owned(),
            uses_graph: file.application.is_some(),
            portal: file.portal,
            workspace,
            save: file.save,
            accounts: file.accounts,
            reader: file.reader,
            sources,
            commands,
            servers: file.sensors.iter().map(server).collect(),
            probe: template(&file.probe.command)?,
            probes,
            proof: file.directory.proof,
            clipboard: if file.clipboard { Clipboard::Allowed } else { Clipboard::NotAllowed },
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
            banner: None,
            searches: file.searches,
            search_faults: Vec::new(),
            name: file.name,
        })
    }

    /// How a server's services are asked about; `None`: the operator marks them.
    pub fn probe_of(&self, host: &Safe) -> Option<&Template> {
        let own = self.probes.iter().find(|(own, _)| own == host);
        own.map_or(self.probe.as_ref(), |(_, probe)| probe.as_ref())
    }
}

fn usable(controller: Controller, proof: Proof) -> Controller {
    Controller { kerberos: controller.kerberos.filter(|_| proof != Proof::Ldap), ..controller }
}

/// Where and as what to sign in. A token's scope names the Graph host it is used on.
fn login(file: &SiteFile) -> Login {
    let graph = file.cloud.graph();
    let (tenant, client_id) = match &file.application {
        Some(Application { tenant, client_id }) => (tenant.as_str(), client_id.clone()),
        None => ("", String::new()),
    };
    Login {
        authority: format!("{}/{tenant}", file.cloud.login()),
        client_id,
        scope: format!(
            "{graph}/SecurityIdentitiesSensors.Read.All {graph}/SecurityIdentitiesHealth.Read.All offline_access"
        ),
        verification_hosts: VERIFICATION_HOSTS.iter().map(|host| (*host).to_owned()).collect(),
    }
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
