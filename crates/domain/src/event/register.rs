//! What happens to the register: contacts, erasures, shifts.

use crate::id::{PersonId, UnitId};
use crate::site::Contact;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactPut {
    pub contact: Contact,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactRemoved {
    pub contact: PersonId,
}

/// Personal parts of these log positions are gone by law; the chain stays whole over their digests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonErased {
    pub person: PersonId,
    #[serde(default)]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShiftChanged {
    pub unit: UnitId,
}
