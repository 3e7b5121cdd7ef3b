//! A site of nothing but controllers, for a password test alone: no portal, no sensors, no logs.
//!
//! Relies on the controllers having been found. Deliberately absent: any secret.

use crate::directory::Controller;
use crate::directory::locate::LocateFault;
use crate::directory::search::Search;
use crate::portal::token::Login;
use crate::text::Safe;

use super::{Limits, Proof, Save, Site};

impl Site {
    /// Of a domain's controllers, found by `search`. `ca`: PEM of the one authority to trust.
    pub fn of_controllers(
        search: Search,
        controllers: Vec<Controller>,
        search_faults: Vec<LocateFault>,
        ca: Option<Vec<u8>>,
    ) -> Self {
        let hour = std::time::Duration::from_hours(1);
        Self {
            name: search.domain.clone(),
            lab: false,
            origin: None,
            controllers,
            searches: vec![search],
            search_faults,
            ca,
            login: Login::default(),
            graph: String::new(),
            uses_graph: false,
            application: false,
            portal: String::new(),
            save: Save::HandOff,
            workspace: String::new(),
            accounts: Vec::new(),
            reader: None,
            sources: Vec::new(),
            servers: Vec::new(),
            probe: None,
            probes: Vec::new(),
            commands: Vec::new(),
            proof: Proof::Any,
            clipboard: crate::walkthrough::Clipboard::NotAllowed,
            second_person: false,
            limits: Limits::default(),
            old_password: hour,
            lockout_window: hour,
            poll: hour,
            watch: hour,
            settle: hour,
            tour: false,
            options: Safe::default(),
            banner: None,
        }
    }

    /// The same without what only a walk needs: nothing of it is read or asked.
    #[must_use]
    pub fn for_a_test_alone(self) -> Self {
        Self {
            uses_graph: false,
            portal: String::new(),
            save: Save::HandOff,
            workspace: String::new(),
            sources: Vec::new(),
            servers: Vec::new(),
            probe: None,
            probes: Vec::new(),
            commands: Vec::new(),
            ..self
        }
    }

    /// There is something of a portal's that this program could ask.
    pub fn has_a_portal(&self) -> bool {
        self.uses_graph || !self.portal.is_empty() || !self.workspace.is_empty()
    }
}
