//! Reduced copies of pictures for the page.
//!
//! Decoding is the test of a picture: what cannot be decoded is shown as a note and never fails
//! the report. The copy carries no metadata, so a customer's report cannot leak a position from
//! a picture's EXIF block, and sixty pictures make a file that can still be sent by e-mail.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgb, RgbImage, imageops};
use typst::foundations::Bytes;

/// The longer edge of a copy. Printed 80 mm wide that is 400 dots per inch.
pub(crate) const EDGE_PX_MAX: u32 = 1280;
/// Good enough to read a number plate that the original shows, at about 200 kB.
const JPEG_QUALITY: u8 = 80;
/// The largest phone sensors make 16,320 pixels.
const SOURCE_EDGE_PX_MAX: u32 = 20_000;
/// 200 megapixels at 4 bytes is 800 MB; 50 megapixels is what phones deliver by default.
const SOURCE_ALLOC_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Why a picture is not on the page, as the reader is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No bytes were given.
    Absent,
    /// Not a picture, cut short, or of an unknown kind.
    Unreadable,
    TooLarge,
}

impl Trouble {
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Absent => "This picture was not available when the report was made.",
            Self::Unreadable => "This picture could not be shown: its file is damaged or of an unknown kind.",
            Self::TooLarge => "This picture could not be shown: it is too large to print.",
        }
    }
}

/// A picture fit for the page: upright, at most [`EDGE_PX_MAX`] wide or high, without metadata.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Copy {
    pub(crate) jpeg: Bytes,
    /// Width divided by height.
    pub(crate) shape: f64,
}

/// What of a report is drawn on the page, in the report's order.
pub(crate) struct Copies {
    pub(crate) pictures: Vec<Result<Copy, Trouble>>,
    pub(crate) plans: Vec<Result<Copy, Trouble>>,
}

pub(crate) fn reduced(bytes: &[u8]) -> Result<Copy, Trouble> {
    if bytes.is_empty() {
        return Err(Trouble::Absent);
    }
    let picture = decode(bytes).map_err(|error| match error {
        image::ImageError::Limits(_) => Trouble::TooLarge,
        image::ImageError::Decoding(_)
        | image::ImageError::Encoding(_)
        | image::ImageError::Parameter(_)
        | image::ImageError::Unsupported(_)
        | image::ImageError::IoError(_) => Trouble::Unreadable,
    })?;
    let picture = if picture.width().max(picture.height()) > EDGE_PX_MAX {
        picture.thumbnail(EDGE_PX_MAX, EDGE_PX_MAX)
    } else {
        picture
    };
    let shape = f64::from(picture.width()) / f64::from(picture.height().max(1));
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY)
        .encode_image(&on_white(picture))
        .map_err(|_| Trouble::Unreadable)?;
    Ok(Copy { jpeg: Bytes::new(jpeg), shape })
}

fn decode(bytes: &[u8]) -> image::ImageResult<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SOURCE_EDGE_PX_MAX);
    limits.max_image_height = Some(SOURCE_EDGE_PX_MAX);
    limits.max_alloc = Some(SOURCE_ALLOC_BYTES_MAX);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// JPEG knows no transparency: see-through pixels become paper.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let (width, height) = (picture.width(), picture.height());
    let mut paper = DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, Rgb([255; 3])));
    imageops::overlay(&mut paper, &picture, 0, 0);
    paper.into_rgb8()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::ImageRgba8(image::RgbaImage::new(width, height))
            .write_to(&mut bytes, image::ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_large_picture_is_reduced_and_keeps_its_shape() {
        let copy = decode(&reduced(&png(2560, 640)).unwrap().jpeg).unwrap();
        assert_eq!((copy.width(), copy.height()), (1280, 320));
    }

    #[test]
    fn a_small_picture_keeps_its_size_and_see_through_pixels_become_white() {
        let copy = decode(&reduced(&png(4, 2)).unwrap().jpeg).unwrap().into_rgb8();
        assert_eq!(copy.dimensions(), (4, 2));
        assert_eq!(copy.get_pixel(0, 0), &Rgb([255, 255, 255]));
    }

    #[test]
    fn what_is_not_a_picture_is_told_apart_from_what_is_absent() {
        assert_eq!(reduced(b""), Err(Trouble::Absent));
        assert_eq!(reduced(b"not a picture"), Err(Trouble::Unreadable));
        assert_eq!(reduced(&[0xFF, 0xD8, 0xFF, 0xE0]), Err(Trouble::Unreadable));
        assert_eq!(reduced(&png(64, 64)[..60]), Err(Trouble::Unreadable));
    }

    #[test]
    fn a_picture_that_would_fill_the_memory_is_refused() {
        // A PNG header that promises 19,000 by 19,000 pixels.
        let mut bytes = png(1, 1);
        bytes[16..20].copy_from_slice(&19_000u32.to_be_bytes());
        bytes[20..24].copy_from_slice(&19_000u32.to_be_bytes());
        assert!(reduced(&bytes).is_err());
    }
}
