//! Cuts a byte stream into frames. The result does not depend on how the stream was cut on the way.

use super::frame::{CR, CrcForm, FRAME_BYTES_MAX, LF, QUOTE, Start, start_of_frame};
use super::ping::{self, Ping, Shape};

/// How much of a run of noise is kept to show a person what was sent.
const NOISE_HEAD_BYTES_MAX: usize = 64;

/// One thing found in the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// LF to CR, not yet checked.
    Frame(Vec<u8>),
    /// An Osborne-Hoffman link check.
    Ping(Ping),
    /// Bytes that belong to no frame, with the first of them. Stray line ends between frames are not
    /// counted. Reported when the run ends, so that a run is one piece however it arrived.
    Noise { bytes: usize, head: Vec<u8> },
    /// More than [`FRAME_BYTES_MAX`] bytes without an end. Nothing is taken after it: the caller
    /// drops the connection.
    Overflow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The buffer could become the start of a frame or of a ping, or is empty.
    Between,
    /// The buffer starts with a frame's header.
    Frame,
    Overflowed,
}

/// Incremental, bounded splitter: holds at most [`FRAME_BYTES_MAX`] bytes.
#[derive(Clone, Debug)]
pub struct Splitter {
    state: State,
    buffer: Vec<u8>,
    noise_bytes: usize,
    noise_head: Vec<u8>,
}

impl Default for Splitter {
    fn default() -> Self {
        Splitter::new()
    }
}

impl Splitter {
    pub fn new() -> Self {
        Splitter { state: State::Between, buffer: Vec::new(), noise_bytes: 0, noise_head: Vec::new() }
    }

    /// Takes bytes in any portion and gives the pieces they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for &byte in bytes {
            self.push_byte(byte, &mut pieces);
        }
        pieces
    }

    /// The stream, or the datagram, ended: what is left over is noise.
    pub fn finish(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let rest = std::mem::take(&mut self.buffer);
        for byte in rest {
            self.drop_byte(byte);
        }
        self.end_noise(&mut pieces);
        self.state = State::Between;
        pieces
    }

    /// Bytes held while waiting for more.
    pub fn held_bytes(&self) -> usize {
        self.buffer.len() + self.noise_head.len()
    }

    fn push_byte(&mut self, byte: u8, pieces: &mut Vec<Piece>) {
        match self.state {
            State::Overflowed => {}
            State::Between => {
                self.buffer.push(byte);
                self.search(pieces);
            }
            State::Frame => {
                self.buffer.push(byte);
                self.grow(byte, pieces);
            }
        }
    }

    /// Moves bytes that cannot start anything out of the way until the buffer could.
    fn search(&mut self, pieces: &mut Vec<Piece>) {
        while !self.buffer.is_empty() {
            match start_of_frame(&self.buffer) {
                Start::Frame(_) => {
                    self.end_noise(pieces);
                    self.state = State::Frame;
                    return;
                }
                Start::Undecided => return,
                Start::Foreign => {}
            }
            match ping::shape(&self.buffer) {
                Shape::Complete => {
                    self.end_noise(pieces);
                    let raw = std::mem::take(&mut self.buffer);
                    pieces.extend(Ping::parse(&raw).map(Piece::Ping));
                    return;
                }
                Shape::Undecided => return,
                Shape::Foreign => {}
            }
            let byte = self.buffer.remove(0);
            self.drop_byte(byte);
            if self.noise_bytes > FRAME_BYTES_MAX {
                self.overflow(pieces);
                return;
            }
        }
    }

    /// Looks at the newest byte of a frame.
    fn grow(&mut self, byte: u8, pieces: &mut Vec<Piece>) {
        if byte == CR {
            pieces.push(Piece::Frame(std::mem::take(&mut self.buffer)));
            self.state = State::Between;
        } else if byte == QUOTE && self.restart().is_some_and(|start| start > 0) {
            let start = self.restart().unwrap_or_default();
            let lost: Vec<u8> = self.buffer.drain(..start).collect();
            for byte in lost {
                self.drop_byte(byte);
            }
            self.end_noise(pieces);
        } else if self.buffer.len() >= FRAME_BYTES_MAX {
            self.overflow(pieces);
        }
    }

    /// Where a new frame starts if the newest quote opens one: the frame before it lost its CR.
    ///
    /// A CR always ends a frame, so a binary CRC holding a CR is not recognised here. That costs one
    /// resend; treating the CR as part of a CRC could hold back a good frame.
    fn restart(&self) -> Option<usize> {
        [CrcForm::Ascii, CrcForm::Binary].into_iter().find_map(|form| {
            let start = self.buffer.len().checked_sub(form.quote_offset() + 1)?;
            let found = start_of_frame(&self.buffer[start..]) == Start::Frame(form);
            found.then_some(start)
        })
    }

    fn overflow(&mut self, pieces: &mut Vec<Piece>) {
        self.buffer = Vec::new();
        self.noise_bytes = 0;
        self.noise_head = Vec::new();
        self.state = State::Overflowed;
        pieces.push(Piece::Overflow);
    }

    fn drop_byte(&mut self, byte: u8) {
        // Some transmitters end with CR LF, DC4 or NUL bytes; those are not worth an alarm.
        let line_end = matches!(byte, CR | LF | 0x14 | 0x00);
        if line_end && self.noise_bytes == 0 {
            return;
        }
        self.noise_bytes += 1;
        if self.noise_head.len() < NOISE_HEAD_BYTES_MAX {
            self.noise_head.push(byte);
        }
    }

    fn end_noise(&mut self, pieces: &mut Vec<Piece>) {
        if self.noise_bytes > 0 {
            pieces.push(Piece::Noise { bytes: self.noise_bytes, head: std::mem::take(&mut self.noise_head) });
            self.noise_bytes = 0;
        }
    }
}
