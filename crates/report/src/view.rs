//! What the template reads: the report as JSON, cleaned, with the few things the template cannot
//! work out itself.

use serde_json::{Value, json};
use typst::foundations::{Array, Bytes, Dict, IntoValue, Str, Value as TypstValue};

use crate::model::{Report, Signature};
use crate::picture::{Copies, Copy, Trouble};
use crate::text::{self, Faces};

/// Longer alternative texts help nobody, and a PDF string has a limit of 32,767 bytes.
const ALT_CHARS_MAX: usize = 600;
/// A document's title is one line in a window's title bar.
const TITLE_CHARS_MAX: usize = 200;
/// A signature of a minute at 100 points a second.
const SIGNATURE_POINTS_MAX: usize = 6_000;

/// The whole of `sys.inputs`.
pub(crate) fn inputs(report: &Report, copies: &Copies, faces: Faces) -> serde_json::Result<Dict> {
    let json = serde_json::to_vec(&view(report, copies, faces)?)?;
    let mut inputs = Dict::new();
    inputs.insert(Str::from("report"), Bytes::new(json).into_value());
    inputs.insert(Str::from("pictures"), drawn(&copies.pictures));
    inputs.insert(Str::from("plans"), drawn(&copies.plans));
    Ok(inputs)
}

fn drawn(copies: &[Result<Copy, Trouble>]) -> TypstValue {
    let mut drawn = Array::new();
    for copy in copies {
        drawn.push(match copy {
            Ok(copy) => TypstValue::Bytes(copy.jpeg.clone()),
            Err(_) => TypstValue::None,
        });
    }
    drawn.into_value()
}

fn view(report: &Report, copies: &Copies, faces: Faces) -> serde_json::Result<Value> {
    let mut view = serde_json::to_value(report)?;
    view["signature"]["strokes"] = Value::Null;
    text::clean_all(&mut view, faces);

    view["document_title"] = json!(text::head(&one_line(&document_title(report), faces), TITLE_CHARS_MAX));
    if report.made_at_text.is_empty() {
        view["made_at_text"] = json!(report.made_at.format("%-d %B %Y, %H:%M:%S UTC").to_string());
    }
    for (row, time) in report.times.iter().enumerate() {
        view["times"][row]["elapsed"] = json!(time.elapsed_s.map(elapsed));
    }
    for (at, (picture, copy)) in report.pictures.iter().zip(&copies.pictures).enumerate() {
        let trouble = copy.as_ref().err().map(|trouble| trouble.sentence());
        let alt = [&picture.alt, &picture.caption]
            .map(|text| one_line(text, faces))
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_else(|| "No description was given.".to_owned());
        let shown = &mut view["pictures"][at];
        shown["trouble"] = json!(trouble);
        shown["shape"] = json!(copy.as_ref().ok().map(|copy| copy.shape));
        shown["alt"] = json!(text::head(&alt, ALT_CHARS_MAX));
    }
    for (at, (plan, copy)) in report.plans.iter().zip(&copies.plans).enumerate() {
        let pins: Vec<String> = plan.pins.iter().map(|pin| format!("{}: {}", pin.n, pin.what)).collect();
        let alt = one_line(&format!("Plan: {}. {}", plan.name, pins.join("; ")), faces);
        let shown = &mut view["plans"][at];
        shown["trouble"] = json!(copy.as_ref().err().map(|trouble| trouble.sentence()));
        shown["shape"] = json!(copy.as_ref().ok().map(|copy| copy.shape));
        shown["alt"] = json!(text::head(&alt, ALT_CHARS_MAX));
    }
    if let Some(signature) = &report.signature {
        view["signature"]["drawing"] = drawing(signature);
        view["signature"]["alt"] = json!(text::head(
            &text::clean(&format!("Handwritten signature of {}", signature.name), faces),
            ALT_CHARS_MAX
        ));
    } else {
        view["signature"] = Value::Null;
    }
    Ok(view)
}

/// Text that is not laid out: no line breaks and no places to break.
fn one_line(text: &str, faces: Faces) -> String {
    let cleaned = text::clean(text, faces).replace('\u{200B}', "");
    cleaned.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a viewer shows in its window's title.
fn document_title(report: &Report) -> String {
    let mark = if report.service.demonstration { "DEMONSTRATION: " } else { "" };
    let about: Vec<&str> =
        [report.title.as_str(), report.site.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
    let about = match about.as_slice() {
        [] => String::new(),
        parts => format!(": {}", parts.join(", ")),
    };
    format!("{mark}Call-out report {}{about}", report.reference)
}

/// "+16 min 48 s": the two or three parts that matter.
fn elapsed(seconds: i64) -> String {
    let sign = if seconds < 0 { "\u{2212}" } else { "+" };
    let total = seconds.unsigned_abs();
    let (hours, minutes, seconds) = (total / 3600, total / 60 % 60, total % 60);
    match (hours, minutes) {
        (0, 0) if seconds == 0 => "0 s".to_owned(),
        (0, 0) => format!("{sign}{seconds} s"),
        (0, _) => format!("{sign}{minutes} min {seconds:02} s"),
        (_, _) => format!("{sign}{hours} h {minutes:02} min"),
    }
}

/// The strokes scaled to a box of width 1: `{ height, strokes }`, or null where nothing is drawn.
fn drawing(signature: &Signature) -> Value {
    let mut left = SIGNATURE_POINTS_MAX;
    let strokes: Vec<Vec<(f32, f32)>> = signature
        .strokes
        .iter()
        .map(|stroke| {
            let points: Vec<_> =
                stroke.iter().copied().filter(|(x, y)| x.abs() < 1e6 && y.abs() < 1e6).take(left).collect();
            left -= points.len();
            points
        })
        .filter(|stroke| !stroke.is_empty())
        .collect();
    let points = || strokes.iter().flatten();
    if points().next().is_none() {
        return Value::Null;
    }
    let (x0, x1) = extent(points().map(|(x, _)| *x));
    let (y0, y1) = extent(points().map(|(_, y)| *y));
    let width = (x1 - x0).max(f32::EPSILON);
    let scaled: Vec<Vec<[f32; 2]>> = strokes
        .iter()
        .map(|stroke| stroke.iter().map(|(x, y)| [(x - x0) / width, (y - y0) / width]).collect())
        .collect();
    json!({ "height": (y1 - y0) / width, "strokes": scaled })
}

fn extent(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elapsed_time_reads_as_spoken() {
        for (seconds, expected) in [
            (0, "0 s"),
            (9, "+9 s"),
            (60, "+1 min 00 s"),
            (1008, "+16 min 48 s"),
            (7500, "+2 h 05 min"),
            (-75, "\u{2212}1 min 15 s"),
        ] {
            assert_eq!(elapsed(seconds), expected);
        }
    }

    #[test]
    fn a_signature_keeps_its_shape_and_loses_impossible_points() {
        let signature = Signature {
            strokes: vec![vec![(10.0, 10.0), (f32::NAN, 3.0), (110.0, 60.0)], vec![(f32::INFINITY, 0.0)]],
            ..Signature::default()
        };
        assert_eq!(drawing(&signature), json!({ "height": 0.5, "strokes": [[[0.0, 0.0], [1.0, 0.5]]] }));
        assert_eq!(drawing(&Signature::default()), Value::Null);
    }

    #[test]
    fn a_demonstration_says_so_in_the_title() {
        let mut report = Report::new("CO-26-01847", Default::default());
        assert_eq!(document_title(&report), "Call-out report CO-26-01847");
        report.service.demonstration = true;
        report.site = "Depot".to_owned();
        assert_eq!(document_title(&report), "DEMONSTRATION: Call-out report CO-26-01847: Depot");
    }
}
