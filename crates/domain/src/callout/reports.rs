//! Which versions of the report there should be, and which of them are kept.

use super::Callout;
use crate::event::ReportOf;

impl Callout {
    /// What should be rendered and kept and is not yet: the submission and the approval that stand, and what was added
    /// after the end. By what made it and its log position, oldest first.
    pub fn reports_due(&self) -> Vec<(ReportOf, i64)> {
        let submitted = self.report.as_ref().map(|r| (ReportOf::Submitted, r.seq));
        let approved = self.reviews.last().filter(|r| r.what.approve).map(|r| (ReportOf::Approved, r.seq));
        let added = self.notes.iter().filter(|n| approved.is_some_and(|(_, seq)| n.seq > seq));
        let added = added.map(|n| (ReportOf::Addendum, n.seq));
        let all = submitted.into_iter().chain(approved).chain(added);
        all.filter(|(of, seq)| !self.reports.iter().any(|r| (r.what.of, r.what.of_seq) == (*of, *seq))).collect()
    }
}
