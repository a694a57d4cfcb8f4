//! Reading a place back over the telephone, so that the caller hears what was understood.

use super::typed::Reading;

/// Letter by letter in the NATO alphabet: `filled: Foxtrot India …; count: …; soap: …`. Empty when there is nothing.
pub fn read_back(reading: &Reading) -> String {
    match reading {
        Reading::Words(words) => {
            let spelled = words.words().map(|word| format!("{word}: {}", spell(word)));
            spelled.join("; ")
        }
        Reading::Place(located) => spell(&located.canonical),
        Reading::Empty | Reading::Unclear(_) => String::new(),
    }
}

fn spell(text: &str) -> String {
    // Groups stay groups: a grid reference is heard as letters, then two numbers.
    let groups = text.split_whitespace().map(|group| group.chars().filter_map(said).collect::<Vec<_>>().join(" "));
    groups.filter(|group| !group.is_empty()).collect::<Vec<_>>().join(", ")
}

fn said(c: char) -> Option<String> {
    const LETTERS: [&str; 26] = [
        "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima",
        "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey",
        "X-ray", "Yankee", "Zulu",
    ];
    const FIGURES: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    match c {
        'a'..='z' | 'A'..='Z' => Some(LETTERS[usize::from(c.to_ascii_uppercase() as u8 - b'A')].into()),
        '0'..='9' => Some(FIGURES[usize::from(c as u8 - b'0')].into()),
        '+' => Some("plus".into()),
        '.' => Some("decimal".into()),
        '−' | '-' => Some("minus".into()),
        ',' => None,
        // The alphabet ends at Z: other letters are said as they are.
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::read;

    #[test]
    fn a_place_is_read_back_letter_by_letter() {
        for (typed, said) in [
            (
                "///filled.count.soap",
                "filled: Foxtrot India Lima Lima Echo Delta; count: Charlie Oscar Uniform November Tango; \
                 soap: Sierra Oscar Alfa Papa",
            ),
            ("TQ 28931 83924", "Tango Quebec, two eight nine three one, eight three nine two four"),
            ("9C3XGVHC+XQ", "nine Charlie three X-ray Golf Victor Hotel Charlie plus X-ray Quebec"),
            ("51.5, -0.14", ""),
            ("51.53, -0.14", "five one decimal five three, minus zero decimal one four"),
            ("forêt.mûr.soap", "forêt: Foxtrot Oscar Romeo ê Tango; mûr: Mike û Romeo; soap: Sierra Oscar Alfa Papa"),
            ("behind the garages", ""),
            ("", ""),
        ] {
            assert_eq!(read_back(&read(typed, None)), said, "{typed}");
        }
    }
}
