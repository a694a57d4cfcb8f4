//! The thread of a call-out, the ladder of contacts, the emergency services, and what wants somebody.

use super::{Scene, instant, wire_name};
use domain::callout::attention::Attention;
use domain::callout::messages::Reader;
use domain::callout::{Callout, Given};
use domain::command::{NoteAdd, Settlement};
use protocol::thread::{
    AttentionView, LadderView, PlanView, Receipt, RungView, ServiceCallView, ThreadMessage, TryView,
};

pub fn thread(scene: &Scene, callout: &Callout) -> Vec<ThreadMessage> {
    let mut notes: Vec<&Given<NoteAdd>> = callout.notes.iter().collect();
    notes.sort_by_key(|note| (note.at, note.seq));
    notes.into_iter().map(|note| message(scene, callout, note)).collect()
}

fn message(scene: &Scene, callout: &Callout, note: &Given<NoteAdd>) -> ThreadMessage {
    let receipt = |reader: Reader| Receipt {
        who: reader_words(callout, reader),
        delivered_at: callout.delivered_at(reader, note.seq).map(instant),
        read_at: callout.read_at(reader, note.seq).map(instant),
    };
    let read = callout.read_up_to(Reader::Control);
    ThreadMessage {
        seq: i32::try_from(note.seq).unwrap_or(i32::MAX),
        at: instant(note.at),
        who: reader_words(callout, Reader::of(&note.by)),
        to: note.what.to.clone().unwrap_or_default(),
        text: note.what.text.clone(),
        pictures: note.what.pictures.clone(),
        mine: Reader::of(&note.by) == Reader::Control,
        unread: note.seq > read && callout.is_for(note, Reader::Control),
        share: note.what.share,
        pending: note.seq > scene.shown.head,
        receipts: callout.readers_of(note).into_iter().map(receipt).collect(),
    }
}

/// By call sign, never by name.
fn reader_words(callout: &Callout, reader: Reader) -> String {
    match reader {
        Reader::Control => "Control room".into(),
        Reader::Customer => "Customer".into(),
        Reader::Officer(officer) => {
            callout.assignment_of(officer).map_or_else(|| "Officer".into(), |a| a.call_sign.clone())
        }
    }
}

pub fn ladder(scene: &Scene, callout: &Callout) -> LadderView {
    let Some(site) = callout.site.and_then(|id| scene.world().sites.get(&id)) else {
        return LadderView::default();
    };
    let rungs = callout.ladder(site, scene.now).into_iter().map(rung_view);
    let settled = callout.last_settlement().map(|settled| match settled.what.decision {
        Settlement::TryAgain => "Rung again from the first".to_owned(),
        Settlement::GoOnWithout if settled.what.reason.is_empty() => "Goes on without them".to_owned(),
        Settlement::GoOnWithout => format!("Goes on without them: {}", settled.what.reason),
    });
    LadderView { rungs: rungs.collect(), nobody_since: callout.nobody_answered(site).map(instant), settled }
}

/// Who is rung in an emergency.
pub fn managers(scene: &Scene, callout: &Callout) -> LadderView {
    let tree = callout.call_tree(&scene.world().settings.managers, scene.now);
    LadderView { rungs: tree.into_iter().map(rung_view).collect(), ..LadderView::default() }
}

fn rung_view(rung: domain::callout::contacts::Rung) -> RungView {
    RungView {
        contact: rung.contact.id.to_string(),
        role: rung.contact.role.clone(),
        name: rung.contact.name.clone(),
        telephone: rung.contact.telephone.clone(),
        tries: rung
            .tries
            .iter()
            .rev()
            .map(|t| TryView { at: instant(t.at), outcome: wire_name(t.what.outcome), note: t.what.note.clone() })
            .collect(),
        again_at: rung.again_at.map(instant),
        next: rung.next,
    }
}

pub fn services(callout: &Callout) -> Vec<ServiceCallView> {
    let view = |service: domain::callout::services::Service| ServiceCallView {
        whom: service.whom.into(),
        called_at: instant(service.called_at),
        attending_at: service.attending_at.map(instant),
        arrived_at: service.arrived_at.map(instant),
        done_at: service.done_at.map(instant),
        due_at: service.due_at.map(instant),
        agreed: [service.authorised_by, service.cost_cap.map_or_else(String::new, |cap| format!("up to £{cap}"))]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        reference: service.reference,
        outcome: service.outcome,
    };
    callout.services().into_iter().map(view).collect()
}

pub fn plan(callout: &Callout) -> Option<PlanView> {
    let plan = callout.plan.as_ref()?;
    Some(PlanView {
        at: instant(plan.at),
        rendezvous: plan.what.rendezvous.clone(),
        cordon: plan.what.cordon.clone(),
        next_update_at: plan.what.next_update_at.map(instant),
    })
}

pub fn attention(attention: Attention) -> AttentionView {
    AttentionView {
        kind: attention.kind.into(),
        text: attention.text,
        since: instant(attention.since),
        times: attention.times,
    }
}
