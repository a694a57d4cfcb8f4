//! What an officer does, decided from what the officer's page shows and from nothing else.
//!
//! [`next`] is pure: the phone's state, the officer's manner on this call-out and what the officer has done already
//! give the one next step. [`words::command`] turns a step into the command the page would send.

mod words;

pub use words::{Doing, command};

use domain::Instant;
use protocol::officer::{ItemView, OfferView, OfficerCallout, OfficerState};
use protocol::procedure::GateView;
use rand::RngExt;
use rand::rngs::StdRng;

/// One thing the officer does next. [`Step::Travel`] has no command: the unit moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Deliver,
    See,
    Accept,
    Decline(String),
    AcknowledgeStandDown,
    AnswerCheckCall,
    SignRams,
    ConfirmLocation,
    SetOff,
    Travel,
    Arrive,
    Park,
    SayOnScene,
    /// A checklist item, by its id.
    Answer(String),
    Assess,
    /// The question of a step of the procedure, by its id.
    AnswerStep(String),
    PressEmergency,
    InspectOutside,
    InspectInside,
    ForcedEntry,
    TellCustomer,
    Secure,
    Report,
}

impl Step {
    /// Whether it answers the offer on the phone, not the call-out in hand.
    pub fn is_about_offer(&self) -> bool {
        matches!(self, Self::Deliver | Self::See | Self::Accept | Self::Decline(_))
    }
}

/// The highest level of escalation.
const EMERGENCY: u8 = 3;

/// The result of the risk assessment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Finding {
    #[default]
    Safe,
    Controls,
    OutsideOnly,
    /// Waits once, then goes on with controls.
    WaitFirst,
    Withdraw,
}

/// How an officer works on one call-out.
#[derive(Clone, Debug, PartialEq)]
pub struct Manner {
    /// Units that answer this offer otherwise than by accepting it: with a reason they decline, without they let it run
    /// out.
    pub refusing: Vec<(String, Option<String>)>,
    pub accept_after_s: f64,
    /// 1 is life's pace; smaller is quicker.
    pub pace: f64,
    pub finding: Finding,
    /// Somebody forced an opening.
    pub forced: bool,
    /// Items of type yes/no answered “no”.
    pub says_no: Vec<String>,
    /// Does not do this step before that time.
    pub hold: Option<(Step, Instant)>,
    /// Holds the emergency button before this step.
    pub emergency_before: Option<Step>,
    /// What it turned out to be, for the report.
    pub story: String,
    /// `genuine`, `user_error`, `equipment_fault` …
    pub cause: String,
    pub seed: u64,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            refusing: vec![],
            accept_after_s: 9.0,
            pace: 1.0,
            finding: Finding::Safe,
            forced: false,
            says_no: vec![],
            hold: None,
            emergency_before: None,
            story: "Everything was found in order.".into(),
            cause: "unknown".into(),
            seed: 1,
        }
    }
}

/// What the officer has done that the phone's state does not show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// The offer that the next two are about.
    offer: String,
    delivered: bool,
    seen: bool,
    /// The assignment that the rest is about.
    work: String,
    said: bool,
    told: bool,
    emergency: bool,
}

impl Memory {
    fn about_offer(&mut self, assignment: &str) {
        if self.offer != assignment {
            (self.delivered, self.seen) = (false, false);
            self.offer = assignment.to_owned();
        }
    }

    fn about_work(&mut self, assignment: &str) {
        if self.work != assignment {
            (self.said, self.told, self.emergency) = (false, false, false);
            self.work = assignment.to_owned();
        }
    }

    /// Keeps in mind that a step was done.
    pub fn did(&mut self, step: &Step) {
        match step {
            Step::Deliver => self.delivered = true,
            Step::See => (self.delivered, self.seen) = (true, true),
            Step::SayOnScene => self.said = true,
            Step::TellCustomer => self.told = true,
            Step::PressEmergency => self.emergency = true,
            _ => {}
        }
    }
}

/// The next step, or None when there is nothing to do but wait or patrol.
pub fn next(state: &OfficerState, manner: &Manner, memory: &mut Memory, at_place: bool) -> Option<Step> {
    if let Some(offer) = &state.offer
        && let Some(step) = answer_offer(state, offer, manner, memory)
    {
        return Some(step);
    }
    let callout = state.callout.as_ref()?;
    memory.about_work(&callout.assignment);
    let step = work(callout, manner, memory, at_place)?;
    if manner.emergency_before.as_ref() == Some(&step) && !memory.emergency && callout.escalation == 0 {
        return Some(Step::PressEmergency);
    }
    Some(step)
}

fn answer_offer(state: &OfficerState, offer: &OfferView, manner: &Manner, memory: &mut Memory) -> Option<Step> {
    memory.about_offer(&offer.assignment);
    if !memory.delivered {
        return Some(Step::Deliver);
    }
    if !memory.seen {
        return Some(Step::See);
    }
    match &state.callout {
        Some(busy) if matches!(busy.stage.as_str(), "accepted" | "en_route" | "arrived") => {
            return Some(Step::Decline(format!("Still on {}", busy.number)));
        }
        // The last report first: it is a minute's work.
        Some(done) if done.stage == "clear" && !done.report_submitted => return Some(Step::Report),
        _ => {}
    }
    let call_sign = state.call_sign.as_deref().unwrap_or_default();
    match manner.refusing.iter().find(|(unit, _)| unit == call_sign) {
        Some((_, Some(reason))) => Some(Step::Decline(reason.clone())),
        Some((_, None)) => None,
        None => Some(Step::Accept),
    }
}

fn work(callout: &OfficerCallout, manner: &Manner, memory: &Memory, at_place: bool) -> Option<Step> {
    if callout.stood_down.is_some() {
        return (callout.stage == "stood_down").then_some(Step::AcknowledgeStandDown);
    }
    if callout.check_call_due.is_some() {
        return Some(Step::AnswerCheckCall);
    }
    // Who has pressed the emergency button waits until control has stood it down.
    if callout.escalation >= EMERGENCY && callout.stage != "clear" {
        return None;
    }
    let signs_on_the_way = callout.acknowledge_en_route && callout.priority == 1;
    let unsigned = callout.rams.is_some() && !callout.rams_signed;
    match callout.stage.as_str() {
        "accepted" if unsigned && !signs_on_the_way => Some(Step::SignRams),
        "accepted" if !callout.location_confirmed => Some(Step::ConfirmLocation),
        "accepted" => Some(Step::SetOff),
        "en_route" if unsigned => Some(Step::SignRams),
        "en_route" if !callout.location_confirmed => Some(Step::ConfirmLocation),
        "en_route" if !at_place => Some(Step::Travel),
        "en_route" => Some(Step::Arrive),
        "arrived" => on_scene(callout, manner, memory),
        "clear" if !callout.report_submitted => Some(Step::Report),
        _ => None,
    }
}

fn on_scene(callout: &OfficerCallout, manner: &Manner, memory: &Memory) -> Option<Step> {
    if !callout.parked {
        return Some(Step::Park);
    }
    if !memory.said {
        return Some(Step::SayOnScene);
    }
    let assessment = callout.assessment.as_deref();
    let outside_only = assessment == Some("external_only");
    let may_go_on = matches!(assessment, Some("proceed" | "proceed_with_controls" | "external_only"));
    let open = callout.items.iter().find(|item| {
        let allowed = item.before_dra || may_go_on;
        let locked = outside_only && item.section == "inside";
        allowed && !locked && item.mandatory && !answered(item) && shown(callout, item)
    });
    if let Some(item) = open.filter(|_| !callout.secured) {
        return Some(Step::Answer(item.id.clone()));
    }
    if !may_go_on {
        return Some(Step::Assess);
    }
    if callout.secured {
        return None;
    }
    let next = callout.gates.iter().filter(|gate| needed(callout, gate)).find_map(|gate| match gate.id.as_str() {
        "inspection" if !callout.inspected_outside => Some((gate, Step::InspectOutside)),
        "inspection" if !callout.inspected_inside && !outside_only => Some((gate, Step::InspectInside)),
        "forced_entry" if callout.forced_entry.is_none() => Some((gate, Step::ForcedEntry)),
        "secure" => Some((gate, Step::Secure)),
        _ if gate.ask.is_some() && gate.answer.is_none() => Some((gate, Step::AnswerStep(gate.id.clone()))),
        _ => None,
    });
    let (gate, step) = next?;
    let leaves = gate.leaves || step == Step::Secure;
    if leaves && !memory.told && manner.finding != Finding::Withdraw {
        return Some(Step::TellCustomer);
    }
    Some(step)
}

/// Whether the answers so far ask for it, and nobody has left it out.
fn needed(callout: &OfficerCallout, gate: &GateView) -> bool {
    let answered = |step: &String| callout.gates.iter().find(|g| &g.id == step).and_then(|g| g.answer.as_ref());
    gate.skipped.is_none()
        && gate
            .when_step
            .as_ref()
            .is_none_or(|step| answered(step).is_some_and(|a| a.choices.iter().any(|c| gate.when_is.contains(c))))
}

fn answered(item: &ItemView) -> bool {
    item.value.is_some() || item.unable.is_some() || !item.pictures.is_empty()
}

fn shown(callout: &OfficerCallout, item: &ItemView) -> bool {
    item.show_if_item.as_ref().is_none_or(|condition| {
        let of = callout.items.iter().find(|other| &other.id == condition && shown(callout, other));
        let value = of.and_then(|other| other.value.as_ref());
        value.zip(item.show_if_value.as_ref()).is_some_and(|(value, wanted)| {
            let several = of.is_some_and(|other| other.kind == "multi_choice");
            if several { value.split("; ").any(|one| one == wanted) } else { value == wanted }
        })
    })
}

/// How long a person takes for it, in seconds.
pub fn takes_s(step: &Step, manner: &Manner, random: &mut StdRng) -> f64 {
    let (low, high) = match step {
        Step::Deliver => return random.random_range(0.6..1.6),
        Step::See => return random.random_range(2.0..4.5),
        Step::Accept | Step::Decline(_) => return manner.accept_after_s * random.random_range(0.8..1.2),
        Step::Travel => return 0.0,
        Step::AcknowledgeStandDown => (8.0, 20.0),
        Step::AnswerCheckCall => (6.0, 20.0),
        Step::SignRams => (14.0, 34.0),
        Step::ConfirmLocation => (5.0, 12.0),
        Step::SetOff => (4.0, 14.0),
        Step::Arrive => (3.0, 9.0),
        Step::Park => (10.0, 28.0),
        Step::SayOnScene => (8.0, 16.0),
        Step::Answer(_) => (14.0, 38.0),
        Step::Assess => (25.0, 60.0),
        Step::AnswerStep(_) => (20.0, 60.0),
        Step::PressEmergency => (4.0, 9.0),
        Step::InspectOutside => (60.0, 140.0),
        Step::InspectInside => (70.0, 150.0),
        Step::ForcedEntry => (40.0, 80.0),
        Step::TellCustomer => (15.0, 40.0),
        Step::Secure => (30.0, 70.0),
        Step::Report => (80.0, 200.0),
    };
    manner.pace * random.random_range(low..high)
}
