//! The tables of the register and their columns.

/// One kind of row a CSV file can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Sites,
    Entrances,
    Contacts,
    Panels,
    Keys,
}

impl Table {
    pub const ALL: [Self; 5] = [Self::Sites, Self::Entrances, Self::Contacts, Self::Panels, Self::Keys];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Entrances => "entrances",
            Self::Contacts => "contacts",
            Self::Panels => "panels",
            Self::Keys => "keys",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    /// All its columns, in the order in which they are written.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Sites => &[
                "ref",
                "name",
                "estate",
                "address",
                "lat",
                "lon",
                "radius_m",
                "customer",
                "what3words",
                "hazards",
                "access",
                "key_notes",
                "response",
                "rams",
                "checklist",
                "zones",
                "callout_on_take",
                "acknowledge_en_route",
                "keys_needed",
                "pictures_at_once",
            ],
            Self::Entrances => {
                &["site", "entrance", "lat", "lon", "what3words", "parking_lat", "parking_lon", "parking_note"]
            }
            Self::Contacts => &["site", "role", "name", "telephone", "email"],
            Self::Panels => &[
                "account",
                "site",
                "urn",
                "urn_level",
                "urn_hold_up",
                "urn_hold_up_level",
                "police_force",
                "supervision_s",
                "time_check",
                "refuse_unknown",
            ],
            Self::Keys => &["number", "site", "opens", "seal", "kept"],
        }
    }

    /// Without these a row says nothing.
    pub fn needed(self) -> &'static [&'static str] {
        match self {
            Self::Sites => &["ref", "name", "address", "lat", "lon"],
            Self::Entrances => &["site", "entrance", "lat", "lon"],
            Self::Contacts => &["site", "role", "name"],
            Self::Panels => &["account"],
            Self::Keys => &["number"],
        }
    }

    /// By the column that no other table has.
    pub fn of_columns(columns: &[String]) -> Option<Self> {
        let has = |name: &str| columns.iter().any(|c| c == name);
        if has("entrance") {
            Some(Self::Entrances)
        } else if has("account") {
            Some(Self::Panels)
        } else if has("number") {
            Some(Self::Keys)
        } else if has("role") {
            Some(Self::Contacts)
        } else if has("ref") || has("address") {
            Some(Self::Sites)
        } else {
            None
        }
    }
}

/// A file with nothing but the columns, to fill in.
pub fn template(table: Table) -> String {
    format!("{}\r\n", table.columns().join(","))
}
