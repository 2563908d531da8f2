//! Pictures as PNG: black and white written, every kind read as shades of grey.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, DecodingError, Encoder, Limits, Transformations};

/// Shades of grey, row by row; 0 is black.
pub(super) struct Grey {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) shades: Vec<u8>,
}

/// Why a picture cannot be read.
pub(super) enum Unreadable {
    /// It has more pixels than the limit.
    TooLarge,
    /// It is no PNG, or a damaged one.
    NotPng,
}

/// A square of one bit a pixel.
pub(super) fn write(side: usize, is_dark: impl Fn(usize, usize) -> bool) -> Vec<u8> {
    const INVARIANT: &str = "the picture of a code is small, and a vector takes all that is written";
    let mut file = Vec::new();
    let pixels = u32::try_from(side).expect(INVARIANT);
    let mut encoder = Encoder::new(&mut file, pixels, pixels);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    let mut writer = encoder.write_header().expect(INVARIANT);
    let mut rows = vec![0_u8; side * side.div_ceil(8)];
    for (y, row) in rows.chunks_exact_mut(side.div_ceil(8)).enumerate() {
        for x in (0..side).filter(|x| !is_dark(*x, y)) {
            row[x / 8] |= 0x80 >> (x % 8);
        }
    }
    writer.write_image_data(&rows).expect(INVARIANT);
    writer.finish().expect(INVARIANT);
    file
}

/// A picture of at most `limit` pixels. What is transparent counts as white.
pub(super) fn read(file: &[u8], limit: usize) -> Result<Grey, Unreadable> {
    // What the decoder may take besides the pixels: 64 MiB.
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), Limits::default());
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(|error| blame(&error))?;
    let info = reader.info();
    let (width, height) = (pixels(info.width)?, pixels(info.height)?);
    if width.checked_mul(height).is_none_or(|count| count > limit) {
        return Err(Unreadable::TooLarge);
    }
    let mut frame = vec![0; reader.output_buffer_size().ok_or(Unreadable::TooLarge)?];
    let kind = reader.next_frame(&mut frame).map_err(|error| blame(&error))?.color_type;
    Ok(Grey {
        width,
        height,
        shades: frame.chunks_exact(kind.samples()).map(shade).collect(),
    })
}

fn pixels(side: u32) -> Result<usize, Unreadable> {
    usize::try_from(side).map_err(|_| Unreadable::TooLarge)
}

fn blame(error: &DecodingError) -> Unreadable {
    match error {
        DecodingError::LimitsExceeded => Unreadable::TooLarge,
        _ => Unreadable::NotPng,
    }
}

/// Grey, grey and opacity, colours, colours and opacity.
fn shade(pixel: &[u8]) -> u8 {
    match *pixel {
        [grey] => grey,
        [grey, opacity] => on_white(grey, opacity),
        [red, green, blue] => luma(red, green, blue),
        [red, green, blue, opacity] => on_white(luma(red, green, blue), opacity),
        _ => 255,
    }
}

/// The brightness that eyes see (ITU-R BT.601), in sixteenths.
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    let sum = u16::from(red) * 5 + u16::from(green) * 9 + u16::from(blue) * 2;
    (sum / 16).to_be_bytes()[1]
}

fn on_white(grey: u8, opacity: u8) -> u8 {
    255 - (u16::from(255 - grey) * u16::from(opacity) / 255).to_be_bytes()[1]
}

impl Grey {
    /// The same with light and dark exchanged.
    pub(super) fn negative(&self) -> Self {
        let shades = self.shades.iter().map(|shade| 255 - shade).collect();
        Self { shades, ..*self }
    }

    /// The same at half the size: a camera's noise is averaged away, and a large code becomes easier to find.
    pub(super) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let at = |x: usize, y: usize| u16::from(self.shades[y * self.width + x]);
        let mean = |x: usize, y: usize| (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4;
        let shades = (0..width * height).map(|i| mean(i % width * 2, i / width * 2).to_be_bytes()[1]);
        Self {
            width,
            height,
            shades: shades.collect(),
        }
    }
}
