//! Pictures an officer might have taken, drawn: no photograph, no person, no metadata, and never the same twice.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, Rgb, RgbImage};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};

/// Small enough that a hundred of them are made in a moment, large enough to be looked at.
const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;
/// Drawn coarse and enlarged: it looks like a phone in the dark, and costs little without optimisation.
const COARSE_WIDTH: u32 = 100;
const COARSE_HEIGHT: u32 = 75;
/// The scenes below are laid out 400 wide and 300 high.
const UNIT: u32 = 4;
const QUALITY: u8 = 80;

/// What is in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// A building front at night, with a door and windows.
    Front,
    /// A shutter, whole or with a gap.
    Shutter,
    /// A grey box with lights: panel, sounder, gauge.
    Panel,
    /// A room with a floor and a lamp.
    Room,
    /// A door with a mark at the lock.
    Damage,
}

impl Scene {
    /// The scene that fits what was asked for.
    pub fn for_text(text: &str) -> Self {
        let text = text.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
        if has(&["shutter", "gate", "garage", "fence"]) {
            Self::Shutter
        } else if has(&["panel", "sounder", "gauge", "light", "box"]) {
            Self::Panel
        } else if has(&["hall", "room", "lobby", "kitchen", "floor", "inside"]) {
            Self::Room
        } else if has(&["forced", "damage", "broken", "lock"]) {
            Self::Damage
        } else {
            Self::Front
        }
    }
}

/// A JPEG and the name the hub knows it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub sha256: String,
    pub jpeg: Vec<u8>,
}

/// Draws it. The same seed gives the same bytes.
pub fn draw(scene: Scene, seed: u64) -> Picture {
    let mut random = StdRng::seed_from_u64(seed);
    let mut canvas = Canvas::night(&mut random);
    match scene {
        Scene::Front => canvas.front(&mut random),
        Scene::Shutter => canvas.shutter(&mut random),
        Scene::Panel => canvas.panel(&mut random),
        Scene::Room => canvas.room(&mut random),
        Scene::Damage => canvas.damage(&mut random),
    }
    let large = DynamicImage::ImageRgb8(canvas.0).resize_exact(WIDTH, HEIGHT, FilterType::CatmullRom).into_rgb8();
    let mut jpeg = Vec::with_capacity(32 * 1024);
    // Writing into memory cannot fail, and the size is within what JPEG takes.
    let encoded = JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&large);
    debug_assert!(encoded.is_ok());
    let sha256 = Sha256::digest(&jpeg).iter().map(|b| format!("{b:02x}")).collect();
    Picture { sha256, jpeg }
}

struct Canvas(RgbImage);

impl Canvas {
    /// Dark above, street light below.
    fn night(random: &mut StdRng) -> Self {
        let warm: u32 = random.random_range(20..60);
        let blue: u32 = random.random_range(30..70);
        let grain: u32 = random.random_range(1..1000);
        Self(RgbImage::from_fn(COARSE_WIDTH, COARSE_HEIGHT, |x, y| {
            let noise = (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729) ^ grain) % 9;
            let down = y * 60 / COARSE_HEIGHT;
            Rgb([(warm + down + noise) as u8, (26 + down + noise) as u8, (blue + 30 - down / 2 + noise) as u8])
        }))
    }

    fn fill(&mut self, x: u32, y: u32, width: u32, height: u32, colour: [u8; 3]) {
        for py in y / UNIT..((y + height).div_ceil(UNIT)).min(COARSE_HEIGHT) {
            for px in x / UNIT..((x + width).div_ceil(UNIT)).min(COARSE_WIDTH) {
                self.0.put_pixel(px, py, Rgb(colour));
            }
        }
    }

    fn glow(&mut self, cx: u32, cy: u32, radius: u32, colour: [u8; 3]) {
        let (cx, cy, radius) = (cx / UNIT, cy / UNIT, radius / UNIT);
        let (left, top) = (cx.saturating_sub(radius), cy.saturating_sub(radius));
        for y in top..(cy + radius).min(COARSE_HEIGHT) {
            for x in left..(cx + radius).min(COARSE_WIDTH) {
                let away = x.abs_diff(cx).pow(2) + y.abs_diff(cy).pow(2);
                if away < radius * radius {
                    let part = 255 - 255 * away / (radius * radius);
                    let pixel = self.0.get_pixel_mut(x, y);
                    for (channel, light) in pixel.0.iter_mut().zip(colour) {
                        *channel = channel.saturating_add((u32::from(light) * part / 400) as u8);
                    }
                }
            }
        }
    }

    fn front(&mut self, random: &mut StdRng) {
        let brick = [random.random_range(70..120), random.random_range(45..70), random.random_range(40..60)];
        self.fill(40, 70, 320, 190, brick);
        let door: u32 = random.random_range(120..240);
        for (n, x) in (60..340).step_by(62).enumerate() {
            if (x as u32).abs_diff(door) > 45 {
                let lit = n == random.random_range(0..5);
                let glass = if lit { [200, 180, 120] } else { [30, 36, 44] };
                self.fill(x as u32, 105, 38, 46, glass);
            }
        }
        self.fill(door, 150, 44, 110, [38, 60, 66]);
        self.fill(door + 36, 205, 4, 10, [190, 180, 120]);
        self.fill(0, 258, 400, 42, [44, 44, 46]);
        self.glow(door + 22, 120, 90, [220, 190, 110]);
    }

    fn shutter(&mut self, random: &mut StdRng) {
        let gap: u32 = if random.random_bool(0.4) { random.random_range(10..26) } else { 0 };
        let tone: u8 = random.random_range(90..140);
        for y in (60..260 - gap).step_by(12) {
            self.fill(70, y, 260, 8, [tone, tone, tone - 10]);
            self.fill(70, y + 8, 260, 4, [tone / 2, tone / 2, tone / 2]);
        }
        self.fill(70, 260 - gap, 260, gap, [8, 8, 10]);
        self.fill(0, 260, 400, 40, [50, 48, 46]);
        self.glow(random.random_range(90..310), 50, 120, [230, 200, 120]);
    }

    fn panel(&mut self, random: &mut StdRng) {
        self.fill(110, 50, 180, 190, [176, 178, 176]);
        self.fill(130, 70, 140, 44, [60, 92, 60]);
        for column in 0..3u32 {
            for row in 0..4u32 {
                self.fill(140 + column * 44, 128 + row * 26, 30, 18, [120, 122, 122]);
            }
        }
        let lamp = if random.random_bool(0.5) { [255, 60, 40] } else { [255, 180, 30] };
        self.glow(random.random_range(120..280), 60, 46, lamp);
    }

    fn room(&mut self, random: &mut StdRng) {
        let wall = [random.random_range(120..160), random.random_range(115..150), random.random_range(100..130)];
        self.fill(0, 0, 400, 190, wall);
        let floor = [random.random_range(70..110), random.random_range(55..80), random.random_range(40..60)];
        self.fill(0, 190, 400, 110, floor);
        for x in (20..380).step_by(random.random_range(48..70)) {
            self.fill(x as u32, 196, 30, 40, [58, 40, 34]);
        }
        self.fill(300, 60, 60, 130, [70, 88, 92]);
        self.glow(random.random_range(100..260), 20, 160, [200, 190, 150]);
    }

    fn damage(&mut self, random: &mut StdRng) {
        self.fill(90, 20, 220, 260, [52, 74, 62]);
        self.fill(282, 140, 16, 40, [170, 165, 140]);
        for _ in 0..60 {
            let (x, y) = (random.random_range(262..302), random.random_range(120..200));
            self.fill(x, y, random.random_range(2..9), 2, [196, 178, 140]);
        }
        self.glow(250, 150, 120, [240, 240, 230]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_a_jpeg_without_metadata_named_by_its_digest() {
        for scene in [Scene::Front, Scene::Shutter, Scene::Panel, Scene::Room, Scene::Damage] {
            let picture = draw(scene, 7);
            assert!(picture.jpeg.starts_with(&[0xFF, 0xD8, 0xFF]) && picture.jpeg.len() > 1_500);
            assert!(!picture.jpeg.windows(4).any(|w| w == b"Exif"));
            assert_eq!(picture.sha256.len(), 64);
            assert_eq!(picture, draw(scene, 7), "the same seed draws the same picture");
            assert_ne!(picture.sha256, draw(scene, 8).sha256);
            image::load_from_memory(&picture.jpeg).unwrap();
        }
    }

    #[test]
    fn the_scene_follows_what_was_asked_for() {
        assert_eq!(Scene::for_text("Picture of the gate or main shutter"), Scene::Shutter);
        assert_eq!(Scene::for_text("Pictures of the hall from two corners"), Scene::Room);
        assert_eq!(Scene::for_text("Picture of the front from the street"), Scene::Front);
    }
}
