//! Cells that a spreadsheet would run.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a return is a formula to a spreadsheet. Such a text leaves with
//! an apostrophe before it and loses it on the way in. A text that begins with an apostrophe itself gets one more, so
//! that every text comes back as it was.

const STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A negative number is no formula: longitudes stay numbers.
pub fn escaped(text: &str) -> String {
    let number = text.starts_with('-') && text.parse::<f64>().is_ok();
    if number {
        return text.to_owned();
    }
    if text.starts_with('\'') || text.starts_with(STARTS) { format!("'{text}") } else { text.to_owned() }
}

pub fn unescaped(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with('\'') || rest.starts_with(STARTS) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_leaves_harmless_and_comes_back_as_it_was() {
        for text in ["=cmd|' /C calc'!A0", "+44 20", "-x", "@x", "'quoted", "''", "'", "plain", "", "\tx", "'=x"] {
            let out = escaped(text);
            assert!(!out.starts_with(STARTS), "{out}");
            assert_eq!(unescaped(&out), text);
        }
        assert_eq!(escaped("-0.1378"), "-0.1378");
        assert_eq!(unescaped("'s-Gravenhage"), "'s-Gravenhage", "written by a person");
    }
}
