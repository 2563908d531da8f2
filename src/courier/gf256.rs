//! Arithmetic in GF(256) with the polynomial x^8 + x^4 + x^3 + x + 1, as SLIP-39 has it, in constant time: no tables, no
//! branches on values. Addition is XOR.

use crate::secret::SecretBytes;

/// The product.
fn multiply(a: u8, b: u8) -> u8 {
    let (mut a, mut product) = (a, 0);
    for bit in 0..8 {
        product ^= a & mask(b >> bit);
        a = a << 1 ^ 0x1b & mask(a >> 7);
    }
    product
}

/// All ones where the lowest bit is set, else zero. Kept from the compiler, which could make a branch of it.
fn mask(bit: u8) -> u8 {
    std::hint::black_box((bit & 1).wrapping_neg())
}

/// `a^254`, which is the inverse of all but zero.
fn invert(a: u8) -> u8 {
    // 254 = 2 + 4 + 8 + ... + 128
    let mut square = a;
    let mut inverse = 1;
    for _ in 1..8 {
        square = multiply(square, square);
        inverse = multiply(inverse, square);
    }
    inverse
}

/// The values at `x` of the polynomials (one a byte) that go through `points`, by Lagrange. The places are no secrets; the
/// caller has seen to it that they differ and that all values have one length.
pub(super) fn interpolate(points: &[(u8, &[u8])], x: u8) -> SecretBytes {
    let length = points.first().map_or(0, |(_, values)| values.len());
    let mut sum = vec![0; length];
    for (place, values) in points {
        let weight = weight(points, *place, x);
        for (sum, value) in sum.iter_mut().zip(*values) {
            *sum ^= multiply(*value, weight);
        }
    }
    SecretBytes::new(sum)
}

/// The product of (x - other) / (place - other) over all other places.
fn weight(points: &[(u8, &[u8])], place: u8, x: u8) -> u8 {
    let others = points.iter().map(|(other, _)| *other).filter(|other| *other != place);
    others.fold(1, |product, other| {
        multiply(product, multiply(x ^ other, invert(place ^ other)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition: carry-less multiplication, then long division.
    fn slow(a: u8, b: u8) -> u8 {
        let mut product = (0..8)
            .filter(|bit| b >> bit & 1 == 1)
            .fold(0_u16, |sum, bit| sum ^ u16::from(a) << bit);
        for bit in (8..16).rev().filter(|bit| *bit < 16) {
            if product >> bit & 1 == 1 {
                product ^= 0x11b << (bit - 8);
            }
        }
        product.to_be_bytes()[1]
    }

    #[test]
    fn all_products_and_inverses() {
        for a in 0..=255 {
            for b in 0..=255 {
                assert_eq!(multiply(a, b), slow(a, b));
            }
            assert_eq!(multiply(a, invert(a)), u8::from(a != 0));
        }
    }

    proptest::proptest! {
        #[test]
        fn points_of_a_polynomial_give_its_other_points(coefficients in proptest::collection::vec(0_u8.., 1..8), x: u8) {
            let at = |x: u8| coefficients.iter().rev().fold(0, |sum, c| multiply(sum, x) ^ c);
            let places: Vec<u8> = (0..coefficients.len()).map(|i| 17 * u8::try_from(i).unwrap() + 3).collect();
            let values: Vec<[u8; 1]> = places.iter().map(|x| [at(*x)]).collect();
            let points: Vec<(u8, &[u8])> = places.iter().zip(&values).map(|(x, y)| (*x, &y[..])).collect();
            let there = interpolate(&points, x);
            proptest::prop_assert_eq!(there.expose(), &[at(x)]);
        }
    }
}
