//! Where something is, in the forms people say and type it: three words, National Grid references, Plus Codes and
//! coordinates; how each is read back, and whether several of them mean one place.
//!
//! Offline and pure. Only what three words stand for has to be asked of somebody else; what was typed is never
//! rewritten by any of this.

mod agree;
mod coordinates;
pub mod fuzzing;
mod outline;
pub mod plus_code;
mod spell;
mod three_words;
mod typed;
mod way;

pub use agree::{Check, Claims, Disagreement, FAR_OFF_M, Register, SLACK_M, Source, check};
pub use coordinates::format as coordinates;
pub use spell::read_back;
pub use three_words::{NotWords, ThreeWords};
pub use typed::{Form, Located, Reading, read};
pub use way::{distance_words, way_words};

/// A place nobody types more than this for; what is longer was pasted by mistake.
pub const TYPED_CHARS_MAX: usize = 200;
