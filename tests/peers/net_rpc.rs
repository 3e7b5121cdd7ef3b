//! The preset `net-rpc` against Samba's own service control manager: what runs, what isn't there, and why nobody answers.
//!
//! Deliberately absent: a stopped service, which Samba's built-in ones never are, and a process id, which none tells.

use mdi_console::clock::Clock;
use mdi_console::sensor::probe::{Prober, Template};
use mdi_console::sensor::{ProbeFault, Server, Service, ServiceState, Way, Why};

use crate::forest::Forest;
use crate::sensor_servers::preset;

/// `net` is given up on after the same time as by a site.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(20);

async fn ask(command: Vec<String>, host: &str) -> Result<ServiceState, ProbeFault> {
    let template = Template::new(Way::NetRpc, command).expect("a command");
    let server = Server { host: host.into(), standalone: true, way: Way::NetRpc };
    Prober::new(Clock::system(), LIMIT).ask(&template, &server, Service::Sensor).await
}

#[tokio::test]
async fn a_service_of_sambas_own_runs_and_no_process_id_is_told() {
    let Some(forest) = Forest::enter().await else { return };
    let _serving = forest.service_control();
    let ticket = forest.ticket("svc-mdi");
    let asked = preset("net-rpc");
    let of_samba: Vec<String> =
        asked.iter().map(|argument| argument.replace("{service}", "NETLOGON")).collect();
    assert_ne!(of_samba, asked);
    let at = |ticket: &std::path::Path, command: &[String]| forest.with_ticket(ticket, command);
    let running = Ok(ServiceState::Running { pid: None });
    assert_eq!(ask(at(&ticket, &of_samba), "dc2.contoso.test").await, running);
    // A sensor's service is none that Samba knows.
    assert_eq!(ask(at(&ticket, &asked), "dc2.contoso.test").await, Ok(ServiceState::Absent));
    let check = async |ticket: &std::path::Path, host: &str, why: Why| {
        let unknown = Ok(ServiceState::Unknown(why));
        assert_eq!(ask(at(ticket, &of_samba), host).await, unknown, "{host}");
    };
    // The first controller serves no SMB.
    check(&ticket, "dc1.contoso.test", Why::NotReached("NT_STATUS_CONNECTION_REFUSED".into())).await;
    check(&ticket, "dc9.contoso.test", Why::NotReached("no server of that name".into())).await;
    let nowhere = ticket.with_file_name("no-ticket");
    check(&nowhere, "dc2.contoso.test", Why::NotSignedIn("NT_STATUS_INVALID_PARAMETER".into())).await;
}
