//! The environment's proxy: asked where it is to be, left out where it is not, and told no more than a name and a port.
//!
//! Relies on two listeners of the test's own, the proxy and the host that is asked for; each counts who comes. The host
//! is this machine by an address that isn't loopback's, which never goes through a proxy. Deliberately absent: a proxy
//! that passes anything on.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use crate::place::Place;

/// Takes every request's first line, and turns it away.
struct Listener {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    taking: JoinHandle<()>,
}

/// What ends it.
const ENOUGH: &str = "enough\r\n";

impl Listener {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let note = Arc::clone(&seen);
        let taking = thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = Vec::new();
                let mut lines = BufReader::new(stream.try_clone().unwrap());
                // What speaks TLS at once has no lines, and is not answered.
                while lines.read_until(b'\n', &mut head).unwrap_or(0) > 0 {
                    let speaks_http = head.starts_with(b"CONNECT ");
                    if !speaks_http || head.ends_with(b"\r\n\r\n") {
                        break;
                    }
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                if head == ENOUGH {
                    return;
                }
                note.lock().unwrap().push(head);
                let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
            }
        });
        Self { address, seen, taking }
    }

    fn close(self) -> Vec<String> {
        TcpStream::connect(self.address).unwrap().write_all(ENOUGH.as_bytes()).unwrap();
        self.taking.join().unwrap();
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

#[test]
fn the_environment_says_which_way_a_host_is_asked_and_loopback_is_asked_directly() {
    let place = Place::open();
    let written = place.file_with_graph("");
    let login = |line: &&str| line.starts_with("login_address");
    let before = written.lines().find(login).unwrap();
    let check = |host: &str, environment: &[(&str, &str)], through_the_proxy: bool| {
        let (proxy, asked) = (Listener::open(), Listener::open());
        let port = asked.address.port();
        place.write(&written.replace(before, &format!("login_address = \"https://{host}:{port}\"")));
        let address = format!("http://{}", proxy.address);
        let environment: Vec<(&str, &str)> = environment
            .iter()
            .map(|(name, value)| (*name, if *value == "proxy" { address.as_str() } else { *value }))
            .collect();
        let said = place.run_with(&["sensors"], "", &environment);
        assert_eq!(said.code, Some(3), "{} {}", said.out, said.complaint);
        let (proxied, direct) = (proxy.close(), asked.close());
        let counts = (proxied.len(), direct.len());
        let expected = if through_the_proxy { (1, 0) } else { (0, 1) };
        assert_eq!(counts, expected, "{host} {environment:?}\n{}", said.complaint);
        let connects = format!("CONNECT {host}:{port} HTTP/1.1\r\n");
        assert!(proxied.iter().all(|head| head.starts_with(&connects)), "{proxied:?}");
        let learnt = |head: &String| head.contains(&place.addresses.client_id) || head.contains("devicecode");
        assert!(!proxied.iter().any(learnt), "{proxied:?}");
    };
    // Every network's address of this machine.
    let here = "0.0.0.0";
    check(here, &[], false);
    check(here, &[("HTTPS_PROXY", "proxy")], true);
    check(here, &[("https_proxy", "proxy")], true);
    check(here, &[("ALL_PROXY", "proxy")], true);
    check(here, &[("HTTP_PROXY", "proxy")], false);
    check(here, &[("HTTPS_PROXY", "proxy"), ("NO_PROXY", "nowhere.test,192.0.2.0/24")], true);
    check(here, &[("HTTPS_PROXY", "proxy"), ("NO_PROXY", "nowhere.test,0.0.0.0")], false);
    check(here, &[("HTTPS_PROXY", "proxy"), ("no_proxy", "0.0.0.0/8")], false);
    check("127.0.0.1", &[("HTTPS_PROXY", "proxy")], false);
    place.close();
}

#[test]
fn the_clouds_own_hosts_are_asked_through_it_by_name() {
    let place = Place::open();
    let site = place.file_with_graph("");
    let own = |line: &&str| !line.starts_with("login_address") && !line.starts_with("graph_address");
    place.write(&site.lines().filter(own).collect::<Vec<_>>().join("\n"));
    let proxy = Listener::open();
    let address = format!("http://{}", proxy.address);
    let environment = [("HTTPS_PROXY", address.as_str()), ("NO_PROXY", "nowhere.test")];
    let said = place.run_with(&["--plain", "--password-stdin"], "1\nq\n1\n", &environment);
    said.says(&["The portal could not be read"]);
    let heads = proxy.close();
    let [head] = heads.as_slice() else { panic!("{heads:?}") };
    assert!(head.starts_with("CONNECT login.microsoftonline.com:443 HTTP/1.1\r\n"), "{head}");
    assert!(!head.contains(&place.addresses.client_id) && !head.contains("devicecode"), "{head}");
    place.close();
}
