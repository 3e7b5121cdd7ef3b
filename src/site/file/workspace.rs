//! The workspace, its cloud, and how a password is saved there.
//!
//! Pure. The clouds' own addresses are Microsoft's. Deliberately absent: signing in; who does is read by `sign_in`.

use super::super::keys;
use super::super::names;
use super::super::table::Placed;
use super::{Application, Cloud, Reading, Save};
use crate::text::Safe;

mod sign_in;

pub(super) struct Place {
    pub(super) name: Safe,
    pub(super) portal: String,
    pub(super) cloud: Cloud,
    pub(super) application: Option<Application>,
    pub(super) save: Save,
    pub(super) clipboard: bool,
    pub(super) second_person: bool,
}

impl Cloud {
    /// Where people sign in.
    pub fn login(self) -> &'static str {
        match self {
            Self::Global => "https://login.microsoftonline.com",
            Self::GccHigh | Self::Dod => "https://login.microsoftonline.us",
        }
    }

    pub fn graph(self) -> &'static str {
        match self {
            Self::Global => "https://graph.microsoft.com",
            Self::GccHigh => "https://graph.microsoft.us",
            Self::Dod => "https://dod-graph.microsoft.us",
        }
    }

    /// The portal's page of the sensors' settings.
    pub fn portal(self) -> &'static str {
        match self {
            Self::Global => "https://security.microsoft.com/settings/identities",
            Self::GccHigh | Self::Dod => "https://security.microsoft.us/settings/identities",
        }
    }
}

pub(super) fn read(file: &Reading<'_, '_>) -> Option<Place> {
    let cloud = cloud(file);
    let saving = saving(file);
    let Some(table) = file.table(keys::WORKSPACE) else {
        file.missing(keys::WORKSPACE, "a table with the workspace's name");
        return None;
    };
    let portal = table.text("portal", &names::HTTPS);
    let name = table.needed("name", &names::NAME);
    let ((cloud, application), Saving { save, clipboard, second_person }) = (cloud?, saving?);
    let portal = portal.map_or_else(|| cloud.portal().to_owned(), |portal| portal.value);
    Some(Place { name: name?.value, portal, cloud, application, save, clipboard, second_person })
}

fn cloud(file: &Reading<'_, '_>) -> Option<(Cloud, Option<Application>)> {
    let Some(table) = file.table(keys::CLOUD) else {
        file.missing(keys::CLOUD, "a table with the cloud's name, the tenant and the application's id");
        return None;
    };
    let words = [("global", Cloud::Global), ("gcc-high", Cloud::GccHigh), ("dod", Cloud::Dod)];
    if table.get("name").is_none() {
        table.missing("name", "`global` (GCC too), `gcc-high` or `dod`");
    }
    let cloud = table.choice("name", &words);
    if table.flag("graph") == Some(false) {
        for key in keys::CLOUD.1.iter().filter(|key| !["name", "graph"].contains(*key)) {
            if let Some(value) = table.get(key) {
                table.together(&value.span(), key, "it is for Graph, and graph = false says not to use it");
            }
        }
        return Some((cloud?, None));
    }
    let tenant = table.needed("tenant", &names::TENANT);
    let client_id = table.needed("client_id", &names::GUID);
    let login = table.text("login_address", &names::SERVICE);
    let graph = table.text("graph_address", &names::SERVICE);
    let sign_in = sign_in::read(&table, login.as_ref())?;
    let cloud = cloud?;
    let or = |asked: Option<Placed<String>>, own: &str| asked.map_or_else(|| own.to_owned(), |own| own.value);
    let application = Application {
        tenant: tenant?.value,
        client_id: client_id?.value,
        sign_in,
        login: or(login, cloud.login()),
        graph: or(graph, cloud.graph()),
    };
    Some((cloud, Some(application)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    HandOff,
    Workspace,
}

struct Saving {
    save: Save,
    clipboard: bool,
    second_person: bool,
}

fn saving(file: &Reading<'_, '_>) -> Option<Saving> {
    // Microsoft's cloud offers nothing but its page.
    let Some(table) = file.table(keys::SAVE) else {
        return Some(Saving { save: Save::HandOff, clipboard: false, second_person: false });
    };
    let clipboard = table.choice("clipboard", &[("allow", true)]).unwrap_or(false);
    let second_person = table.flag("second_person").unwrap_or(false);
    let address = table.text("address", &names::HTTPS);
    let words = [("hand-off", Mode::HandOff), ("workspace", Mode::Workspace)];
    let mode = if table.get("mode").is_some() { table.choice("mode", &words)? } else { Mode::HandOff };
    let save = match (mode, address) {
        (Mode::HandOff, None) => Save::HandOff,
        (Mode::HandOff, Some(address)) => {
            let why =
                "it is where mode = \"workspace\" saves; with a hand-off, the operator saves at the portal";
            table.together(&address.at, "address", why);
            return None;
        }
        (Mode::Workspace, None) => {
            if table.get("address").is_none() {
                table.missing("address", names::HTTPS.expected);
            }
            return None;
        }
        (Mode::Workspace, Some(address)) => Save::Workspace { address: address.value },
    };
    Some(Saving { save, clipboard, second_person })
}
