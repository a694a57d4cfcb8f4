//! Server-sent events, byte by byte (HTML standard section 9.2, as much of it as a hub sends).

/// A single event longer than this is no event of ours.
const EVENT_BYTES_MAX: usize = 8 * 1024 * 1024;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SseEvent {
    /// `message` when the stream names none.
    pub event: String,
    pub data: String,
    pub id: Option<String>,
}

/// The stream is not what it should be; the connection is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the log stream is too long")]
pub struct TooLong;

/// Feeding one byte at a time gives the same events as feeding all at once.
#[derive(Debug, Default)]
pub struct SseParser {
    line: Vec<u8>,
    after_cr: bool,
    started: bool,
    event: String,
    data: String,
    has_data: bool,
    id: Option<String>,
}

impl SseParser {
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<SseEvent>, TooLong> {
        let mut events = Vec::new();
        for &byte in bytes {
            let skip = self.after_cr && byte == b'\n';
            self.after_cr = byte == b'\r';
            if skip {
                continue;
            }
            if byte == b'\n' || byte == b'\r' {
                events.extend(self.end_of_line());
            } else {
                self.line.push(byte);
                if self.line.len() + self.data.len() > EVENT_BYTES_MAX {
                    return Err(TooLong);
                }
            }
        }
        Ok(events)
    }

    fn end_of_line(&mut self) -> Option<SseEvent> {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let line = if self.started { &*line } else { line.strip_prefix('\u{feff}').unwrap_or(&line) };
        self.started = true;
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.event = value.to_owned(),
            "data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.data.push_str(value);
                self.has_data = true;
            }
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            // Comments, retry, and what later versions add.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<SseEvent> {
        let event = std::mem::take(&mut self.event);
        let data = std::mem::take(&mut self.data);
        if !std::mem::take(&mut self.has_data) {
            return None;
        }
        let event = if event.is_empty() { "message".into() } else { event };
        Some(SseEvent { event, data, id: self.id.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "\u{feff}: hello\r\nid: 7\nevent: log\ndata: {\"a\":\ndata:  1}\n\nevent: ping\r\
                          data: x\r\rretry: 5\n\nid: 8\ndata\n\n";

    fn expected() -> Vec<SseEvent> {
        let event = |event: &str, data: &str, id: &str| SseEvent {
            event: event.into(),
            data: data.into(),
            id: Some(id.into()),
        };
        vec![event("log", "{\"a\":\n 1}", "7"), event("ping", "x", "7"), event("message", "", "8")]
    }

    #[test]
    fn any_split_of_the_bytes_gives_the_same_events() {
        let bytes = STREAM.as_bytes();
        for size in 1..=bytes.len() {
            let mut parser = SseParser::default();
            let events: Vec<_> = bytes.chunks(size).flat_map(|chunk| parser.feed(chunk).unwrap()).collect();
            assert_eq!(events, expected(), "in chunks of {size}");
        }
    }

    #[test]
    fn an_event_cut_off_is_not_an_event() {
        let mut parser = SseParser::default();
        assert_eq!(parser.feed(b"event: log\ndata: {}\n").unwrap(), []);
        assert_eq!(parser.feed(b"\n").unwrap().len(), 1);
    }

    #[test]
    fn an_endless_line_is_given_up() {
        let mut parser = SseParser::default();
        assert_eq!(parser.feed(&vec![b'x'; EVENT_BYTES_MAX + 1]), Err(TooLong));
    }
}
