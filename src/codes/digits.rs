//! Ten decimal digits.

/// The first eight bytes as a number, modulo 10^10, written 3-3-4. The bias of the remainder is below 6 in 10^10.
pub fn ten(bytes: &[u8; 64]) -> String {
    let mut front = [0; 8];
    front.copy_from_slice(&bytes[..8]);
    let digits = format!("{:010}", u64::from_be_bytes(front) % 10_000_000_000);
    format!("{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..])
}

#[cfg(test)]
mod tests {
    #[test]
    fn leading_zeros_stay() {
        assert_eq!(super::ten(&[0; 64]), "000-000-0000");
        assert_eq!(super::ten(&[0xff; 64]), "370-955-1615");
    }
}
