//! The forms of what a site file names: hosts, accounts, addresses. What each must look like, in words and as a check.
//!
//! Pure. Names of hosts and domains come out in lower case, without the dot at the end. Deliberately absent: whether
//! anything is there; the directory and the portal are asked that.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use crate::text::Safe;

use super::secrets;

/// A form that a text may have.
pub(super) struct Form<T> {
    /// Reads after "expected".
    pub(super) expected: &'static str,
    pub(super) read: fn(&str) -> Option<T>,
}

pub(super) const NAME: Form<Safe> = Form {
    expected: "a name of 1 to 64 characters",
    read: |text| {
        let fits = (1..=64).contains(&text.chars().count()) && text.trim() == text;
        (fits && *Safe::new(text) == *text).then(|| Safe::new(text))
    },
};

pub(super) const HOST: Form<Safe> =
    Form { expected: "a full host name, like dc1.contoso.test", read: |text| host(text, 2) };

pub(super) const DOMAIN: Form<Safe> =
    Form { expected: "a domain's full DNS name, like contoso.test", read: |text| host(text, 1) };

/// A site of Active Directory, which becomes a label of a DNS name.
pub(super) const SITE: Form<Safe> = Form {
    expected: "the name of a site, like Default-First-Site-Name",
    read: |text| label(text).then(|| Safe::new(text)),
};

pub(super) const ACCOUNT: Form<Safe> = Form {
    expected: "the bare account name (sAMAccountName, 1 to 20 characters) without domain, @ or \\",
    read: |text| {
        let legal = |c: char| !c.is_control() && !"\"/\\[]:;|=,+*?<>@".contains(c);
        let bare = text.strip_suffix('$').unwrap_or(text);
        let fits = (1..=20).contains(&bare.chars().count()) && text.trim() == text;
        (fits && text.chars().all(legal) && !bare.ends_with('.')).then(|| Safe::new(text))
    },
};

pub(super) const IDENTIFIER: Form<String> = Form {
    expected: "the entry's id at the workspace: letters, digits and hyphens",
    read: |text| {
        let legal = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        (!text.is_empty() && text.len() <= 128 && text.chars().all(legal)).then(|| text.to_owned())
    },
};

pub(super) const GUID: Form<String> = Form {
    expected: "the application's id, a GUID like 11111111-2222-3333-4444-555555555555",
    read: |text| secrets::is_guid(text).then(|| text.to_ascii_lowercase()),
};

pub(super) const TENANT: Form<String> = Form {
    expected: "the tenant's id (a GUID) or its domain, like contoso.onmicrosoft.com",
    read: |text| {
        let guid = secrets::is_guid(text).then(|| text.to_ascii_lowercase());
        guid.or_else(|| host(text, 2).map(|host| host.to_string()))
    },
};

pub(super) const ADDRESS: Form<IpAddr> =
    Form { expected: "an IP address, like 10.0.0.10", read: |text| text.parse().ok() };

/// A name server; port 53 unless another is given.
pub(super) const NAME_SERVER: Form<SocketAddr> = Form {
    expected: "a name server's IP address, with a port if it isn't 53: 10.0.0.10, 10.0.0.10:5353, [fd00::10]:5353",
    read: |text| {
        let address = text.parse::<IpAddr>().map(|address| SocketAddr::new(address, 53));
        address.or_else(|_| text.parse()).ok().filter(|address| address.port() != 0)
    },
};

pub(super) const HTTPS: Form<String> = Form {
    expected: "an address that begins with https:// and has no user, ? or # in it",
    read: |text| {
        let url = Url::parse(text).ok()?;
        let bare = url.username().is_empty() && url.password().is_none();
        let whole = url.query().is_none() && url.fragment().is_none() && url.has_host();
        (url.scheme() == "https" && bare && whole && *Safe::new(text) == *text)
            .then(|| text.trim_end_matches('/').to_owned())
    },
};

/// As [`HTTPS`], or without TLS where nothing leaves this machine.
pub(super) const SERVICE: Form<String> = Form {
    expected: "an address that begins with https:// (or http:// on loopback) and has no user, ? or # in it",
    read: |text| match text.strip_prefix("http://") {
        Some(rest) if is_loopback(text) => (HTTPS.read)(&format!("https://{rest}"))
            .and_then(|plain| Some(format!("http://{}", plain.strip_prefix("https://")?))),
        _ => (HTTPS.read)(text),
    },
};

/// A file that holds a secret. The slash tells it from the secret itself, which must not stand here.
pub(super) const SECRET_FILE: Form<String> = Form {
    expected: "the path of a file, with a slash in it, like ./client-secret; never the secret itself",
    read: |text| (FILE.read)(text).filter(|path| path.contains('/') && !path.ends_with('/')),
};

pub(super) const FILE: Form<String> = Form {
    expected: "a file's path, from this file's folder or from /",
    read: |text| (!text.is_empty() && *Safe::new(text) == *text).then(|| text.to_owned()),
};

pub(super) const PATTERN: Form<String> = Form {
    expected: "a path from /, with *, ? or […] where wanted; of a Windows share (\\\\host\\share) the path it is mounted at",
    read: |text| {
        let good = text.starts_with('/')
            && !text.starts_with("//")
            && *Safe::new(text) == *text
            && glob::Pattern::new(text).is_ok();
        good.then(|| text.to_owned())
    },
};

/// One part of a command; there is no shell to take it apart.
pub(super) const ARGUMENT: Form<String> = Form {
    expected: "one argument of the command",
    read: |text| (!text.contains('\0')).then(|| text.to_owned()),
};

/// Does an address lead to this machine itself?
pub(super) fn is_loopback(address: &str) -> bool {
    let url = Url::parse(address).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn host(text: &str, labels: usize) -> Option<Safe> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let numbers = text.split('.').all(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
    let whole = text.len() <= 253 && text.split('.').count() >= labels && text.split('.').all(label);
    (whole && !numbers).then(|| Safe::from(text.to_ascii_lowercase()))
}

/// Windows allows an underscore too.
fn label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Is `host` the domain itself or a name inside it? Both in lower case.
pub(super) fn lies_in(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_out_in_one_form_or_not_at_all() {
        let check = |form: &Form<Safe>, text: &str, expected: Option<&str>| {
            assert_eq!((form.read)(text).as_deref(), expected, "{text}");
        };
        check(&HOST, "DC1.Contoso.test.", Some("dc1.contoso.test"));
        check(&HOST, "dc1", None);
        check(&HOST, "10.0.0.1", None);
        check(&HOST, "dc1..test", None);
        check(&HOST, "-dc1.contoso.test", None);
        check(&HOST, "dc1.contoso.test/x", None);
        check(&DOMAIN, "CONTOSO", Some("contoso"));
        check(&DOMAIN, "", None);
        check(&SITE, "Branch.Office", None);
        check(&ACCOUNT, "svc-mdi", Some("svc-mdi"));
        check(&ACCOUNT, "gmsa-mdi$", Some("gmsa-mdi$"));
        check(&ACCOUNT, "svc-mdi@contoso.test", None);
        check(&ACCOUNT, "CONTOSO\\svc-mdi", None);
        check(&ACCOUNT, "abcdefghijklmnopqrstu", None);
        check(&NAME, " x", None);
        check(&NAME, "x\u{202e}y", None);
    }

    #[test]
    fn name_servers_have_a_port() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!((NAME_SERVER.read)(text), expected.map(|address| address.parse().unwrap()), "{text}");
        };
        check("10.0.0.10", Some("10.0.0.10:53"));
        check("10.0.0.10:5353", Some("10.0.0.10:5353"));
        check("fd00::10", Some("[fd00::10]:53"));
        check("[fd00::10]:5353", Some("[fd00::10]:5353"));
        check("dns.contoso.test", None);
        check("10.0.0.10:0", None);
    }

    #[test]
    fn addresses_are_https_and_bare() {
        let good = |text: &str| (HTTPS.read)(text).is_some();
        assert!(good("https://mdi.contoso.test:8443/api/"));
        for bad in ["http://a.test", "https://u@a.test", "https://a.test/?x", "a.test", "https://a.test/#x"] {
            assert!(!good(bad), "{bad}");
        }
    }

    #[test]
    fn without_tls_only_this_machine_is_a_service() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!((SERVICE.read)(text).as_deref(), expected, "{text}");
        };
        check("https://login.contoso.test/adfs/", Some("https://login.contoso.test/adfs"));
        check("http://127.0.0.1:8080/", Some("http://127.0.0.1:8080"));
        check("http://[::1]:8080", Some("http://[::1]:8080"));
        check("http://localhost:8080", Some("http://localhost:8080"));
        check("http://login.contoso.test", None);
        check("http://127.0.0.1.contoso.test", None);
        check("http://127.0.0.1@evil.test", None);
        check("http://ana:x@127.0.0.1", None);
        check("http://127.0.0.1/?x", None);
    }

    #[test]
    fn a_secrets_file_is_told_from_the_secret() {
        let good = |text: &str| (SECRET_FILE.read)(text).is_some();
        assert!(good("./client-secret") && good("/etc/mdi/key.pem"));
        assert!(!good("hunter2") && !good("8mV8Q~kP2x") && !good("") && !good("/etc/mdi/"));
    }

    #[test]
    fn a_host_lies_in_its_domain_and_in_no_other() {
        assert!(lies_in("dc1.contoso.test", "contoso.test"));
        assert!(!lies_in("dc1.evilcontoso.test", "contoso.test"));
        assert!(!lies_in("contoso.test.evil.test", "contoso.test"));
    }
}
