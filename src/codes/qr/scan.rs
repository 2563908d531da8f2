//! The texts of the codes in a picture.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rqrr::PreparedImage;

use super::picture::{self, Grey, Unreadable};

/// The longest file worth reading, in bytes, for callers to hold to: more than any picture of [`PIXEL_LIMIT`] needs.
pub const FILE_LIMIT: usize = 64 << 20;
/// The most pixels of a picture: a page of A4 scanned at 600 dots an inch has 35 million.
pub const PIXEL_LIMIT: usize = 36_000_000;
/// The most pixels that are searched; larger pictures are made smaller first. The largest code takes 177 x 177 modules, and
/// the search keeps all pairs of what might be its corners, which could be any 64 pixels.
const SEARCHED: usize = 1600 * 1600;
/// How long a search may take. An honest picture takes a second; one that consists of corners of codes takes for ever.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Smaller than this on a side, no code is left: the smallest has 21 modules.
const SMALLEST: usize = 21;

/// Why a picture gives no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// Another format, or a damaged file.
    #[error("not a PNG picture, or a damaged one")]
    NotPng,
    /// More pixels or bytes than the limits.
    #[error("the picture has more than {PIXEL_LIMIT} pixels")]
    TooLarge,
    /// There is no QR code in it, or none that can be read, or it cannot be found in 10 seconds.
    #[error("no readable QR code in the picture")]
    NoCode,
}

/// The texts of all QR codes in a PNG picture, in no particular order, at least one.
///
/// # Errors
/// [`ScanError`].
pub fn scan(file: &[u8]) -> Result<Vec<String>, ScanError> {
    if file.len() > FILE_LIMIT {
        return Err(ScanError::TooLarge);
    }
    let mut grey = picture::read(file, PIXEL_LIMIT).map_err(|error| match error {
        Unreadable::TooLarge => ScanError::TooLarge,
        Unreadable::NotPng => ScanError::NotPng,
    })?;
    while grey.shades.len() > SEARCHED {
        grey = grey.halved();
    }
    patiently(move || search(grey)).ok_or(ScanError::NoCode)
}

/// At this size, and at half of it while nothing is found; each time also as a negative, for that is how a terminal with
/// dark letters on a light ground shows a code without colours.
fn search(mut grey: Grey) -> Option<Vec<String>> {
    let some = |texts: Vec<String>| (!texts.is_empty()).then_some(texts);
    while grey.width >= SMALLEST && grey.height >= SMALLEST {
        let texts = some(texts(&grey)).or_else(|| some(texts(&grey.negative())));
        if texts.is_some() {
            return texts;
        }
        grey = grey.halved();
    }
    None
}

fn texts(grey: &Grey) -> Vec<String> {
    let shade = |x, y| grey.shades[y * grey.width + x];
    let mut picture = PreparedImage::prepare_from_greyscale(grey.width, grey.height, shade);
    let codes = picture.detect_grids();
    codes.iter().filter_map(|code| Some(code.decode().ok()?.1)).collect()
}

/// The work's result, if there is one in time. The geometry of a hostile picture is another crate's arithmetic, so it
/// works in a thread of its own: one that fails has found nothing, and one that is not waited for any longer goes on until
/// the process ends.
fn patiently<T: Send + 'static>(work: impl FnOnce() -> Option<T> + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    let started = thread::Builder::new()
        .name("QR code".to_owned())
        .spawn(move || sender.send(work()));
    started.ok()?;
    receiver.recv_timeout(PATIENCE).ok().flatten()
}
