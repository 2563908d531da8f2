//! What is drawn is read again, by the reader here; `tests/courier` asks another one.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "shades and places of a small picture"
)]

use super::*;

const TEXT: &str = "KPV1:ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn code() -> Code {
    Code::of(TEXT, Ground::Screen).unwrap()
}

/// The modules of a drawing, dark ones `true`, upper before lower.
fn modules(drawing: &str, paint: Paint) -> Vec<Vec<bool>> {
    let is_dark = |is_letter: bool| is_letter == (paint == Paint::Colours);
    let mut rows = Vec::new();
    for line in drawing.lines() {
        let line = line.trim_start_matches(BLACK_ON_WHITE).trim_end_matches("\x1b[0m");
        rows.push(line.chars().map(|glyph| is_dark("█▀".contains(glyph))).collect());
        rows.push(line.chars().map(|glyph| is_dark("█▄".contains(glyph))).collect());
    }
    rows
}

#[test]
fn pictures_are_read_again() {
    for module in [1, 2, 3, 8] {
        assert_eq!(scan(&code().png(module)), Ok(vec![TEXT.to_owned()]), "{module}");
    }
    let long = "ab".repeat(1300);
    let code = Code::of(&long, Ground::Screen).unwrap();
    assert_eq!(scan(&code.png(4)), Ok(vec![long]));
}

#[test]
fn all_drawings_have_the_same_modules() {
    let code = code();
    let side = code.side();
    for paint in [Paint::Colours, Paint::Plain] {
        let rows = modules(&code.terminal(paint), paint);
        assert_eq!(rows.len(), side.next_multiple_of(2));
        for (y, row) in rows.iter().enumerate() {
            let expected: Vec<bool> = (0..side).map(|x| code.is_dark(x, y)).collect();
            assert_eq!(*row, expected, "row {y}");
        }
    }
    let dark = code.modules.iter().filter(|dark| **dark).count();
    let painted: usize = code.runs().iter().map(|(.., length)| length).sum();
    assert_eq!(painted, dark);
    assert!(code.svg(8).contains(&code.path()));
}

#[test]
fn paper_stands_stains() {
    let code = Code::of(TEXT, Ground::Paper).unwrap();
    let stain = |x: usize, y: usize| (150..190).contains(&x) && (150..190).contains(&y);
    let stained = picture::write(code.side() * 8, |x, y| stain(x, y) || code.is_dark(x / 8, y / 8));
    assert_eq!(scan(&stained), Ok(vec![TEXT.to_owned()]));
}

#[test]
fn a_negative_is_read_too() {
    let code = code();
    let negative = picture::write(code.side() * 4, |x, y| !code.is_dark(x / 4, y / 4));
    assert_eq!(scan(&negative), Ok(vec![TEXT.to_owned()]));
}

#[test]
fn what_is_no_code_is_refused() {
    assert_eq!(scan(b"no picture"), Err(ScanError::NotPng));
    assert_eq!(scan(&picture::write(400, |_, _| false)), Err(ScanError::NoCode));
    assert_eq!(scan(&picture::write(1, |_, _| true)), Err(ScanError::NoCode));
    assert_eq!(scan(&picture::write(6001, |_, _| false)), Err(ScanError::TooLarge));
    let whole = code().png(8);
    for length in 0..whole.len() - 12 {
        assert!(scan(&whole[..length]).is_err(), "{length}");
    }
    assert_eq!(Code::of(&"a".repeat(3000), Ground::Screen).map(drop), Err(TooLong));
}

#[test]
fn transparent_is_white() {
    let shades: Vec<u8> = [[0_u8, 0, 0, 0], [0, 0, 0, 255], [255, 255, 255, 255]].concat();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 3, 1);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&shades).unwrap();
    writer.finish().unwrap();
    let grey = picture::read(&file, 3).ok().unwrap();
    assert_eq!((grey.width, grey.height, &grey.shades[..]), (3, 1, &[255, 0, 255][..]));
}

/// A code in a photograph: turned, unevenly lit, in a noise of its own, and much larger than what is searched.
#[test]
fn a_photograph_is_read() {
    let code = code();
    let (sine, cosine) = (0.3_f64.sin(), 0.3_f64.cos());
    let mut noise = 1_u32;
    let mut shades = Vec::new();
    for y in 0..2200 {
        for x in 0..3000 {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (x, y) = (f64::from(x), f64::from(y));
            let module = |along: f64| (along / 23.0 + 1000.0) as usize;
            let (u, v) = (
                module((x - 1300.0) * cosine + (y - 600.0) * sine),
                module((y - 600.0) * cosine - (x - 1300.0) * sine),
            );
            let is_dark = u >= 1000 && v >= 1000 && code.is_dark(u - 1000, v - 1000);
            let light = 60.0 + x / 50.0 + if is_dark { 0.0 } else { 60.0 };
            shades.push(light as u8 + (noise >> 27) as u8);
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 3000, 2200);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&shades).unwrap();
    writer.finish().unwrap();
    assert_eq!(scan(&file), Ok(vec![TEXT.to_owned()]));
}

/// Nothing but corners: the search would take for ever.
#[test]
fn a_hostile_picture_is_given_up() {
    let corners = |x: usize, y: usize| {
        let ring = (x % 9).abs_diff(3).max((y % 9).abs_diff(3));
        ring == 3 || ring <= 1
    };
    let file = picture::write(1600, corners);
    let started = std::time::Instant::now();
    assert_eq!(scan(&file), Err(ScanError::NoCode));
    assert!(started.elapsed() < 3 * scan::PATIENCE);
}
