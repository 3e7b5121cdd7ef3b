//! Controllers as they are named by hand: `H`, `H:P`, `H=ADDRESS`, `H=ADDRESS:P`. Pure.
//!
//! The name is always wanted: it is what the controller's certificate is for. An address beside it saves asking DNS; with
//! a port it stands for a port-forward, where nothing else is at the address. Deliberately absent: Kerberos's port, which
//! a site file gives.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use crate::directory::names;
use crate::directory::search::{Named, Ports};
use crate::text::Safe;

/// One `--controller`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerArgument {
    pub host: Safe,
    address: Option<IpAddr>,
    port: Option<u16>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAController {
    #[error(
        "a controller is named by its full host name, like dc1.contoso.test: its certificate is for that name, not for \
         an address. An address may follow it, as in dc1.contoso.test=10.0.0.10"
    )]
    Host,
    #[error("what follows = is not an IP address, with a port or without, like 10.0.0.10 or [fd00::10]:6636")]
    Address,
    #[error("what follows : is not a port between 1 and 65535")]
    Port,
}

impl FromStr for ControllerArgument {
    type Err = NotAController;

    fn from_str(text: &str) -> Result<Self, NotAController> {
        let Some((name, address)) = text.split_once('=') else {
            let (name, port) = match text.split_once(':') {
                Some((name, port)) => (name, Some(read_port(port)?)),
                None => (text, None),
            };
            return Ok(Self { host: read_host(name)?, address: None, port });
        };
        let host = read_host(name)?;
        let (address, port) = match (address.parse::<IpAddr>(), address.parse::<SocketAddr>()) {
            (Ok(address), _) => (address, None),
            (Err(_), Ok(at)) if at.port() != 0 => (at.ip(), Some(at.port())),
            (Err(_), Ok(_)) => return Err(NotAController::Port),
            (Err(_), Err(_)) => return Err(NotAController::Address),
        };
        Ok(Self { host, address: Some(address), port })
    }
}

/// A controller's full name, in lower case.
pub fn read_host(text: &str) -> Result<Safe, NotAController> {
    let name = names::full_domain(text).map_err(|_| NotAController::Host)?;
    let numbers = name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if name.contains('.') && !numbers { Ok(name) } else { Err(NotAController::Host) }
}

fn read_port(text: &str) -> Result<u16, NotAController> {
    text.parse().ok().filter(|port| *port != 0).ok_or(NotAController::Port)
}

impl ControllerArgument {
    pub fn named(&self, pdc_emulator: Option<bool>) -> Named {
        let usual = Ports::default();
        let ports = match (self.address, self.port) {
            (_, None) => usual,
            (None, Some(ldaps)) => Ports { ldaps, ..usual },
            (Some(_), Some(ldaps)) => Ports { ldaps, ldap: 0, kerberos: 0 },
        };
        let addresses = self.address.into_iter().collect();
        Named { host: self.host.clone(), addresses, ports, pdc_emulator }
    }

    /// DNS is needed to find it.
    pub fn needs_dns(&self) -> bool {
        self.address.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controllers_are_named_by_host_and_may_have_address_and_port() {
        let check = |text: &str, address: Option<&str>, ports: (u16, u16, u16)| {
            let named = text.parse::<ControllerArgument>().unwrap().named(None);
            assert_eq!(named.host.as_str(), "dc1.contoso.test", "{text}");
            let expected: Vec<IpAddr> = address.iter().map(|one| one.parse().unwrap()).collect();
            assert_eq!(named.addresses, expected, "{text}");
            let found = (named.ports.ldaps, named.ports.ldap, named.ports.kerberos);
            assert_eq!(found, ports, "{text}");
        };
        check("DC1.Contoso.Test", None, (636, 389, 88));
        check("dc1.contoso.test:6636", None, (6636, 389, 88));
        check("dc1.contoso.test=10.0.0.10", Some("10.0.0.10"), (636, 389, 88));
        check("dc1.contoso.test=fd00::10", Some("fd00::10"), (636, 389, 88));
        check("dc1.contoso.test=127.0.0.1:6636", Some("127.0.0.1"), (6636, 0, 0));
        check("dc1.contoso.test=[fd00::10]:6636", Some("fd00::10"), (6636, 0, 0));
    }

    #[test]
    fn what_names_no_controller_says_why() {
        let check = |text: &str, expected: NotAController| {
            assert_eq!(text.parse::<ControllerArgument>(), Err(expected), "{text}");
        };
        check("10.0.0.10", NotAController::Host);
        check("dc1", NotAController::Host);
        check("", NotAController::Host);
        check("=10.0.0.10", NotAController::Host);
        check("fd00::10", NotAController::Port);
        check("dc1.contoso.test:0", NotAController::Port);
        check("dc1.contoso.test:ldaps", NotAController::Port);
        check("dc1.contoso.test=10.0.0.10:0", NotAController::Port);
        check("dc1.contoso.test=dc1", NotAController::Address);
        check("dc1.contoso.test=", NotAController::Address);
    }
}
