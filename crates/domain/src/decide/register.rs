//! Settings, accounts, places, people, panels and documents.

use super::lists::check_list;
use super::{Decided, Decision, about, event, required};
use crate::callout::Callout;
use crate::callout::checks::{check_digest, check_text};
use crate::callout::findings::is_floor;
use crate::callout::procedure::Procedure;
use crate::callout::updates::UpdatePolicy;
use crate::command::{
    AccountPut, ChecklistPut, ContactPut as ContactForm, EstatePut, OfficerPut, PanelPut, PersonErase, RamsPut, Role,
    ShiftSignOn, SitePut, UnitPut,
};
use crate::documents::{Checklist, Draft, Rams};
use crate::event::{ContactPut, ContactRemoved, EndedOffer, EventBody as E, PersonErased, ShiftChanged};
use crate::geo::Point;
use crate::id::{AggregateKind as K, ChecklistId, EstateId, OfficerId, PersonId, RamsId, SiteId};
use crate::people::{Officer, Unit};
use crate::places::ThreeWords;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::site::{ConfirmationPolicy, Contact, Estate, PLANS_MAX, Panel, Site};
use crate::urn::Urn;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

impl Decision<'_> {
    pub(super) fn settings_put(&self, put: &Settings) -> Decided {
        required(&put.service_name, "The name of the service")?;
        for (time, what) in [(&put.shift_start, "start"), (&put.shift_end, "end")] {
            chrono::NaiveTime::parse_from_str(time, "%H:%M").map_err(|_| {
                Refusal::new("bad_time", format!("The {what} of the shift is not a time: “{time}”."))
                    .mend("Write it as HH:MM, 24 hours.")
            })?;
        }
        if let Some(fault) = put.alarms.as_ref().and_then(|alarms| alarms.fault()) {
            return Err(Refusal::new("bad_alarm_settings", fault).mend("Leave out what should stay as it is."));
        }
        if let Some(fault) = put.callouts.as_ref().and_then(|callouts| callouts.times.fault()) {
            return Err(Refusal::new("bad_callout_times", fault).mend("Leave out what should stay as it is."));
        }
        for (time, what) in [(&put.service_hours.start, "start"), (&put.service_hours.end, "end")] {
            crate::civil::time(time).ok_or_else(|| {
                Refusal::new("bad_time", format!("The {what} of the service hours is not a time: “{time}”."))
                    .mend("Write it as HH:MM, 24 hours.")
            })?;
        }
        check_text(&put.service_hours.outside)?;
        check_text(&put.service_hours.telephone)?;
        believable(&put.updates)?;
        if put.handover_prompt_min > HANDOVER_PROMPT_MAX {
            return Err(Refusal::new("bad_interval", "The handover is brought up within four hours of the end.")
                .mend("Give 0 to 240 minutes."));
        }
        // Whether it is a demonstration was settled when the directory was made.
        let settings = Settings {
            demonstration: self.world.settings.demonstration,
            alarms: put.alarms.clone().or_else(|| self.world.settings.alarms.clone()),
            callouts: put.callouts.clone().or_else(|| self.world.settings.callouts.clone()),
            managers: vec![],
            ..put.clone()
        };
        let demonstration = match self.ctx.author.role {
            crate::command::Role::System => put.demonstration,
            _ => settings.demonstration,
        };
        self.one(K::Settings, Uuid::nil(), E::SettingsPut(Settings { demonstration, ..settings }))
    }

    pub(super) fn account_put(&self, put: &AccountPut) -> Decided {
        required(&put.name, "The account's name")?;
        if let Some(officer) = put.officer {
            self.world.officers.get(&officer).ok_or_else(|| Refusal::not_found("officer", &officer.to_string()))?;
        }
        let sees_sites = matches!(put.role, Role::Partner | Role::Customer);
        if !put.sites.is_empty() && !sees_sites {
            return Err(Refusal::new("bad_sites", "Only partners and customers are kept to sites.")
                .mend("Leave “sites” out: this role sees all of them."));
        }
        let found = |site: &String| match self.world.site(site) {
            Some(site) => Ok(site.id.to_string()),
            None => Err(Refusal::not_found("site", site)),
        };
        let sites: BTreeSet<String> = put.sites.iter().map(found).collect::<Result<_, _>>()?;
        let put = AccountPut { sites: sites.into_iter().collect(), ..put.clone() };
        let id = self.target_id()?;
        Ok(vec![about(event(K::Account, id, E::AccountPut(put)), id)])
    }

    /// The id a reference already has, or the target's when it is new.
    fn id_for(&self, known: Option<Uuid>) -> Uuid {
        known.or_else(|| Uuid::try_parse(self.target()).ok()).unwrap_or_else(|| self.derived("register"))
    }

    pub(super) fn estate_put(&self, put: &EstatePut) -> Decided {
        required(&put.reference, "The estate's reference")?;
        required(&put.name, "The estate's name")?;
        place(put.centre)?;
        put.outline.iter().try_for_each(|p| place(*p))?;
        let id = EstateId(self.id_for(self.world.estate(&put.reference).map(|e| e.id.0)));
        let estate = Estate {
            id,
            reference: put.reference.clone(),
            name: put.name.clone(),
            outline: put.outline.clone(),
            centre: put.centre,
        };
        self.one(K::Estate, id, E::EstatePut(estate))
    }

    pub(super) fn site_put(&self, put: &SitePut) -> Decided {
        required(&put.reference, "The site's reference")?;
        required(&put.name, "The site's name")?;
        let point = Point::new(put.lat, put.lon);
        place(point)?;
        put.entrances.iter().try_for_each(|e| place(e.point))?;
        three_words(&put.what3words)?;
        put.entrances.iter().try_for_each(|e| three_words(&e.what3words))?;
        if !(5.0..=5_000.0).contains(&put.radius_m) {
            return Err(Refusal::new("bad_radius", format!("A radius of {} m is not believable.", put.radius_m))
                .mend("Give 5 to 5,000 metres."));
        }
        if let ConfirmationPolicy::Sequential { window_minutes, .. } = put.policy.confirmation
            && !(1..=1_440).contains(&window_minutes)
        {
            return Err(Refusal::new("bad_window", "A second detector confirms within 1 minute to 24 hours.")
                .mend("Give 1 to 1,440 minutes."));
        }
        put.policy.updates.iter().try_for_each(believable)?;
        check_drawings(put)?;
        if let Some(id) = put.policy.procedure.as_deref().filter(|id| Procedure::newest(id).is_none()) {
            let known: Vec<&str> = Procedure::all().map(|p| p.id.as_str()).collect();
            return Err(Refusal::new("unknown_procedure", format!("There is no procedure “{id}”."))
                .mend(format!("Use one of: {}.", known.join(", "))));
        }
        let found = |name: &Option<String>, what: &str, found: Option<Uuid>| match (name, found) {
            (Some(name), None) => Err(Refusal::not_found(what, name)),
            (_, id) => Ok(id),
        };
        let by = |name: &Option<String>| name.clone();
        let estate = by(&put.estate).and_then(|e| self.world.estate(&e).map(|e| e.id.0));
        let rams = by(&put.rams).and_then(|r| self.world.rams(&r).map(|r| r.id.0));
        let checklist = by(&put.checklist).and_then(|c| self.world.checklist(&c).map(|c| c.id.0));
        let known = self.world.site(&put.reference);
        let id = SiteId(self.id_for(known.map(|s| s.id.0)));
        let site = Site {
            id,
            reference: put.reference.clone(),
            name: put.name.clone(),
            estate: found(&put.estate, "estate", estate)?.map(EstateId),
            address: put.address.clone(),
            point,
            radius_m: put.radius_m,
            customer: put.customer.clone(),
            entrances: put.entrances.clone(),
            zones: put.zones.clone(),
            floors: put.floors,
            plans: put.plans.clone(),
            hazards: put.hazards.clone(),
            access: put.access.clone(),
            keys: put.keys.clone(),
            response: put.response.clone(),
            what3words: put.what3words.clone(),
            rams: found(&put.rams, "RAMS", rams)?.map(RamsId),
            checklist: found(&put.checklist, "checklist", checklist)?.map(ChecklistId),
            contacts: vec![],
            policy: put.policy.clone(),
        };
        if let Some(nowhere) = put.contacts.iter().find(|c| c.reports.is_some() && !looks_like_mail(&c.email)) {
            return Err(Refusal::new("bad_email", format!("“{}” is no address to send reports to.", nowhere.email))
                .mend("Give the contact an e-mail address, or leave “reports” out."));
        }
        let mut events = vec![event(K::Site, id, E::SitePut(Box::new(site)))];
        let mut kept = BTreeSet::new();
        for (index, contact) in put.contacts.iter().cloned().enumerate() {
            let contact = self.contact(known, contact, index, &kept);
            kept.insert(contact.id);
            let same = known.is_some_and(|s| s.contacts.contains(&contact));
            if !same {
                let person = contact.id;
                events.push(about(event(K::Site, id, E::ContactPut(ContactPut { contact })), person));
            }
        }
        for contact in known.iter().flat_map(|s| &s.contacts).filter(|c| !kept.contains(&c.id)) {
            events.push(event(K::Site, id, E::ContactRemoved(ContactRemoved { contact: contact.id })));
        }
        Ok(events)
    }

    /// A contact without an id is the one of the same name, or somebody new. Never whoever stood in that place of the
    /// list before: one person's erasure must not take another's name, nor leave it.
    fn contact(&self, site: Option<&Arc<Site>>, put: ContactForm, index: usize, kept: &BTreeSet<PersonId>) -> Contact {
        let same_name = |c: &&Contact| c.name == put.name && c.role == put.role && !kept.contains(&c.id);
        let known = site.and_then(|s| s.contacts.iter().find(same_name)).map(|c| c.id);
        let new = || PersonId(crate::id::derived("contact", &[self.command.id.0.as_bytes(), &index.to_be_bytes()]));
        Contact {
            id: put.id.or(known).unwrap_or_else(new),
            role: put.role,
            name: put.name,
            telephone: put.telephone,
            email: put.email,
            reports: put.reports,
        }
    }

    pub(super) fn officer_put(&self, put: &OfficerPut) -> Decided {
        required(&put.reference, "The officer's reference")?;
        required(&put.name, "The officer's name")?;
        let known = self.world.officers.values().find(|o| o.reference.eq_ignore_ascii_case(&put.reference));
        let id = OfficerId(self.id_for(known.map(|o| o.id.0)));
        let officer = Officer {
            id,
            reference: put.reference.clone(),
            name: put.name.clone(),
            telephone: put.telephone.clone(),
            employer: put.employer.clone(),
            skills: put.skills.clone(),
            shift: None,
            signed: vec![],
        };
        Ok(vec![about(event(K::Officer, id, E::OfficerPut(officer)), id)])
    }

    pub(super) fn unit_put(&self, put: &UnitPut) -> Decided {
        required(&put.call_sign, "The call sign")?;
        let id = Unit::id_of(&put.call_sign);
        self.one(K::Unit, id, E::UnitPut(Unit { id, call_sign: put.call_sign.clone(), kind: put.kind }))
    }

    pub(super) fn panel_put(&self, put: &PanelPut) -> Decided {
        let digits = put.account.len();
        if !(3..=16).contains(&digits) || !put.account.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Refusal::new("bad_account", format!("“{}” is not a panel account.", put.account))
                .mend("An account is 3 to 16 hexadecimal digits."));
        }
        let site = match &put.site {
            Some(name) => Some(self.world.site(name).ok_or_else(|| Refusal::not_found("site", name))?.id),
            None => None,
        };
        let id = Panel::id_of(&put.account);
        let panel = Panel {
            id,
            account: put.account.to_ascii_uppercase(),
            site,
            time_check: put.time_check,
            supervision_s: put.supervision_s.filter(|s| *s > 0),
            refuse_unknown: put.refuse_unknown,
            line_fault_since: None,
            state: Default::default(),
            urns: self.urns_of(put)?,
            police_calls: vec![],
        };
        self.one(K::Panel, id, E::PanelPut(panel))
    }

    /// The numbers given, or those known when none are said.
    fn urns_of(&self, put: &PanelPut) -> Result<Vec<Urn>, Refusal> {
        let Some(urns) = &put.urns else {
            return Ok(self.world.panel(&put.account).map_or_else(Vec::new, |known| known.urns.clone()));
        };
        let mut kinds = BTreeSet::new();
        for urn in urns {
            crate::urn::check_number(&urn.number)?;
            if !kinds.insert(urn.kind) {
                return Err(Refusal::new("bad_urn", format!("Two URNs are given for {}.", urn.kind.word()))
                    .mend("A system has one of each kind; keep the newer one."));
            }
        }
        Ok(urns.clone())
    }

    pub(super) fn rams_put(&self, put: &RamsPut) -> Decided {
        required(&put.reference, "The reference of the RAMS")?;
        required(&put.title, "The title of the RAMS")?;
        required(&put.first, "The paragraph that matters first")?;
        for time in put.hours.iter().flat_map(|h| [&h.from, &h.to]) {
            crate::civil::time(time).ok_or_else(|| {
                Refusal::new("bad_time", format!("“{time}” is not a time of day.")).mend("Write it as HH:MM, 24 hours.")
            })?;
        }
        put.pdf.iter().try_for_each(|pdf| crate::callout::checks::check_digest(&pdf.sha256))?;
        let known = self.world.rams(&put.reference);
        let id = RamsId(self.id_for(known.map(|r| r.id.0)));
        let rams = Rams {
            id,
            reference: put.reference.clone(),
            version: known.map_or(1, |r| r.version + 1),
            title: put.title.clone(),
            first: put.first.clone(),
            hazards: put.hazards.clone(),
            controls: put.controls.clone(),
            ppe: put.ppe.clone(),
            no_go: put.no_go.clone(),
            emergency: put.emergency.clone(),
            minimum_crew: put.minimum_crew,
            owner: put.owner.clone(),
            valid_until: put.valid_until,
            sites: put.sites.clone(),
            kinds: put.kinds.clone(),
            hours: put.hours.clone(),
            pdf: put.pdf.clone(),
        };
        self.one(K::Rams, id, E::RamsPut(rams))
    }

    pub(super) fn checklist_put(&self, put: &ChecklistPut) -> Decided {
        required(&put.reference, "The reference of the checklist")?;
        required(&put.title, "The title of the checklist")?;
        let known = self.world.checklist(&put.reference);
        let version = known.map_or(0, |c| c.version);
        if put.from_version.is_some_and(|from| from != version) {
            return Err(Refusal::new(
                "checklist_version",
                format!("Version {version} of “{}” has been approved meanwhile.", put.reference),
            )
            .mend("Open the list again and make the change on that version."));
        }
        check_list(&put.items, put.draft)?;
        let id = ChecklistId(self.id_for(known.map(|c| c.id.0)));
        let (title, items) = (put.title.clone(), put.items.clone());
        let same = known.is_some_and(|c| c.is_approved() && c.title == title && c.items == items);
        let checklist = match (put.draft, known) {
            (true, Some(old)) => {
                Checklist { draft: (!same).then_some(Draft { title, items }), writing: None, ..(**old).clone() }
            }
            (true, None) => Checklist {
                id,
                reference: put.reference.clone(),
                version: 0,
                title: title.clone(),
                items: vec![],
                draft: Some(Draft { title, items }),
                writing: None,
            },
            (false, _) => Checklist {
                id,
                reference: put.reference.clone(),
                version: version + 1,
                title,
                items,
                draft: None,
                writing: None,
            },
        };
        let settled = known.map_or(Ok(None), |list| self.settled_by(list, put))?;
        Ok(std::iter::once(event(K::Checklist, id, E::ChecklistPut(checklist))).chain(settled).collect())
    }

    pub(super) fn person_erase(&self, erase: &PersonErase) -> Decided {
        required(&erase.reason, "The legal reason")?;
        let person = PersonId(self.target_id()?);
        self.one(K::Person, person, E::PersonErased(PersonErased { person, reason: erase.reason.clone() }))
    }

    fn shift_officer(&self) -> Result<&Officer, Refusal> {
        let officer = self.world.officer(self.target()).ok_or_else(|| Refusal::not_found("officer", self.target()))?;
        let author = &self.ctx.author;
        if author.role == crate::command::Role::Officer && author.officer != Some(officer.id) {
            return Err(Refusal::new("not_allowed", "Officers sign on and off for themselves only.")
                .mend("Ask the control room."));
        }
        Ok(officer)
    }

    pub(super) fn sign_on(&self, on: &ShiftSignOn) -> Decided {
        let officer = self.shift_officer()?;
        let unit = self.world.unit(&on.unit).ok_or_else(|| Refusal::not_found("unit", &on.unit))?;
        if let Some(shift) = &officer.shift {
            if shift.unit == unit.id {
                return Ok(vec![]);
            }
            self.must_be_free(officer)?;
        }
        self.one(K::Officer, officer.id, E::ShiftSignedOn(ShiftChanged { unit: unit.id }))
    }

    pub(super) fn sign_off(&self) -> Decided {
        let officer = self.shift_officer()?;
        let Some(shift) = &officer.shift else {
            return Ok(vec![]);
        };
        self.must_be_free(officer)?;
        let mut events = vec![event(K::Officer, officer.id, E::ShiftSignedOff(ShiftChanged { unit: shift.unit }))];
        // Whoever goes home leaves no offer waiting for an answer.
        let waiting = self.world.callouts.values().filter(|c| !c.is_over());
        for (callout, offer) in waiting.filter_map(|c| Some((c, c.open_offer()?))) {
            if offer.officer == officer.id {
                let reason = "signed off".to_owned();
                events.extend(self.end_offer(callout, offer, E::Declined(EndedOffer { assignment: offer.id, reason })));
            }
        }
        Ok(events)
    }

    fn must_be_free(&self, officer: &Officer) -> Result<(), Refusal> {
        let busy = |c: &&Arc<Callout>| {
            c.is_open() && c.assignments.iter().any(|a| a.officer == officer.id && a.state.is_busy())
        };
        match self.world.callouts.values().find(busy) {
            Some(callout) => {
                Err(Refusal::new("on_callout", format!("{} is still open with this officer.", callout.number))
                    .mend("Finish it, or have it stood down first."))
            }
            None => Ok(()),
        }
    }
}

/// Minutes before the end of the shift.
const HANDOVER_PROMPT_MAX: u32 = 240;

fn believable(policy: &UpdatePolicy) -> Result<(), Refusal> {
    if policy.is_believable() {
        return Ok(());
    }
    Err(Refusal::new("bad_interval", "Updates are due every 5 minutes to every 24 hours, or never.")
        .mend("Give 5 to 1,440 minutes, or 0."))
}

/// Only the form; whether somebody reads it there takes a letter.
fn looks_like_mail(address: &str) -> bool {
    let parts = address.split_once('@').filter(|(name, domain)| !name.is_empty() && domain.contains('.'));
    parts.is_some() && address.len() <= 254 && !address.chars().any(|c| c.is_whitespace() || c.is_control() || c == ',')
}

fn place(point: Point) -> Result<(), Refusal> {
    if point.is_valid() {
        return Ok(());
    }
    Err(Refusal::new("bad_place", format!("{}, {} is no place on Earth.", point.lat, point.lon))
        .mend("Give latitude and longitude in degrees, WGS 84."))
}

/// Only the form: whether there is such a place takes a look-up.
/// Floors that a building may have, and plans that can be told apart and kept on a phone.
fn check_drawings(put: &SitePut) -> Result<(), Refusal> {
    if let Some(floors) = put.floors
        && !(is_floor(floors.lowest) && is_floor(floors.highest) && floors.lowest <= floors.highest)
    {
        return Err(Refusal::new("bad_floors", "These are not the floors of a building.")
            .mend("Give the lowest and the highest, from -10 to 60: 0 is the ground floor."));
    }
    let bad = |text: String, mend: &str| Err(Refusal::new("bad_plan", text).mend(mend));
    if put.plans.len() > PLANS_MAX {
        return bad(format!("{} plans are more than a phone keeps.", put.plans.len()), "Give 12 at most.");
    }
    for (index, plan) in put.plans.iter().enumerate() {
        check_digest(&plan.sha256)?;
        check_text(&plan.name)?;
        if plan.name.trim().is_empty() {
            return bad("A plan has no name.".into(), "Name each: “Ground floor”.");
        }
        if plan.floor.is_some_and(|floor| !is_floor(floor)) {
            return bad(format!("“{}” is of a floor that no building has.", plan.name), "0 is the ground floor.");
        }
        if put.plans[..index].iter().any(|other| other.sha256.eq_ignore_ascii_case(&plan.sha256)) {
            return bad(format!("“{}” is the same picture as another plan.", plan.name), "Give each plan once.");
        }
    }
    Ok(())
}

fn three_words(words: &Option<String>) -> Result<(), Refusal> {
    let Some(text) = words else { return Ok(()) };
    ThreeWords::parse(text).map(drop).map_err(|why| {
        Refusal::new("bad_words", format!("“{text}” is no what3words address. {why}"))
            .mend("Write it as filled.count.soap, or leave it out.")
    })
}
