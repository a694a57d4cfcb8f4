//! A call-out's report as a PDF.
//!
//! What it is: one pure function, [`render`], from a [`Report`] to the bytes of a tagged PDF
//! (PDF/UA-1 and PDF/A-2a) that can be printed, searched, read aloud and kept. The same report
//! gives the same bytes: there is no clock, no file, no network and no randomness behind it. The
//! template (`report.typ`, `style.typ`) and all fonts are in the program.
//!
//! What it is not: it does not know the domain, decides nothing and hides nothing. Who may see
//! what is filtered by the caller; the report only says which version it is.
//!
//! Main type: [`Report`].
//!
//! Data reaches the template as data (`sys.inputs`), never as source, so whatever a person types
//! is printed as typed. The exceptions are few and visible: a character that no embedded font
//! can draw, or that a PDF/A file may not hold, is printed as its code, `[U+95E8]`; directional
//! overrides likewise; invisible characters are left out.
//!
//! Pictures are printed as reduced copies without metadata. A picture that cannot be decoded is
//! replaced by a note and fails nothing.
//!
//! Fonts: Noto Sans 1.04 (SIL Open Font License 1.1 as distributed, Apache 2.0 by its own name
//! table), Noto Emoji (SIL Open Font License 1.1), DejaVu Sans and DejaVu Sans Mono (Bitstream
//! Vera licence). The licence texts are in `licences/` and belong in the product's notices.

mod model;
mod picture;
mod text;
mod view;
mod world;

use chrono::{DateTime, Datelike, Timelike, Utc};
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

pub use model::*;

use picture::Copies;
use text::Faces;
use world::ReportWorld;

/// Why a report could not be made. Both are mistakes of this crate, not of the data, and trying
/// the same report again gives the same answer.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The template did not compile with this report.
    #[error("the report's template failed: {0}")]
    Template(String),
    /// The pages could not be written as PDF/UA-1 and PDF/A-2a.
    #[error("the report could not be written as PDF: {0}")]
    Export(String),
}

/// The report as a PDF file.
///
/// Takes about as long as decoding the pictures; call it where blocking is allowed.
pub fn render(report: &Report) -> Result<Vec<u8>, RenderError> {
    let copies = Copies {
        pictures: report.pictures.iter().map(|picture| picture::reduced(&picture.bytes)).collect(),
        plans: report.plans.iter().map(|plan| picture::reduced(&plan.bytes)).collect(),
    };
    let pdf = compile(report, &copies, Faces::All)
        // Some rare run of characters has no lawful form in PDF/A. A report with codes in place
        // of letters is better than none.
        .or_else(|_| compile(report, &copies, Faces::PageOnly));
    // Typst remembers each compilation process-wide; a hub that runs for months must not.
    typst::comemo::evict(0);
    pdf
}

fn compile(report: &Report, copies: &Copies, faces: Faces) -> Result<Vec<u8>, RenderError> {
    let inputs = view::inputs(report, copies, faces).map_err(|error| RenderError::Template(error.to_string()))?;
    let document: PagedDocument =
        typst::compile(&ReportWorld::new(inputs)).output.map_err(|errors| RenderError::Template(messages(&errors)))?;
    typst_pdf::pdf(&document, &options(report)?).map_err(|errors| RenderError::Export(messages(&errors)))
}

fn options(report: &Report) -> Result<PdfOptions, RenderError> {
    let standards = PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_2a])
        .map_err(|error| RenderError::Export(error.message().to_string()))?;
    Ok(PdfOptions {
        ident: Smart::Custom(format!(
            "watchhouse call-out report {} {:?} {}",
            report.reference, report.version, report.log.to
        )),
        creator: Smart::Custom(Some("Watchhouse".to_owned())),
        timestamp: Some(timestamp(report.made_at)),
        standards,
        ..PdfOptions::default()
    })
}

/// PDF/A requires a date, and PDF dates have four-digit years.
fn timestamp(at: DateTime<Utc>) -> Timestamp {
    let small = |value: u32| u8::try_from(value).unwrap_or_default();
    let datetime = Datetime::from_ymd_hms(
        at.year().clamp(1, 9999),
        small(at.month()),
        small(at.day()),
        small(at.hour()),
        small(at.minute()),
        small(at.second()),
    );
    Timestamp::new_utc(datetime.unwrap_or_else(unix_epoch))
}

fn unix_epoch() -> Datetime {
    Datetime::from_ymd_hms(1970, 1, 1, 0, 0, 0).expect("1 January 1970 is a date")
}

fn messages(errors: &[SourceDiagnostic]) -> String {
    let texts: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    texts.join("; ")
}
