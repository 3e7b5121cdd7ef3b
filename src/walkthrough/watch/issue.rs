//! Which health issues are held against a save: those about a credential that are newer than its mark. Pure.

use crate::portal::HealthIssue;

use super::Watch;

impl Watch {
    /// Whether an issue is about a credential, open, and newer than the mark.
    pub fn holds(&self, issue: &HealthIssue) -> bool {
        issue.about_credential() && issue.open() && !self.old_issues.contains(&issue.id) && !self.older(issue)
    }

    /// Last changed before the mark, by the portal's own clock: it only came late, and says nothing about this save.
    fn older(&self, issue: &HealthIssue) -> bool {
        let last = issue.created.max(issue.modified);
        matches!((last, self.mark.portal_time), (Some(last), Some(mark)) if last < mark)
    }
}
