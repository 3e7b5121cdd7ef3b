//! A lab under test, its clock driven, spoken to over the real protocols by clients that aren't the program's.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Certificate, Client, Response};
use serde_json::{Value, json};

use crate::clock::{Driven, Instant};
use crate::lab::scenario::{self, Scenario};
use crate::lab::{Lab, StartOptions, http};

pub struct Bench {
    pub lab: Lab,
    driven: Driven,
    client: Client,
    token: String,
    folder: Arc<tempfile::TempDir>,
}

impl Bench {
    pub async fn start(name: &str) -> Self {
        Self::start_with(scenario::find(name).expect("a scenario"), None).await
    }

    /// Starts the lab and signs an application in.
    pub async fn start_with(scenario: Scenario, password: Option<&str>) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let driven = Driven::new("2026-01-02T03:04:05Z".parse().expect("a moment"));
        let options = StartOptions {
            scenario,
            clock: driven.clock(),
            folder: folder.path().into(),
            program: "mdi-console".into(),
            password: password.map(str::to_owned),
        };
        let lab = Lab::start(options).expect("a lab");
        let root = Certificate::from_pem(lab.addresses().ca_pem.as_bytes()).expect("a certificate");
        let client = Client::builder().tls_certs_only([root]).no_proxy().build().expect("a client");
        let mut bench = Self { lab, driven, client, token: String::new(), folder };
        let granted: Value = bench
            .ask_token(&[("grant_type", "client_credentials"), ("client_secret", http::CLIENT_SECRET)])
            .await
            .json()
            .await
            .expect("JSON");
        bench.token = granted["access_token"].as_str().expect("a token").into();
        bench
    }

    pub async fn post(&self, endpoint: &str, fields: &[(&str, &str)]) -> Response {
        let addresses = self.lab.addresses();
        let url = format!("{}/{}/oauth2/v2.0/{endpoint}", addresses.login_url, addresses.tenant);
        let fields: Vec<_> =
            fields.iter().copied().chain([("client_id", addresses.client_id.as_str())]).collect();
        self.client.post(url).form(&fields).send().await.expect("an answer")
    }

    pub async fn ask_token(&self, fields: &[(&str, &str)]) -> Response {
        self.post("token", fields).await
    }

    /// A request with the token.
    pub async fn get(&self, path: &str) -> reqwest::Result<Response> {
        let url = format!("{}{path}", self.lab.addresses().graph_url);
        self.client.get(url).bearer_auth(&self.token).send().await
    }

    pub async fn get_bare(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.lab.addresses().graph_url);
        self.client.get(url).send().await.expect("an answer")
    }

    /// Sends a form as a browser does, and goes where it is sent on.
    pub async fn send_form(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Response {
        let url = format!("{}{path}", self.lab.addresses().workspace_url);
        let request = headers
            .iter()
            .fold(self.client.post(url).form(fields), |request, (name, value)| request.header(*name, *value));
        request.send().await.expect("an answer")
    }

    /// Every row of all pages.
    pub async fn rows(&self, path: &str) -> Vec<Value> {
        let (mut rows, mut next) = (Vec::new(), path.to_owned());
        loop {
            let body: Value = self.get(&next).await.expect("an answer").json().await.expect("JSON");
            rows.extend(body["value"].as_array().expect("rows").iter().cloned());
            match body["@odata.nextLink"].as_str() {
                Some(link) => next = link.strip_prefix(&self.lab.addresses().graph_url).expect("ours").into(),
                None => return rows,
            }
        }
    }

    pub async fn sensors(&self) -> Vec<Value> {
        self.rows("/v1.0/security/identities/sensors").await
    }

    pub async fn services(&self, status: &str) -> usize {
        self.sensors().await.iter().filter(|one| one["serviceStatus"] == status).count()
    }

    pub async fn open_issues(&self) -> usize {
        self.rows("/v1.0/security/identities/healthIssues?$filter=Status eq 'open'").await.len()
    }

    pub fn entry_path(&self) -> String {
        format!("/api/directoryServices/{}", self.lab.addresses().entry_id)
    }

    pub async fn etag(&self) -> String {
        let answer = self.get(&self.entry_path()).await.expect("an answer");
        answer.headers()["etag"].to_str().expect("text").into()
    }

    /// One change, with these headers.
    pub async fn put(&self, password: &str, headers: &[(&str, &str)]) -> reqwest::Result<Response> {
        let addresses = self.lab.addresses();
        let url = format!("{}{}", addresses.workspace_url, self.entry_path());
        let body = json!({
            "AccountName": addresses.account, "DomainDnsName": addresses.domain, "AccountPassword": password,
            "IsGroupManagedServiceAccount": false, "IsSingleLabelAccountDomainName": false,
        });
        let mut request = self.client.put(url).bearer_auth(&self.token).json(&body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await
    }

    /// A save as the operator's console would make it.
    pub async fn save(&self, password: &str) {
        let etag = self.etag().await;
        let answer = self.put(password, &[("If-Match", &etag), ("Change-Id", "change-1")]).await;
        assert_eq!(answer.expect("an answer").status(), 200);
    }

    /// One bind at the PDC emulator over TLS; its result code.
    pub async fn bind(&self, password: &str) -> u32 {
        self.bind_at(0, password).await
    }

    pub async fn bind_at(&self, controller: usize, password: &str) -> u32 {
        let addresses = self.lab.addresses();
        let mut roots = rustls::RootCertStore::empty();
        let der =
            <rustls::pki_types::CertificateDer<'_> as rustls::pki_types::pem::PemObject>::from_pem_slice(
                addresses.ca_pem.as_bytes(),
            );
        roots.add(der.expect("a certificate")).expect("a root");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        // The certificate also names the address.
        let url = format!("ldaps://{}", addresses.controllers[controller].ldaps);
        let settings = ldap3::LdapConnSettings::new().set_config(Arc::new(tls));
        let (connection, mut ldap) = ldap3::LdapConnAsync::with_settings(settings, &url).await.expect("TLS");
        tokio::spawn(async move { connection.drive().await.ok() });
        ldap.simple_bind("svc-mdi@contoso.test", password).await.expect("an answer").rc
    }

    /// Moves the clock to the next thing due within so many seconds, and waits until it is done; false when none is.
    pub async fn step(&self, seconds: u64) -> bool {
        self.driven.idle().await;
        let now = self.driven.clock().now().at;
        // Heartbeats are always due some day; what a save causes is due within seconds.
        match self.driven.next() {
            Some(next) if next <= now.after(Duration::from_secs(seconds)) => {
                self.driven.move_to(next);
                self.driven.idle().await;
                true
            }
            _ => false,
        }
    }

    /// Lets so many seconds pass, event by event.
    pub async fn run(&self, seconds: u64) {
        // The first task that waits must have been started.
        tokio::task::yield_now().await;
        self.driven.idle().await;
        let end = self.driven.clock().now().at.after(Duration::from_secs(seconds));
        while let Some(next) = self.driven.next().filter(|next| *next <= end) {
            self.driven.move_to(next);
            self.driven.idle().await;
        }
        self.driven.move_to(end);
        self.driven.idle().await;
    }

    pub fn now(&self) -> Instant {
        self.driven.clock().now().at
    }

    /// How often a sentence stands in all logs.
    pub fn logs(&self, sentence: &str) -> usize {
        let sources = self.lab.addresses().log_sources;
        let patterns = sources.iter().flat_map(|source| source.patterns.iter());
        let files = patterns.flat_map(|pattern| glob::glob(pattern).expect("a pattern"));
        let count = |path: PathBuf| std::fs::read_to_string(path).expect("a log").matches(sentence).count();
        files.map(|path| count(path.expect("a path"))).sum()
    }

    pub fn services_folder(&self) -> PathBuf {
        Path::join(self.folder.path(), "services")
    }
}
