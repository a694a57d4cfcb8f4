//! The register as files: CSV and GeoJSON in and out.
//!
//! Reading makes the commands that `decide` will judge like any others, and says of every row that makes none why.
//! [`check`] decides them in turn on a copy of the state: what a person sees before anything is applied. No files, no
//! network, no clock: the caller has them.

mod check;
mod csv_in;
mod csv_out;
mod escape;
mod geojson_in;
mod geojson_out;
mod table;
mod text;

pub use check::{Checked, check};
pub use csv_out::csv;
pub use geojson_out::geojson;
pub use table::{Table, template};

use domain::World;
use serde_json::Value;

/// A file longer than this is a mistake; a borough is a few megabytes.
pub const FILE_BYTES_MAX: usize = 40 * 1024 * 1024;

/// One command to send, and what to call it when telling about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where it stands in the file, counted.
    pub at: u64,
    /// "line 7", "feature 3".
    pub place: String,
    pub name: String,
    pub kind: &'static str,
    pub target: String,
    pub body: Value,
}

/// A row that becomes nothing, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub at: u64,
    pub place: String,
    pub name: String,
    pub why: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    pub rows: Vec<Row>,
    pub refused: Vec<Refused>,
}

/// Reads a file by its content: GeoJSON when it is JSON, else CSV. An error is a sentence about the whole file.
pub fn read(bytes: &[u8], world: &World) -> Result<Read, String> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(format!(
            "The file has {} MB; {} are the most. Split it.",
            bytes.len() / 1_048_576,
            FILE_BYTES_MAX / 1_048_576
        ));
    }
    let text = text::text_of(bytes)?;
    match text.trim_start().chars().next() {
        None => Err("The file is empty.".into()),
        Some('{') => geojson_in::read(text, world),
        Some(_) => csv_in::read(text, world),
    }
}
