//! What a push says. It lies on other people's servers and on locked screens: no place, no person, no cause.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::alarm::Priority;
use domain::id::{AssignmentId, CalloutId};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// None: a try that the officer asked for, or a word about somebody else's call-out.
    assignment: Option<AssignmentId>,
    what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Offer {
        callout: CalloutId,
        priority: Priority,
    },
    Expired,
    Withdrawn,
    Accepted,
    CheckCall,
    Answered,
    Escalation {
        level: u8,
    },
    NotSetOff,
    AssessAgain,
    NotMoving,
    SeemsLeft,
    /// An officer on another call-out needs help.
    Nearby {
        callout: CalloutId,
        level: u8,
    },
    NearbyOver {
        callout: CalloutId,
    },
    StoodDown,
    Released,
    Try,
}

impl Message {
    pub fn new(assignment: AssignmentId, what: What) -> Self {
        Self { assignment: Some(assignment), what }
    }

    /// About a call-out that the officer is not on.
    pub fn elsewhere(what: What) -> Self {
        Self { assignment: None, what }
    }

    /// Lets the officer see that this phone rings.
    pub fn a_try() -> Self {
        Self { assignment: None, what: What::Try }
    }

    /// What replaces one another at the push service and on the phone: an offer and its end, a check call and its
    /// answer. At most 32 characters of the URL-safe alphabet (RFC 8030, section 5.4).
    pub fn topic(&self) -> String {
        let subject = match self.what {
            What::Offer { .. } | What::Expired | What::Withdrawn | What::Accepted => "offer",
            What::CheckCall | What::Answered => "check",
            What::Escalation { .. } => "help",
            What::NotSetOff | What::NotMoving | What::SeemsLeft => "way",
            What::AssessAgain => "risk",
            What::Nearby { .. } | What::NearbyOver { .. } => "near",
            What::StoodDown | What::Released => "stop",
            What::Try => "try",
        };
        let of = match self.what {
            What::Nearby { callout, .. } | What::NearbyOver { callout } => Some(callout.0),
            _ => self.assignment.map(|id| id.0),
        };
        let of = of.map(|id| URL_SAFE_NO_PAD.encode(id.as_bytes()));
        format!("{subject}-{}", of.unwrap_or_default())
    }

    /// As the page's worker reads it (`ui/officer/worker/notice.ts`).
    pub fn text(&self, demonstration: bool) -> Vec<u8> {
        let (what, title, body) = self.words();
        let title = if demonstration { format!("Demonstration: {title}") } else { title.to_owned() };
        let mut text = json!({ "what": what, "tag": self.topic(), "title": title, "body": body });
        if let Some(assignment) = self.assignment {
            text["assignment"] = json!(assignment);
        }
        if let What::Offer { callout, priority } = &self.what {
            text["callout"] = json!(callout);
            text["priority"] = json!(u8::from(*priority));
        }
        Value::to_string(&text).into_bytes()
    }

    fn words(&self) -> (&'static str, &'static str, String) {
        let plain = |text: &str| text.to_owned();
        match &self.what {
            What::Offer { priority, .. } => {
                ("offer", "Call-out offered", format!("Priority {}. Open the page to answer.", u8::from(*priority)))
            }
            What::Expired => ("over", "Call-out no longer offered", plain("The time to answer has run out.")),
            What::Withdrawn => ("over", "Call-out no longer offered", plain("Nothing to do.")),
            What::Accepted => ("over", "Call-out is yours", plain("Control has recorded that you take it.")),
            What::CheckCall => ("check_call", "Are you all right?", plain("Check call. Open the page and answer.")),
            What::Answered => ("over", "Check call answered", plain("Nothing to do.")),
            What::Escalation { level } => {
                ("escalation", "Help is needed on your call-out", format!("Level {level}. Open the page."))
            }
            What::NotSetOff => ("reminder", "Not on your way yet?", plain("Open the page.")),
            What::AssessAgain => ("reminder", "Assess the risk again", plain("Open the page.")),
            What::NotMoving => ("reminder", "Are you all right?", plain("You seem not to move. Open the page.")),
            What::SeemsLeft => ("reminder", "Have you left the site?", plain("Open the page and say so.")),
            What::Nearby { level, .. } => {
                ("escalation", "An officer needs help nearby", format!("Level {level}. Open the page."))
            }
            What::NearbyOver { .. } => ("over", "Help is no longer needed", plain("Nothing to do.")),
            What::StoodDown => ("stand_down", "Your call-out is stood down", plain("Open the page.")),
            What::Released => ("stand_down", "You are released from your call-out", plain("Open the page.")),
            What::Try => ("try", "This phone rings", plain("Call-outs ring here while the phone is locked.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::encrypt::PLAIN_BYTES;
    use uuid::Uuid;

    /// The page's worker is tested with the same (`ui/tests/field/notice.test.ts`).
    const EXAMPLES: &str = include_str!("examples.json");

    fn all() -> impl Iterator<Item = Message> {
        let callout = CalloutId("0198a000-0000-7000-8000-0000000000c0".parse().unwrap());
        let assignment = AssignmentId("0198a000-0000-7000-8000-0000000000a5".parse().unwrap());
        let all = [
            What::Offer { callout, priority: Priority::P2 },
            What::Expired,
            What::Withdrawn,
            What::Accepted,
            What::CheckCall,
            What::Answered,
            What::Escalation { level: 3 },
            What::NotSetOff,
            What::AssessAgain,
            What::NotMoving,
            What::SeemsLeft,
            What::StoodDown,
            What::Released,
        ];
        let elsewhere = [What::Nearby { callout, level: 2 }, What::NearbyOver { callout }].map(Message::elsewhere);
        all.into_iter().map(move |what| Message::new(assignment, what)).chain(elsewhere).chain([Message::a_try()])
    }

    #[test]
    fn every_message_is_as_the_worker_of_the_page_knows_it() {
        let said: Vec<Value> = all().map(|m| serde_json::from_slice(&m.text(false)).unwrap()).collect();
        assert_eq!(said, serde_json::from_str::<Vec<Value>>(EXAMPLES).unwrap());
    }

    #[test]
    fn every_message_fits_its_topic_and_its_length() {
        for message in all() {
            assert!(message.topic().len() <= 32, "{}", message.topic());
            assert!(message.text(true).len() < PLAIN_BYTES, "{message:?}");
        }
    }

    #[test]
    fn the_end_of_an_offer_replaces_the_offer() {
        let id = AssignmentId(Uuid::now_v7());
        let offer = What::Offer { callout: CalloutId(Uuid::now_v7()), priority: Priority::P1 };
        assert_eq!(Message::new(id, offer).topic(), Message::new(id, What::Withdrawn).topic());
        assert_ne!(Message::new(id, What::CheckCall).topic(), Message::new(id, What::Withdrawn).topic());
    }
}
