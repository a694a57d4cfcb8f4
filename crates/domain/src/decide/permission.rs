//! Which role may send which command.

use super::Ctx;
use crate::command::{Command, CommandBody as C, Role};
use crate::refusal::Refusal;

pub(super) fn check(body: &C, command: &Command, ctx: &Ctx) -> Result<(), Refusal> {
    use Role::*;
    let role = ctx.author.role;
    let allowed: &[Role] = match body {
        C::AccountPut(_) | C::PersonErase(_) => &[Administrator, System],
        C::SettingsPut(_)
        | C::ManagersPut(_)
        | C::EstatePut(_)
        | C::SitePut(_)
        | C::OfficerPut(_)
        | C::UnitPut(_)
        | C::PanelPut(_)
        | C::RamsPut(_)
        | C::ChecklistPut(_)
        | C::KeyPut(_)
        | C::PanelPoliceCall(_) => &[Supervisor, Administrator, System],
        C::SignalReceive(_)
        | C::PanelSilent(_)
        | C::PanelHeard(_)
        | C::MediaReceived(_)
        | C::AssignmentText(_)
        | C::AssignmentNotice(_)
        | C::ManagerText(_)
        | C::TimerFire(_)
        | C::ReportKeep(_) => &[System],
        C::RamsOverride(_) | C::ChecklistInvite(_) | C::ChecklistUninvite(_) | C::ChecklistReturn(_) => {
            &[Supervisor, Administrator]
        }
        // Whoever holds the link; an account of its own does not help.
        C::ChecklistPropose(_) => &[Customer],
        C::AlarmView(_) => &[Operator, Cctv, Supervisor, Administrator],
        C::AlarmTake(_)
        | C::PanelOnTest(_)
        | C::PanelOffTest(_)
        | C::AlarmShelve(_)
        | C::AlarmClose(_)
        | C::CalloutCreate(_)
        | C::CalloutStandDown(_)
        | C::CalloutHold(_)
        | C::CalloutResume(_)
        | C::CalloutReopen(_)
        | C::CalloutOwn(_)
        | C::CancelRefuse(_)
        | C::AssignmentOffer(_)
        | C::AssignmentAttend(_)
        | C::AssignmentWithdraw(_)
        | C::AssignmentRelease(_)
        | C::LeadHandOver(_)
        | C::EscalationStandDown(_)
        | C::ReportReview(_)
        | C::MediaRelease(_)
        | C::TrackingIssue(_)
        | C::TrackingRevoke(_)
        | C::KeyIssue(_)
        | C::KeyReturn(_)
        | C::KeyLose(_) => &[Operator, Supervisor, Administrator],
        // The hub says that somebody seems to be there; see `arrive`.
        C::AssignmentArrive(_) => &[Officer, Operator, Supervisor, Administrator, System],
        C::LiaisonRecord(_) => &[Operator, Cctv, Supervisor, Administrator, Officer],
        C::CancelRequest(_) | C::RatingGive(_) => &[Operator, Supervisor, Administrator, Customer, Partner, System],
        C::CalloutRequest(_) | C::TestPlay(_) => &[Operator, Supervisor, Administrator, Customer, Partner],
        C::PoliceWait(_) => &[Operator, Cctv, Supervisor, Administrator, Officer],
        C::NoteAdd(_) => &[Operator, Cctv, Supervisor, Administrator, Officer, Customer],
        C::MessageDelivered(_) | C::MessageRead(_) => &[Operator, Supervisor, Administrator, Officer, Customer],
        C::ContactTried(_) => &[Operator, Cctv, Supervisor, Administrator, Officer],
        C::ContactsSettle(_) | C::EscalationPlan(_) | C::MajorDeclare(_) | C::HandoverWrite(_) | C::HandoverSign(_) => {
            &[Operator, Supervisor, Administrator]
        }
        C::EscalationRaise(_) => &[Operator, Cctv, Supervisor, Administrator, Officer, System],
        C::CallAnswer(_) | C::CallPut(_) | C::CallGrade(_) | C::CallClose(_) => &[Operator, Supervisor, Administrator],
        // An exchange has an account of its own; a partner's is the one that may do least.
        C::CallProgress(_) => &[Operator, Supervisor, Administrator, Partner, System],
        C::CallRecord(_) => &[Administrator, System],
        C::ShiftSignOn(_)
        | C::ShiftSignOff(_)
        | C::OfficerEmergency(_)
        | C::StandDownAcknowledge(_)
        | C::AssignmentDelivered(_)
        | C::AssignmentSeen(_)
        | C::AssignmentAccept(_)
        | C::AssignmentDecline(_)
        | C::AssignmentLeave(_)
        | C::RamsAcknowledge(_)
        | C::LocationConfirm(_)
        | C::AssignmentEnRoute(_)
        | C::AssignmentPark(_)
        | C::ChecklistAnswer(_)
        | C::DraRecord(_)
        | C::InspectionRecord(_)
        | C::ForcedEntryRecord(_)
        | C::PremisesSecure(_)
        | C::CheckCallAnswer(_)
        | C::StepAnswer(_)
        | C::StepSkip(_)
        | C::ReportSubmit(_) => &[Officer, Operator, Supervisor, Administrator],
    };
    if !allowed.contains(&role) {
        return Err(Refusal::new(
            "not_allowed",
            format!("The role {} may not do this ({}).", role.name(), body.kind()),
        )
        .mend("Ask a supervisor or the control room."));
    }
    if command.on_behalf_of.is_some() && !matches!(role, Operator | Supervisor | Administrator | System) {
        return Err(Refusal::new("not_allowed", "Only the control room may act on behalf of an officer.")
            .mend("Leave on_behalf_of out."));
    }
    Ok(())
}
