//! The command behind a step, with the words and pictures an officer would give.

use super::{Finding, Manner, Step};
use crate::picture::{Picture, Scene, draw};
use crate::plan::REAR_DOOR;
use domain::geo::Point;
use protocol::officer::{ItemView, OfficerCallout, OfficerState};
use protocol::procedure::GateView;
use serde_json::{Value, json};

/// A command the officer's page sends, and the pictures it uploads afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Doing {
    pub kind: &'static str,
    pub target: String,
    pub body: Value,
    pub pictures: Vec<Picture>,
}

/// None for what has no command, or when the state no longer shows what the step is about.
pub fn command(step: &Step, state: &OfficerState, manner: &Manner, here: Point) -> Option<Doing> {
    let doing = |kind, target: &str, body| Some(Doing { kind, target: target.to_owned(), body, pictures: vec![] });
    if let Some(offer) = &state.offer {
        match step {
            Step::Deliver => return doing("assignment.delivered", &offer.callout, json!({})),
            Step::See => return doing("assignment.seen", &offer.callout, json!({})),
            Step::Accept => {
                return doing("assignment.accept", &offer.callout, json!({ "assignment": offer.assignment }));
            }
            Step::Decline(reason) => return doing("assignment.decline", &offer.callout, json!({ "reason": reason })),
            _ => {}
        }
    }
    let callout = state.callout.as_ref()?;
    let mut camera = Camera { manner, callout, taken: vec![] };
    let (kind, body) = match step {
        Step::Deliver | Step::See | Step::Accept | Step::Decline(_) | Step::Travel => return None,
        Step::AcknowledgeStandDown => ("stand_down.acknowledge", json!({})),
        Step::AnswerCheckCall => ("check_call.answer", json!({ "ok": true })),
        Step::SignRams => {
            let version = callout.rams.as_ref()?.version;
            ("rams.acknowledge", json!({ "version": version, "opened_ms": 9_000 + manner.seed % 11_000 }))
        }
        Step::ConfirmLocation => ("location.confirm", location(callout)),
        Step::SetOff => ("assignment.en_route", json!({})),
        Step::Arrive => ("assignment.arrive", json!({ "source": "manual", "point": here })),
        Step::Park => ("assignment.park", park(state, callout, here)),
        Step::SayOnScene => ("note.add", json!({ "text": on_scene(callout, manner), "to": "control" })),
        Step::Answer(id) => ("checklist.answer", answer(item(callout, id)?, &mut camera, here)),
        Step::Assess => ("dra.record", assessment(callout, manner, here)),
        Step::AnswerStep(id) => ("step.answer", question(gate(callout, id)?, &mut camera, here)),
        Step::PressEmergency => ("escalation.raise", json!({ "level": 3, "emergency": true, "point": here })),
        Step::InspectOutside => ("inspection.record", outside(&mut camera)),
        Step::InspectInside => ("inspection.record", inside(&mut camera)),
        Step::ForcedEntry => ("forced_entry.record", forced_entry(&mut camera)),
        Step::TellCustomer => ("liaison.record", tell(callout, manner)),
        Step::Secure => ("premises.secure", secure(callout, manner)),
        Step::Report => ("report.submit", report(state, callout, manner)),
    };
    Some(Doing { kind, target: callout.callout.clone(), body, pictures: camera.taken })
}

/// Takes pictures and gives their names.
struct Camera<'a> {
    manner: &'a Manner,
    callout: &'a OfficerCallout,
    taken: Vec<Picture>,
}

impl Camera<'_> {
    fn take(&mut self, text: &str, count: u32) -> Vec<String> {
        let scene = Scene::for_text(text);
        self.take_scene(scene, text, count)
    }

    fn take_scene(&mut self, scene: Scene, text: &str, count: u32) -> Vec<String> {
        (0..count)
            .map(|n| {
                let picture = draw(scene, self.seed(text, n));
                let name = picture.sha256.clone();
                self.taken.push(picture);
                name
            })
            .collect()
    }

    /// Follows from the call-out and the item, so that a step decided twice names the same bytes (FNV-1a).
    fn seed(&self, text: &str, n: u32) -> u64 {
        let start = 0xcbf2_9ce4_8422_2325 ^ self.manner.seed;
        let bytes = self.callout.callout.bytes().chain(text.bytes()).chain(n.to_be_bytes());
        bytes.fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

fn item<'a>(callout: &'a OfficerCallout, id: &str) -> Option<&'a ItemView> {
    callout.items.iter().find(|i| i.id == id)
}

fn gate<'a>(callout: &'a OfficerCallout, id: &str) -> Option<&'a GateView> {
    callout.gates.iter().find(|g| g.id == id)
}

/// The answer a procedure lists first is the one an ordinary night gives; now and then it is the second.
fn question(gate: &GateView, camera: &mut Camera<'_>, here: Point) -> Value {
    let options = gate.ask.as_ref().map_or(&[][..], |ask| &ask.options);
    let calm: Vec<_> = options.iter().filter(|o| o.escalates == 0).collect();
    let pick = usize::from(camera.manner.seed.is_multiple_of(3)).min(calm.len().saturating_sub(1));
    let Some(option) = calm.get(pick) else { return json!({ "step": gate.id, "choices": [] }) };
    let pictures = camera.take(&option.text, u32::from(option.picture));
    let note = if option.note { camera.manner.story.as_str() } else { "" };
    json!({ "step": gate.id, "choices": [option.id], "note": note, "pictures": pictures, "point": here })
}

fn location(callout: &OfficerCallout) -> Value {
    match &callout.grid_reference {
        Some(grid) => json!({ "method": "grid", "value": grid }),
        None => json!({ "method": "pin" }),
    }
}

fn park(state: &OfficerState, callout: &OfficerCallout, here: Point) -> Value {
    let unit = state.units.iter().find(|u| Some(&u.call_sign) == state.call_sign.as_ref());
    let on_foot = unit.is_some_and(|u| u.kind == "foot");
    let note = match (on_foot, callout.entrances.first().and_then(|e| e.parking.clone())) {
        (true, _) => "On foot".to_owned(),
        (false, Some(advice)) => advice,
        (false, None) => "Kerb side, lights off".to_owned(),
    };
    json!({ "exit_clear": true, "obstructs": false, "facing_out": true, "point": here, "note": note })
}

fn on_scene(callout: &OfficerCallout, manner: &Manner) -> String {
    let words = [
        "On scene, nobody about, walking round it now.",
        "On scene. Street is quiet, camera recording.",
        "Here. Lights are on inside, looking before I go in.",
        "On scene, two people by the bins, speaking to them first.",
    ];
    let pick = (manner.seed as usize).wrapping_add(callout.number.len()) % words.len();
    words[pick].to_owned()
}

fn answer(item: &ItemView, camera: &mut Camera<'_>, here: Point) -> Value {
    let manner = camera.manner;
    let no = manner.says_no.contains(&item.id);
    let mut value = match item.kind.as_str() {
        "instruction" => Some("done".to_owned()),
        "yes_no" => Some(yes_or_no(item, no)),
        "choice" => item.options.get(manner.seed as usize % item.options.len().max(1) * usize::from(no)).cloned(),
        "number" => Some(number(item, manner.seed)),
        "text" => Some(text(item, manner)),
        "multi_choice" => {
            Some(item.options.iter().take(item.choose_min.max(1) as usize).cloned().collect::<Vec<_>>().join("; "))
        }
        "asset" => item.options.first().cloned(),
        "meter" => Some(number(item, manner.seed)),
        "time" => Some(format!("{:02}:{:02}", 18 + manner.seed % 6, manner.seed % 60)),
        "scan" => Some(item.tags.first().cloned().unwrap_or_else(|| format!("TAG-{:04}", manner.seed % 9_999))),
        "signature" => Some("A. Tenant (demonstration)".to_owned()),
        _ => None,
    };
    let ruled = match &item.evidence_when {
        None => item.evidence_pictures,
        Some(when) if Some(when) == value.as_ref() => item.evidence_pictures,
        Some(_) => 0,
    };
    let wanted = match item.kind.as_str() {
        "photo" => item.pictures_min.max(1),
        "signature" => 1,
        "yes_no" if item.picture_if.is_some() && item.picture_if == value => 1,
        _ => 0,
    }
    .max(ruled);
    let pictures = match (item.kind.as_str(), no) {
        ("yes_no", true) if wanted > 0 => camera.take_scene(Scene::for_text(&item.text), &item.text, wanted),
        _ => camera.take(&item.text, wanted),
    };
    if item.kind == "photo" {
        value = None;
    }
    let note = if no { "Told control." } else { "" };
    let mut body = json!({ "item": item.id, "value": value, "pictures": pictures, "note": note, "point": here });
    if let Some(asset) = item.assets.first() {
        body["asset"] = json!(asset);
    }
    if item.kind == "scan" {
        body["scanned"] = json!(true);
    }
    body
}

/// The good answer: “no” where the question asks for something bad.
fn yes_or_no(item: &ItemView, found_bad: bool) -> String {
    let text = item.text.to_lowercase();
    let asks_for_trouble = ["hurt", "smell", "damage", "broken", "leak"].iter().any(|w| text.contains(w));
    if asks_for_trouble == found_bad { "yes".into() } else { "no".into() }
}

fn number(item: &ItemView, seed: u64) -> String {
    let (low, high) = (item.min.unwrap_or(0.0), item.max.unwrap_or(100.0));
    let (low, high) = match item.unit.as_str() {
        "°C" => (17.0, 24.0),
        "bar" => (1.2, 2.6),
        "rooms" => (4.0, 8.0),
        _ => (low + (high - low) * 0.1, low + (high - low) * 0.4),
    };
    let part = (seed % 97) as f64 / 97.0;
    let number = low + (high - low) * part;
    let whole = !matches!(item.unit.as_str(), "°C" | "bar");
    if whole { format!("{number:.0}") } else { format!("{number:.1}") }
}

fn text(item: &ItemView, manner: &Manner) -> String {
    let asked = item.text.to_lowercase();
    let has = |word: &str| asked.contains(word);
    if has("panel") {
        "Zone 1 in memory, set, no fault shown".into()
    } else if has("seal") {
        format!("WH {:06}", 100_000 + manner.seed % 899_999)
    } else if has("booked") {
        "Residents’ meeting until 22:30, name on the list by the door".into()
    } else if has("water") {
        "A joint over the second pump, about a cupful a minute; bucket under it".into()
    } else if has("recorder") {
        "From ten minutes before to five minutes after".into()
    } else {
        manner.story.clone()
    }
}

fn assessment(callout: &OfficerCallout, manner: &Manner, here: Point) -> Value {
    let again = callout.assessment.is_some();
    let base = json!({
        "people": "nobody seen", "lighting": "street light only", "ground": "dry", "weather": "clear",
        "alone": true, "point": here,
    });
    let hazard = |kind: &str, l: u8, s: u8| json!({ "kind": kind, "likelihood": l, "severity": s });
    let own = match (manner.finding, again) {
        (Finding::Safe, _) => json!({
            "hazards": [hazard("slip", 2, 2)], "controls": [],
            "residual": { "likelihood": 1, "severity": 2 }, "decision": "proceed",
        }),
        (Finding::Controls, _) | (Finding::WaitFirst, true) => json!({
            "people": "a group across the road", "hazards": [hazard("persons_present", 3, 3)],
            "controls": ["body-worn camera on", "radio open", "keep the exit clear"],
            "residual": { "likelihood": 2, "severity": 3 }, "decision": "proceed_with_controls",
        }),
        (Finding::OutsideOnly, _) => json!({
            "hazards": [hazard("structure", 3, 4)], "controls": ["external check only"],
            "residual": { "likelihood": 2, "severity": 3 }, "decision": "external_only",
            "note": "Ceiling panel down behind the door; not going in.",
        }),
        (Finding::WaitFirst, false) => json!({
            "people": "several people at the door", "hazards": [hazard("aggressive_person", 3, 4)],
            "controls": ["wait for backup"],
            "residual": { "likelihood": 3, "severity": 3 }, "decision": "wait",
            "note": "Watching from the corner until they have moved on.",
        }),
        (Finding::Withdraw, _) => json!({
            "people": "two people inside", "hazards": [hazard("intruder_on_site", 5, 4), hazard("aggressive_person", 4, 4)],
            "controls": ["wait for police"],
            "residual": { "likelihood": 4, "severity": 4 }, "decision": "withdraw", "safe_place": true,
            "note": "Heard voices and glass. Back at the corner, in the light, door in view.",
        }),
    };
    merged(base, own)
}

fn merged(mut base: Value, own: Value) -> Value {
    if let (Some(fields), Value::Object(own)) = (base.as_object_mut(), own) {
        fields.extend(own);
    }
    base
}

fn outside(camera: &mut Camera<'_>) -> Value {
    let walked = ["front", "left", "rear", "right"];
    let mut findings: Vec<Value> =
        walked.map(|side| json!({ "what": "walked", "result": "ok", "place": { "side": side } })).into();
    findings.extend([
        json!({ "what": "windows", "result": "ok" }),
        json!({ "what": "lighting", "result": "ok" }),
        json!({ "what": "roof", "result": "not_checked", "note": "Cannot be seen from the ground in the dark" }),
    ]);
    findings.push(match camera.manner.forced {
        true => {
            let pictures = camera.take_scene(Scene::Damage, "rear door", 1);
            json!({ "what": "doors", "result": "issue", "severity": "high", "place": rear_door(camera.callout),
                "note": "Rear door frame is split at the lock", "pictures": pictures })
        }
        false => json!({ "what": "doors", "result": "ok" }),
    });
    json!({ "section": "outside", "findings": findings })
}

/// With its pin, where the site has a plan.
fn rear_door(callout: &OfficerCallout) -> Value {
    let (x, y) = REAR_DOOR;
    match callout.plans.first() {
        Some(plan) => json!({ "side": "rear", "floor": 0, "pin": { "plan": plan.sha256, "x": x, "y": y } }),
        None => json!({ "side": "rear" }),
    }
}

fn inside(camera: &mut Camera<'_>) -> Value {
    if camera.manner.forced {
        return json!({ "section": "inside",
            "not_entered": "Door was forced: left as found for the police, nobody went in" });
    }
    if camera.callout.keys.is_empty() && camera.callout.rams.is_none() {
        return json!({ "section": "inside", "not_entered": "Nothing to enter: it is in the open" });
    }
    let pictures = camera.take_scene(Scene::Room, "rooms walked", 1);
    let floors = camera.callout.floors.iter();
    let mut findings: Vec<Value> =
        floors.map(|floor| json!({ "what": "walked", "result": "ok", "place": { "floor": floor } })).collect();
    findings.extend([
        json!({ "what": "rooms", "result": "ok", "note": "All walked, nobody there", "pictures": pictures }),
        json!({ "what": "fire exits", "result": "ok" }),
        json!({ "what": "panel", "result": "ok" }),
    ]);
    json!({ "section": "inside", "findings": findings })
}

fn forced_entry(camera: &mut Camera<'_>) -> Value {
    if !camera.manner.forced {
        return json!({ "verdict": "none", "openings": [
            { "what": "door", "result": "intact" }, { "what": "window", "result": "intact" },
            { "what": "lock", "result": "intact" },
        ]});
    }
    let pictures = camera.take_scene(Scene::Damage, "forced lock", 1);
    json!({ "verdict": "attempted", "scene_preserved": true,
        "openings": [
            { "what": "door", "result": "attempted", "methods": ["levered"], "place": rear_door(camera.callout),
              "note": "Marks at the lock, door held", "pictures": pictures },
            { "what": "window", "result": "intact" },
        ],
        "police": { "informed": true, "reference": format!("CAD {} (demonstration)", 1000 + camera.manner.seed % 8000) },
        "note": "Nothing touched." })
}

fn tell(callout: &OfficerCallout, manner: &Manner) -> Value {
    let whom = callout.contacts.first().map_or("control", |_| "keyholder");
    let outcome = if manner.seed.is_multiple_of(3) && whom == "keyholder" { "no_reply" } else { "answered" };
    json!({ "whom": whom, "channel": "telephone", "summary": format!("Told what was found. {}", manner.story),
        "outcome": outcome })
}

fn secure(callout: &OfficerCallout, manner: &Manner) -> Value {
    if manner.forced {
        return json!({ "status": "secure_temporary", "alarm": "cannot_set",
            "cover": "Rear door boarded at 30 minutes’ notice; a patrol passes every hour until then",
            "told": "Keyholder and control", "keys": "Back in the safe, seal checked" });
    }
    let alarm = if callout.rams.is_some() { "set" } else { "no_alarm" };
    json!({ "status": "secure", "alarm": alarm, "reset_by": "officer", "told": "Control", "keys": "Back in the safe" })
}

fn report(state: &OfficerState, callout: &OfficerCallout, manner: &Manner) -> Value {
    let mut narrative = callout.draft.trim().to_owned();
    if !narrative.is_empty() {
        narrative += "\n\n";
    }
    narrative += &manner.story;
    if let Some(comments) = &callout.report_returned {
        narrative += &format!("\n\nAfter the supervisor’s question ({comments}): times checked against the record.");
    }
    // A hand's wave in the box of 300 by 100.
    let stroke: Vec<(f32, f32)> =
        (0..24u8).map(|n| (20.0 + f32::from(n) * 10.0, 50.0 + 28.0 * (f32::from(n) * 0.9).sin())).collect();
    json!({ "narrative": narrative, "cause": manner.cause,
        "signature": { "name": state.name, "strokes": [stroke] } })
}
