//! The file a demonstration starts from: places, people, panels and documents, each element the body of one command.

use domain::command::{ChecklistPut, CommandBody, EstatePut, OfficerPut, PanelPut, RamsPut, SitePut, UnitPut};
use serde::{Deserialize, Serialize};

/// `docs/examples/borough.json`: invented, but for the names and rough places of the estates.
pub const DEMONSTRATION: &str = include_str!("../../../docs/examples/borough.json");

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Borough {
    pub demonstration: bool,
    pub settings: domain::settings::Settings,
    pub estates: Vec<EstatePut>,
    pub rams: Vec<RamsPut>,
    pub checklists: Vec<ChecklistPut>,
    pub units: Vec<UnitPut>,
    pub officers: Vec<OfficerPut>,
    pub sites: Vec<SitePut>,
    pub panels: Vec<PanelEntry>,
}

/// A panel, with its AES key beside the command: keys never get into the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelEntry {
    #[serde(flatten)]
    pub put: PanelPut,
    /// Hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl Borough {
    pub fn demonstration() -> Self {
        serde_json::from_str(DEMONSTRATION).expect("the shipped borough is tested")
    }

    /// What an import sends, in an order in which every reference is known before it is used.
    pub fn commands(&self) -> Vec<CommandBody> {
        let mut all = vec![CommandBody::SettingsPut(self.settings.clone())];
        all.extend(self.estates.iter().cloned().map(CommandBody::EstatePut));
        all.extend(self.rams.iter().cloned().map(CommandBody::RamsPut));
        all.extend(self.checklists.iter().cloned().map(CommandBody::ChecklistPut));
        all.extend(self.units.iter().cloned().map(CommandBody::UnitPut));
        all.extend(self.officers.iter().cloned().map(CommandBody::OfficerPut));
        all.extend(self.sites.iter().cloned().map(CommandBody::SitePut));
        all.extend(self.panels.iter().map(|p| CommandBody::PanelPut(p.put.clone())));
        all
    }

    pub fn site(&self, reference: &str) -> Option<&SitePut> {
        self.sites.iter().find(|s| s.reference == reference)
    }

    pub fn panel(&self, account: &str) -> Option<&PanelEntry> {
        self.panels.iter().find(|p| p.put.account == account)
    }

    /// The site a panel reports from.
    pub fn site_of(&self, account: &str) -> Option<&SitePut> {
        self.site(self.panel(account)?.put.site.as_deref()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::command::{Author, Command, Role};
    use domain::decide::{Ctx, decide};
    use domain::event::Recorded;
    use domain::geo::distance_m;
    use domain::id::{AccountId, CommandId, EventId};
    use domain::world::World;
    use uuid::Uuid;

    /// Decides everything as an import does, one command after the other.
    fn world(borough: &Borough) -> World {
        let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let mut world = World::default();
        let mut seq = 0;
        for body in borough.commands() {
            let sent = serde_json::to_value(&body).unwrap();
            let command = Command {
                id: CommandId(Uuid::now_v7()),
                at: now,
                kind: body.kind().into(),
                v: 1,
                target: Uuid::now_v7().to_string(),
                after: vec![],
                on_behalf_of: None,
                sent_at: None,
                age_ms: None,
                body: sent["body"].clone(),
            };
            let ctx = Ctx {
                author: Author { account: AccountId(Uuid::nil()), role: Role::System, officer: None },
                now,
                at: now,
                fixes: &domain::nearest::NoFixes,
                has_media: &|_| false,
                number: &|_| String::new(),
                can_offer: true,
            };
            let events = decide(&world, &command, &ctx).unwrap_or_else(|refusal| panic!("{}: {refusal}", body.kind()));
            for event in events {
                seq += 1;
                world.evolve(&Recorded {
                    seq,
                    stream: event.stream,
                    version: world.version(event.stream) + 1,
                    id: EventId(Uuid::now_v7()),
                    command_id: command.id,
                    at: now,
                    recorded_at: now,
                    by: ctx.author.clone(),
                    body: event.body,
                });
            }
        }
        world
    }

    #[test]
    fn every_record_of_the_demonstration_borough_is_accepted_and_every_reference_resolves() {
        let borough = Borough::demonstration();
        assert!(borough.demonstration && borough.settings.demonstration);
        let world = world(&borough);
        assert_eq!(world.estates.len(), borough.estates.len());
        assert_eq!(world.sites.len(), borough.sites.len());
        assert_eq!(world.panels.len(), borough.panels.len());
        assert_eq!(world.officers.len(), borough.officers.len());
        assert_eq!(world.units.len(), borough.units.len());
        for site in world.sites.values() {
            assert!(site.estate.is_some() && site.rams.is_some() && site.checklist.is_some(), "{}", site.reference);
            assert!(!site.entrances.is_empty() && !site.contacts.is_empty() && !site.zones.is_empty());
            let estate = &world.estates[&site.estate.unwrap()];
            assert!(distance_m(estate.centre, site.point) < 400.0, "{} is not on its estate", site.reference);
            assert!(estate.outline.len() >= 5, "{}", estate.reference);
            for entrance in &site.entrances {
                assert!(distance_m(entrance.point, site.point) < site.radius_m, "{}", site.reference);
            }
        }
        for panel in world.panels.values() {
            assert!(panel.site.is_some(), "{}", panel.account);
        }
    }

    #[test]
    fn what_the_file_holds_is_marked_as_invented() {
        let borough = Borough::demonstration();
        assert_eq!(serde_json::to_value(&borough).unwrap()["sites"][0]["what3words"], serde_json::Value::Null);
        for site in &borough.sites {
            assert!(site.access.contains("(demonstration)"), "{}", site.reference);
            assert!(site.customer.as_ref().unwrap().contains("Demonstration"));
            assert_eq!(site.what3words, None);
            for contact in &site.contacts {
                assert!(contact.name.ends_with("(demonstration)"));
                assert!(contact.telephone.starts_with("020 7946 0"), "Ofcom keeps 020 7946 0xxx for drama");
                assert!(contact.email.ends_with("@example.invalid"));
            }
        }
        for officer in &borough.officers {
            assert!(officer.telephone.starts_with("07700 900"), "Ofcom keeps 07700 900xxx for drama");
            assert!(officer.employer.contains("Demonstration"));
        }
        assert!(borough.settings.contact.telephone.starts_with("020 7946 0"));
    }

    #[test]
    fn the_panels_have_keys_of_each_size() {
        let mut bits: Vec<usize> = Borough::demonstration()
            .panels
            .iter()
            .filter_map(|p| Some(feeds::dc09::Key::parse_hex(p.key.as_ref()?).unwrap().bits()))
            .collect();
        bits.sort_unstable();
        bits.dedup();
        assert_eq!(bits, [128, 192, 256]);
    }

    #[test]
    fn the_checklists_use_every_type_of_item() {
        let borough = Borough::demonstration();
        let kinds: std::collections::BTreeSet<&str> =
            borough.checklists.iter().flat_map(|c| &c.items).map(|i| protocol::items::kind_name(&i.kind)).collect();
        assert_eq!(kinds.len(), 13, "{kinds:?}");
    }
}
