//! How register events change the world: settings, sites, people, panels, documents, shifts.

use super::World;
use crate::documents::Checklist;
use crate::event::{EventBody as E, Recorded};
use crate::id::{AccountId, AggregateKind, CallId, ChecklistId, OfficerId, PanelId, PersonId, SiteId};
use crate::panel::OnTest;
use crate::people::{Account, Shift, SignedRams};
use crate::settings::Settings;
use crate::site::Contact;
use crate::writing::{Outcome, Proposal, Settled, Writing, WritingLink};
use std::sync::Arc;

pub(super) fn evolve(world: &mut World, event: &Recorded) {
    match &event.body {
        E::SettingsPut(settings) => {
            let managers = world.settings.managers.clone();
            world.settings = Arc::new(Settings { managers, ..settings.clone() });
        }
        E::AccountPut(put) => {
            let id = AccountId(event.stream.id);
            let sites = put.sites.iter().filter_map(|site| site.parse().ok()).map(SiteId).collect();
            let account = Account {
                id,
                name: put.name.clone(),
                role: put.role,
                officer: put.officer,
                disabled: put.disabled,
                sites,
            };
            world.accounts.insert(id, Arc::new(account));
        }
        E::EstatePut(estate) => drop(world.estates.insert(estate.id, Arc::new(estate.clone()))),
        E::SitePut(site) => {
            // Contacts come and go by events of their own, one person each.
            let contacts = world.sites.get(&site.id).map_or_else(Vec::new, |old| old.contacts.clone());
            let mut site = (**site).clone();
            site.contacts = contacts;
            world.sites.insert(site.id, Arc::new(site));
        }
        E::ContactPut(put) if event.stream.kind == AggregateKind::Settings => {
            put_contact(&mut Arc::make_mut(&mut world.settings).managers, &put.contact);
        }
        E::ContactRemoved(gone) if event.stream.kind == AggregateKind::Settings => {
            Arc::make_mut(&mut world.settings).managers.retain(|c| c.id != gone.contact);
        }
        E::ContactPut(put) => with(world.sites.get_mut(&SiteId(event.stream.id)), |site| {
            put_contact(&mut site.contacts, &put.contact);
        }),
        E::ContactRemoved(gone) => with(world.sites.get_mut(&SiteId(event.stream.id)), |site| {
            site.contacts.retain(|c| c.id != gone.contact);
        }),
        E::OfficerPut(officer) => {
            let mut officer = officer.clone();
            if let Some(old) = world.officers.get(&officer.id) {
                (officer.shift, officer.signed) = (old.shift.clone(), old.signed.clone());
            }
            world.officers.insert(officer.id, Arc::new(officer));
        }
        E::UnitPut(unit) => drop(world.units.insert(unit.id, Arc::new(unit.clone()))),
        E::PanelPut(panel) => {
            let mut panel = panel.clone();
            if let Some(old) = world.panels.get(&panel.id) {
                panel.line_fault_since = old.line_fault_since;
                panel.state = old.state.clone();
                panel.police_calls = old.police_calls.clone();
            }
            world.panels.insert(panel.id, Arc::new(panel));
        }
        E::RamsPut(rams) => drop(world.rams.insert(rams.id, Arc::new(rams.clone()))),
        E::ChecklistPut(checklist) => {
            // How it is written comes by events of its own.
            let writing = world.checklists.get(&checklist.id).and_then(|old| old.writing.clone());
            world.checklists.insert(checklist.id, Arc::new(Checklist { writing, ..checklist.clone() }));
        }
        E::ChecklistInvited(_)
        | E::ChecklistUninvited(_)
        | E::ChecklistProposed(_)
        | E::ChecklistReturned(_)
        | E::ProposalApproved(_) => with(world.checklists.get_mut(&ChecklistId(event.stream.id)), |list| {
            write(list.writing.get_or_insert_default(), event);
        }),
        E::ShiftSignedOn(shift) => with(world.officers.get_mut(&OfficerId(event.stream.id)), |officer| {
            officer.shift = Some(Shift { unit: shift.unit, since: event.at });
        }),
        E::ShiftSignedOff(_) => with(world.officers.get_mut(&OfficerId(event.stream.id)), |o| o.shift = None),
        E::OfficerRamsSigned(s) => with(world.officers.get_mut(&OfficerId(event.stream.id)), |o| {
            o.sign(SignedRams { rams: s.rams, version: s.version, at: event.at });
        }),
        E::LineFault(fault) => with(world.panels.get_mut(&PanelId(event.stream.id)), |panel| {
            panel.line_fault_since = Some(fault.since);
        }),
        E::LineRestored(_) => {
            with(world.panels.get_mut(&PanelId(event.stream.id)), |panel| panel.line_fault_since = None);
        }
        E::PoliceCalled(called) => with(world.panels.get_mut(&PanelId(event.stream.id)), |panel| {
            panel.called_police(&called.call);
        }),
        E::PersonErased(erased) => erase(world, erased.person),
        E::SignalLogged(logged) => with(world.panels.get_mut(&PanelId(event.stream.id)), |panel| {
            if let Some(told) = &logged.told {
                panel.state.hear(&logged.source, told, event.recorded_at);
            }
        }),
        E::PanelActivated(a) => with(world.panels.get_mut(&PanelId(event.stream.id)), |panel| {
            panel.state.activated(&a.source, a.kind, (a.alarm, a.flapping), event.recorded_at);
        }),
        E::PanelOnTest(put) => with(world.panels.get_mut(&PanelId(event.stream.id)), |panel| {
            let test = OnTest {
                by: event.by.account,
                at: event.at,
                from: put.from,
                until: put.until,
                reason: put.reason.clone(),
                zones: put.zones.clone(),
                also_life_safety: put.also_life_safety,
                count: 0,
                last_at: None,
                standing: vec![],
            };
            // Put on test again, it goes on counting.
            panel.state.on_test = Some(match panel.state.on_test.take() {
                Some(old) => OnTest { count: old.count, last_at: old.last_at, standing: old.standing, ..test },
                None => test,
            });
        }),
        E::PanelTestEnded(_) => with(world.panels.get_mut(&PanelId(event.stream.id)), |panel| {
            panel.state.on_test = None;
        }),
        other => debug_assert!(false, "{} in a register stream", other.kind()),
    }
}

fn with<T: Clone>(found: Option<&mut Arc<T>>, change: impl FnOnce(&mut T)) {
    if let Some(value) = found {
        change(Arc::make_mut(value));
    }
}

fn write(writing: &mut Writing, event: &Recorded) {
    let (at, by) = (event.at, event.by.clone());
    match &event.body {
        E::ChecklistInvited(invite) => writing.invite(WritingLink {
            token_sha256: invite.token_sha256.clone(),
            by,
            issued_at: at,
            expires_at: invite.expires_at,
            ended_at: None,
            to: invite.to.clone(),
            message: invite.message.clone(),
            sent: vec![],
        }),
        E::ChecklistUninvited(_) => writing.end(at),
        E::ChecklistProposed(proposed) => writing.propose(Proposal {
            number: proposed.number,
            at,
            by: by.account,
            from_version: proposed.from_version,
            title: proposed.title.clone(),
            items: proposed.items.clone(),
            said: proposed.said.clone(),
            settled: None,
        }),
        E::ChecklistReturned(returned) => {
            let how = Outcome::Returned { comment: returned.comment.clone() };
            writing.settle(returned.number, Settled { at, by, how });
        }
        E::ProposalApproved(approved) => {
            writing.settle(approved.number, Settled { at, by, how: Outcome::Approved { version: approved.version } });
        }
        other => debug_assert!(false, "{} writes no list", other.kind()),
    }
}

fn put_contact(all: &mut Vec<Contact>, contact: &Contact) {
    match all.iter_mut().find(|c| c.id == contact.id) {
        Some(known) => *known = contact.clone(),
        None => all.push(contact.clone()),
    }
}

/// Names and numbers of one person leave the register in memory; the log's parts are the store's to empty.
fn erase(world: &mut World, person: PersonId) {
    with(world.officers.get_mut(&OfficerId(person.0)), |officer| {
        officer.name.clear();
        officer.telephone.clear();
    });
    with(world.accounts.get_mut(&AccountId(person.0)), |account| account.name.clear());
    with(world.calls.get_mut(&CallId(person.0)), crate::call::Call::erase);
    for list in world.checklists.values_mut() {
        if list.writing.as_ref().is_some_and(|writing| writing.names(AccountId(person.0))) {
            Arc::make_mut(list).writing.iter_mut().for_each(|writing| writing.erase(AccountId(person.0)));
        }
    }
    if world.settings.managers.iter().any(|c| c.id == person) {
        for manager in Arc::make_mut(&mut world.settings).managers.iter_mut().filter(|c| c.id == person) {
            manager.name.clear();
            manager.telephone.clear();
        }
    }
    for site in world.sites.values_mut().filter(|s| s.contacts.iter().any(|c| c.id == person)) {
        for contact in Arc::make_mut(site).contacts.iter_mut().filter(|c| c.id == person) {
            contact.name.clear();
            contact.telephone.clear();
            contact.email.clear();
        }
    }
}
