//! Invented ground plans for the demonstration's sites: a building, its rooms and doors, north up.

use crate::picture::Picture;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};

const WIDTH: u32 = 800;
const HEIGHT: u32 = 560;
const PAPER: Rgb<u8> = Rgb([250, 250, 247]);
const FLOOR: Rgb<u8> = Rgb([233, 238, 242]);
const WALL: Rgb<u8> = Rgb([44, 58, 70]);
const WALL_PX: u32 = 6;
const DOOR_PX: u32 = 46;
/// The house, within the drawing.
const LEFT: u32 = 90;
const TOP: u32 = 70;
const RIGHT: u32 = 710;
const BOTTOM: u32 = 490;
/// Of the rear door, as shares of the drawing: where the simulated officers pin what they find at it.
pub const REAR_DOOR: (f64, f64) = (0.5, TOP as f64 / HEIGHT as f64);

/// The same seed gives the same bytes.
pub fn draw(seed: u64) -> Picture {
    let mut random = StdRng::seed_from_u64(seed);
    let mut plan = RgbImage::from_pixel(WIDTH, HEIGHT, PAPER);
    let mut fill = |x0: u32, y0: u32, x1: u32, y1: u32, colour: Rgb<u8>| {
        for y in y0..y1.min(HEIGHT) {
            for x in x0..x1.min(WIDTH) {
                plan.put_pixel(x, y, colour);
            }
        }
    };
    fill(LEFT, TOP, RIGHT, BOTTOM, WALL);
    fill(LEFT + WALL_PX, TOP + WALL_PX, RIGHT - WALL_PX, BOTTOM - WALL_PX, FLOOR);
    // A corridor from the front door to the rear one, and rooms on both sides of it.
    let middle = WIDTH / 2;
    for side in [middle - 60, middle + 60] {
        fill(side, TOP, side + WALL_PX, BOTTOM, WALL);
    }
    for (from, to, door) in [(LEFT, middle - 60, middle - 60), (middle + 60, RIGHT, middle + 60)] {
        let rooms = random.random_range(2..=3_u32);
        let height = (BOTTOM - TOP) / rooms;
        for room in 0..rooms {
            let top = TOP + room * height;
            fill(from, top, to, top + WALL_PX, WALL);
            let at = top + height / 2;
            fill(door, at, door + WALL_PX, at + DOOR_PX, FLOOR);
        }
    }
    for y in [TOP, BOTTOM - WALL_PX] {
        fill(middle - DOOR_PX / 2, y, middle + DOOR_PX / 2, y + WALL_PX, PAPER);
    }
    let mut jpeg = Vec::with_capacity(64 * 1024);
    // Writing into memory cannot fail, and the size is within what JPEG takes.
    let encoded = JpegEncoder::new_with_quality(&mut jpeg, 85).encode_image(&plan);
    debug_assert!(encoded.is_ok());
    let sha256 = Sha256::digest(&jpeg).iter().map(|b| format!("{b:02x}")).collect();
    Picture { sha256, jpeg }
}
