//! QR codes (ISO/IEC 18004) drawn with half blocks, two rows of modules to a line of text.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

/// A QR code of `text` with its quiet zone, for a terminal with light letters on a dark ground. Upper-case letters and
/// digits make it smaller. `None` when the text does not fit into any QR code (some 4,000 letters).
pub fn terminal(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    // Dark modules are left empty: scanners take light letters on a dark ground for paper only when colours are swapped.
    Some(
        code.render::<Dense1x2>()
            .dark_color(Dense1x2::Dark)
            .light_color(Dense1x2::Light)
            .quiet_zone(true)
            .build(),
    )
}

/// How many columns [`terminal`]'s drawing takes.
pub fn width(drawing: &str) -> usize {
    drawing.lines().next().map_or(0, |line| line.chars().count())
}
