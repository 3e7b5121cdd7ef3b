//! A lab's addresses as they go to another process.
//!
//! Relies on the whole of them being taken apart and put together here, so that one more can't be forgotten.
//! Deliberately absent: a form in which the program itself would write them down.

use std::net::SocketAddr;

use mdi_console::lab::Addresses;
use mdi_console::lab::address::{ControllerAddress, LogSource, Reader, SensorHost};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
pub struct Told {
    site: [String; 5],
    controllers: Vec<(String, [SocketAddr; 2], Option<SocketAddr>, bool)>,
    portal: [String; 6],
    reader: [String; 2],
    log_sources: Vec<(String, Vec<String>)>,
    service_probe: Vec<String>,
    servers: Vec<(String, bool)>,
    times: [u32; 4],
    banner: Option<String>,
}

impl From<Addresses> for Told {
    #[rustfmt::skip]
    fn from(lab: Addresses) -> Self {
        let Addresses {
            workspace, domain, netbios, account, entry_id,
            controllers,
            ca_pem, login_url, tenant, client_id, graph_url, workspace_url,
            reader,
            log_sources, service_probe, servers,
            old_password_minutes, watch_seconds, poll_seconds, settle_seconds,
            banner,
        } = lab;
        let controller = |one: ControllerAddress| {
            let ControllerAddress { host, ldaps, ldap, kerberos, pdc_emulator } = one;
            (host, [ldaps, ldap], kerberos, pdc_emulator)
        };
        Self {
            site: [workspace, domain, netbios, account, entry_id],
            controllers: controllers.into_iter().map(controller).collect(),
            portal: [ca_pem, login_url, tenant, client_id, graph_url, workspace_url],
            reader: [reader.account, reader.password.to_string()],
            log_sources: log_sources.into_iter().map(|LogSource { host, patterns }| (host, patterns)).collect(),
            service_probe,
            servers: servers.into_iter().map(|SensorHost { host, standalone }| (host, standalone)).collect(),
            times: [old_password_minutes, watch_seconds, poll_seconds, settle_seconds],
            banner,
        }
    }
}

impl From<Told> for Addresses {
    #[rustfmt::skip]
    fn from(told: Told) -> Self {
        let [workspace, domain, netbios, account, entry_id] = told.site;
        let [ca_pem, login_url, tenant, client_id, graph_url, workspace_url] = told.portal;
        let [old_password_minutes, watch_seconds, poll_seconds, settle_seconds] = told.times;
        let [reader, password] = told.reader;
        let controllers = told.controllers.into_iter().map(|(host, [ldaps, ldap], kerberos, pdc_emulator)| {
            ControllerAddress { host, ldaps, ldap, kerberos, pdc_emulator }
        });
        Self {
            workspace, domain, netbios, account, entry_id,
            controllers: controllers.collect(),
            ca_pem, login_url, tenant, client_id, graph_url, workspace_url,
            reader: Reader { account: reader, password: password.into() },
            log_sources: told
                .log_sources
                .into_iter()
                .map(|(host, patterns)| LogSource { host, patterns })
                .collect(),
            service_probe: told.service_probe,
            servers: told
                .servers
                .into_iter()
                .map(|(host, standalone)| SensorHost { host, standalone })
                .collect(),
            old_password_minutes, watch_seconds, poll_seconds, settle_seconds,
            banner: told.banner,
        }
    }
}
