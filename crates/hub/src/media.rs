//! Pictures: files named by the SHA-256 of their bytes, uploaded in pieces that may stop and go on.
//!
//! A finished file is `media/ab/cdef…`. While it grows it is beside it with `.part`, which is always shorter than the
//! whole; before its last piece is written it becomes `.last`, which is whole or worth nothing. What counts is what is on
//! disk, so a killed hub goes on where the file ends. Originals stay untouched; customers get copies without
//! metadata, kept as `.copy`.

use crate::counters::Counters;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Semaphore;

/// The largest picture, in bytes: more than any phone's photograph, less than a video.
pub const PICTURE_BYTES_MAX: u64 = 25 * 1024 * 1024;
/// The largest document, in bytes: a scanned method statement of many pages, read over a phone's signal.
pub const DOCUMENT_BYTES_MAX: u64 = 20 * 1024 * 1024;
/// A picture of which bytes are missing.
const PART: &str = "part";
/// A picture whose last piece is being written.
const LAST: &str = "last";
/// A customer's copy of a picture, and one that is being written.
const COPY: &str = "copy";
const COPY_DRAFT: &str = "draft";
/// Pictures decoded at the same moment. One may need 400 MB of memory.
const DECODING_MAX: usize = 1;
/// Pictures written at the same moment, at most; two of the same name never are.
const WRITERS: usize = 64;
/// Side of a customer's copy, in pixels.
const COPY_SIDE_MAX: u32 = 1600;
/// A picture that would need more pixels than this in memory is not decoded.
const PIXELS_MAX: u64 = 100_000_000;

#[derive(Clone, Debug)]
pub struct Media {
    dir: PathBuf,
    writers: Arc<[Mutex<()>; WRITERS]>,
    decoding: Arc<Semaphore>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Put {
    Complete,
    /// More to come from this offset.
    More(u64),
    /// The piece does not fit where the file ends.
    WrongOffset(u64),
    TooLarge,
    /// All bytes are here and they are not what was named; they were thrown away.
    DigestMismatch,
    /// The bytes are no picture, or no document where one was sent.
    WrongKind,
}

/// What an upload is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Picture,
    /// A signed document: PDF alone.
    Document,
    /// Whichever it was: a killed hub's last piece.
    Either,
}

impl Takes {
    fn bytes_max(self) -> u64 {
        match self {
            Self::Document => DOCUMENT_BYTES_MAX,
            Self::Picture | Self::Either => PICTURE_BYTES_MAX,
        }
    }

    fn takes(self, start: &[u8]) -> bool {
        let (picture, document) = (kind(start).is_some(), is_pdf(start));
        match self {
            Self::Picture => picture,
            Self::Document => document,
            Self::Either => picture || document,
        }
    }
}

/// One piece of a file and where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub from: u64,
    pub total: u64,
}

impl Media {
    pub fn new(data: &Path) -> Self {
        let writers = Arc::new(std::array::from_fn(|_| Mutex::default()));
        Self { dir: data.join("media"), writers, decoding: Arc::new(Semaphore::new(DECODING_MAX)) }
    }

    pub fn path(&self, sha256: &str) -> PathBuf {
        let sha256 = sha256.to_ascii_lowercase();
        self.dir.join(&sha256[..2]).join(&sha256[2..])
    }

    pub fn is_complete(&self, sha256: &str) -> bool {
        sha256.len() == 64 && self.path(sha256).is_file()
    }

    fn part(&self, sha256: &str) -> PathBuf {
        self.path(sha256).with_extension(PART)
    }

    fn last(&self, sha256: &str) -> PathBuf {
        self.path(sha256).with_extension(LAST)
    }

    /// One writes a picture at a time; a second waits here and finds what the first has left.
    fn alone(&self, sha256: &str) -> MutexGuard<'_, ()> {
        let slot = u8::from_str_radix(&sha256[..2], 16).unwrap_or_default();
        self.writers[usize::from(slot) % WRITERS].lock().unwrap_or_else(|e| e.into_inner())
    }

    /// How many bytes are here, and whether that is all. Blocking.
    pub fn offset(&self, sha256: &str) -> std::io::Result<(u64, bool)> {
        let _alone = self.alone(sha256);
        self.have(sha256)
    }

    /// The same for who is alone. What a killed hub left behind with its last piece is judged first.
    fn have(&self, sha256: &str) -> std::io::Result<(u64, bool)> {
        if self.last(sha256).is_file() {
            self.finish(sha256, &self.last(sha256), Takes::Either)?;
        }
        if let Ok(whole) = self.path(sha256).metadata() {
            return Ok((whole.len(), true));
        }
        Ok((self.part(sha256).metadata().map_or(0, |m| m.len()), false))
    }

    /// Adds a piece. Blocking: called on a blocking thread.
    pub fn put(&self, sha256: &str, piece: Piece, bytes: &[u8]) -> std::io::Result<Put> {
        self.put_as(Takes::Picture, sha256, piece, bytes)
    }

    /// The same for a document. Blocking.
    pub fn put_document(&self, sha256: &str, piece: Piece, bytes: &[u8]) -> std::io::Result<Put> {
        self.put_as(Takes::Document, sha256, piece, bytes)
    }

    fn put_as(&self, takes: Takes, sha256: &str, piece: Piece, bytes: &[u8]) -> std::io::Result<Put> {
        let end = piece.from.saturating_add(bytes.len() as u64);
        if piece.total > takes.bytes_max() || end > piece.total {
            return Ok(Put::TooLarge);
        }
        let _alone = self.alone(sha256);
        let (mut have, complete) = self.have(sha256)?;
        if complete {
            return Ok(Put::Complete);
        }
        let (part, last) = (self.part(sha256), self.last(sha256));
        // All of it, and nobody has said that it is right: whoever wrote it was killed.
        if have > 0 && have >= piece.total {
            match self.finish(sha256, &part, takes)? {
                Put::Complete => return Ok(Put::Complete),
                _ => have = 0,
            }
        }
        if piece.from > have {
            return Ok(Put::WrongOffset(have));
        }
        let folder = part.parent().unwrap_or(&self.dir);
        std::fs::create_dir_all(folder)?;
        if end < piece.total {
            // A piece sent again overwrites the same bytes.
            write_at(&part, piece.from, bytes)?.sync_data()?;
            return Ok(Put::More(end.max(have)));
        }
        if have > 0 {
            std::fs::rename(&part, &last)?;
            sync(folder)?;
        }
        let written = write_at(&last, piece.from, bytes).and_then(|file| file.sync_all());
        if let Err(error) = written {
            // A full disk. What was here before is still good to go on with, and is a part again once it is short.
            File::options().write(true).open(&last)?.set_len(piece.from)?;
            std::fs::rename(&last, &part)?;
            return Err(error);
        }
        self.finish(sha256, &last, takes)
    }

    /// Gives a whole file its name, or removes it when it is not what was named.
    fn finish(&self, sha256: &str, whole: &Path, takes: Takes) -> std::io::Result<Put> {
        let (found, start) = digest_of(whole)?;
        if !found.eq_ignore_ascii_case(sha256) {
            std::fs::remove_file(whole)?;
            return Ok(Put::DigestMismatch);
        }
        if !takes.takes(&start) {
            std::fs::remove_file(whole)?;
            return Ok(Put::WrongKind);
        }
        std::fs::rename(whole, self.path(sha256))?;
        // The name must survive a power cut before the phone lets go of its copy.
        sync(whole.parent().unwrap_or(&self.dir))?;
        sync(&self.dir)?;
        Ok(Put::Complete)
    }

    /// Finishes what a killed hub left whole and without its name; the phone may have been told that it has arrived, and
    /// never asks again. Blocking.
    pub fn recover(&self) -> std::io::Result<()> {
        for folder in std::fs::read_dir(&self.dir)? {
            let folder = folder?;
            for file in std::fs::read_dir(folder.path()).into_iter().flatten() {
                let path = file?.path();
                let Some(extension) = path.extension().filter(|e| *e == PART || *e == LAST) else { continue };
                let stem = path.file_stem().unwrap_or_default();
                let sha256 = format!("{}{}", folder.file_name().display(), stem.display());
                if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
                    continue;
                }
                let _alone = self.alone(&sha256);
                // A part that is not whole may still become so.
                let judged = extension == LAST || path.is_file() && digest_of(&path)?.0 == sha256;
                if judged && path.is_file() {
                    self.finish(&sha256, &path, Takes::Either)?;
                }
            }
        }
        Ok(())
    }

    /// The original's bytes and type.
    pub fn read(&self, sha256: &str) -> std::io::Result<(Vec<u8>, &'static str)> {
        let bytes = std::fs::read(self.path(sha256))?;
        let document = is_pdf(&bytes).then_some("application/pdf");
        let kind = kind(&bytes).or(document).unwrap_or("application/octet-stream");
        Ok((bytes, kind))
    }

    /// The copy for customers, which is made once and kept beside the original. None when none can be made.
    pub async fn copy(&self, sha256: &str, counters: &Counters) -> anyhow::Result<Option<Vec<u8>>> {
        let kept = self.path(sha256).with_extension(COPY);
        if let Some(copy) = read_kept(&kept).await? {
            return Ok(copy);
        }
        let decoding = self.decoding.clone().acquire_owned().await?;
        // Somebody else may have made it meanwhile.
        if let Some(copy) = read_kept(&kept).await? {
            return Ok(copy);
        }
        counters.add("pictures_decoded", 1);
        let original = self.path(sha256);
        tokio::task::spawn_blocking(move || {
            let _decoding = decoding;
            let copy = copy_of(&std::fs::read(original)?).unwrap_or_else(|error| {
                tracing::warn!(error = format!("{error:#}"), "no copy of a picture can be made");
                Vec::new()
            });
            let draft = kept.with_extension(COPY_DRAFT);
            std::fs::write(&draft, &copy)?;
            std::fs::rename(&draft, &kept)?;
            Ok(Some(copy).filter(|copy| !copy.is_empty()))
        })
        .await?
    }
}

/// A copy from before. An empty one says that none can be made.
async fn read_kept(kept: &Path) -> std::io::Result<Option<Option<Vec<u8>>>> {
    match tokio::fs::read(kept).await {
        Ok(copy) => Ok(Some(Some(copy).filter(|copy| !copy.is_empty()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Decoded and encoded anew, so that no metadata is left, and no larger than a screen needs.
fn copy_of(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format()?;
    let (width, height) = reader.into_dimensions()?;
    anyhow::ensure!(u64::from(width) * u64::from(height) <= PIXELS_MAX, "the picture has too many pixels");
    let picture = image::load_from_memory(bytes)?;
    let picture = match width.max(height) > COPY_SIDE_MAX {
        true => picture.thumbnail(COPY_SIDE_MAX, COPY_SIDE_MAX),
        false => picture,
    };
    let mut out = std::io::Cursor::new(Vec::new());
    picture.into_rgb8().write_to(&mut out, image::ImageFormat::Jpeg)?;
    Ok(out.into_inner())
}

/// Whether a file in the folder of pictures is a finished one.
pub fn is_finished(path: &Path) -> bool {
    path.extension().is_none()
}

fn write_at(path: &Path, from: u64, bytes: &[u8]) -> std::io::Result<File> {
    let mut file = File::options().create(true).truncate(false).write(true).open(path)?;
    file.seek(SeekFrom::Start(from))?;
    file.write_all(bytes)?;
    Ok(file)
}

/// What is in a folder survives a power cut.
#[cfg(unix)]
fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A folder cannot be opened as a file there, and its entries are written through.
#[cfg(not(unix))]
fn sync(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The digest in hex, and the first bytes.
fn digest_of(path: &Path) -> std::io::Result<(String, Vec<u8>)> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut start = Vec::with_capacity(16);
    let mut buffer = vec![0u8; 64 * 1024];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok((hex(&hash.finalize()), start));
        }
        if start.len() < 16 {
            start.extend_from_slice(&buffer[..n.min(16 - start.len())]);
        }
        hash.update(&buffer[..n]);
    }
}

/// The type by the first bytes: JPEG, PNG or WebP.
pub fn kind(start: &[u8]) -> Option<&'static str> {
    match start {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some("image/png"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Whether the first bytes are a PDF's.
fn is_pdf(start: &[u8]) -> bool {
    start.starts_with(b"%PDF-")
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A digest from its 64 hexadecimal digits.
pub fn digest_of_hex(hex: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = hex.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    let pairs: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| (sum << 4) | digit)).collect();
    (digits.len() == 64).then(|| pairs.try_into().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> (Vec<u8>, String) {
        let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE0];
        bytes.extend((0..100_000u32).map(|n| n as u8));
        let name = hex(&Sha256::digest(&bytes));
        (bytes, name)
    }

    #[test]
    fn an_upload_stops_and_goes_on_where_it_ended() {
        let dir = tempfile::tempdir().unwrap();
        let media = Media::new(dir.path());
        let (bytes, name) = picture();
        let total = bytes.len() as u64;
        assert_eq!(media.put(&name, Piece { from: 0, total }, &bytes[..1000]).unwrap(), Put::More(1000));
        assert_eq!(media.offset(&name).unwrap(), (1000, false));
        assert_eq!(media.put(&name, Piece { from: 5000, total }, &bytes[5000..]).unwrap(), Put::WrongOffset(1000));
        assert_eq!(media.put(&name, Piece { from: 500, total }, &bytes[500..2000]).unwrap(), Put::More(2000));
        assert_eq!(media.put(&name, Piece { from: 2000, total }, &bytes[2000..]).unwrap(), Put::Complete);
        assert_eq!(media.read(&name).unwrap().0, bytes);
        assert_eq!(media.put(&name, Piece { from: 0, total }, &bytes).unwrap(), Put::Complete);
    }

    #[test]
    fn bytes_that_are_not_what_was_named_are_thrown_away() {
        let dir = tempfile::tempdir().unwrap();
        let media = Media::new(dir.path());
        let (mut bytes, name) = picture();
        let total = bytes.len() as u64;
        bytes[50] ^= 1;
        assert_eq!(media.put(&name, Piece { from: 0, total }, &bytes).unwrap(), Put::DigestMismatch);
        assert_eq!(media.offset(&name).unwrap(), (0, false));
    }

    #[test]
    fn a_picture_that_is_too_large_or_no_picture_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let media = Media::new(dir.path());
        let total = 30 * 1024 * 1024;
        assert_eq!(media.put(&"a".repeat(64), Piece { from: 0, total }, b"x").unwrap(), Put::TooLarge);
        let text = b"<script>alert(1)</script>";
        let name = hex(&Sha256::digest(text));
        let total = text.len() as u64;
        assert_eq!(media.put(&name, Piece { from: 0, total }, text).unwrap(), Put::WrongKind);
    }

    #[test]
    fn a_document_is_a_pdf_and_nothing_else_and_no_picture_is_a_document() {
        let dir = tempfile::tempdir().unwrap();
        let media = Media::new(dir.path());
        let named = |bytes: &[u8]| (hex(&Sha256::digest(bytes)), Piece { from: 0, total: bytes.len() as u64 });
        let pdf = b"%PDF-1.7\nsigned".as_slice();
        let (name, whole) = named(pdf);
        assert_eq!(media.put(&name, whole, pdf).unwrap(), Put::WrongKind);
        assert_eq!(media.put_document(&name, whole, pdf).unwrap(), Put::Complete);
        assert_eq!(media.read(&name).unwrap(), (pdf.to_vec(), "application/pdf"));
        let page = b"<html>%PDF-1.7</html>".as_slice();
        let (name, whole) = named(page);
        assert_eq!(media.put_document(&name, whole, page).unwrap(), Put::WrongKind);
        let (picture, name) = picture();
        let total = picture.len() as u64;
        assert_eq!(media.put_document(&name, Piece { from: 0, total }, &picture).unwrap(), Put::WrongKind);
        let total = DOCUMENT_BYTES_MAX + 1;
        assert_eq!(media.put_document(&"a".repeat(64), Piece { from: 0, total }, b"%PDF-").unwrap(), Put::TooLarge);
    }
}
