//! Numbers of bytes as people write them.

/// A number of bytes; K, M, G and T behind it stand for powers of 1024.
///
/// # Errors
/// What to write instead.
pub fn bytes(text: &str) -> Result<u64, String> {
    let (digits, power) = match text.find(|letter: char| !letter.is_ascii_digit()) {
        None => (text, 0),
        Some(at) => match text[at..].to_ascii_uppercase().as_str() {
            "K" => (&text[..at], 10),
            "M" => (&text[..at], 20),
            "G" => (&text[..at], 30),
            "T" => (&text[..at], 40),
            _ => return Err("write a number, and K, M, G or T behind it".to_owned()),
        },
    };
    let number: u64 = digits.parse().map_err(|_| "it is no number".to_owned())?;
    number
        .checked_mul(1 << power)
        .ok_or_else(|| "it is too large".to_owned())
}
