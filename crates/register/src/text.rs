//! Bytes of a file as text, or a sentence about what they are instead.

/// UTF-8 with or without a mark at its beginning. What a spreadsheet saved as anything else is named, not guessed at:
/// a wrong guess writes wrong names into the register.
pub fn text_of(bytes: &[u8]) -> Result<&str, String> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err("The file is UTF-16. Save it as “CSV UTF-8”.".into());
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err("This is a spreadsheet or archive, no CSV. Save it as “CSV UTF-8”.".into());
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        format!("Line {line} is not UTF-8. Save the file as “CSV UTF-8”.")
    })?;
    match text.find('\0') {
        Some(at) => {
            let line = text[..at].matches('\n').count() + 1;
            Err(format!("Line {line} holds bytes that are no text."))
        }
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_utf_8_is_named_with_its_line() {
        assert_eq!(text_of(b"\xEF\xBB\xBFref,name").unwrap(), "ref,name");
        assert!(text_of(b"\xFF\xFEr\0e\0f\0").unwrap_err().contains("UTF-16"));
        assert!(text_of(b"PK\x03\x04rest").unwrap_err().contains("spreadsheet"));
        assert!(text_of(b"ref,name\nA,Caf\xE9\n").unwrap_err().starts_with("Line 2"));
        assert!(text_of(b"ref,name\nA,x\0y\n").unwrap_err().starts_with("Line 2"));
    }
}
