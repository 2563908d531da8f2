//! The data types of SSH that keys are made of (RFC 4251 section 5).

use crate::encoding::fields::Fields;
pub(super) use crate::encoding::fields::put_string as put;

/// A positive `mpint` without its sign: big-endian, no leading zeros. `None` for zero, a negative number, and one with
/// more leading zeros than its sign needs: every number has one form, and so every key one fingerprint.
pub(super) fn mpint<'a>(fields: &mut Fields<'a>) -> Option<&'a [u8]> {
    match fields.string()? {
        [0, number @ ..] if would_be_negative(number) => Some(number),
        number @ [1..=0x7f, ..] => Some(number),
        _ => None,
    }
}

/// A key in the form of the protocol, from its kind and its numbers, big-endian without leading zeros.
pub(super) fn blob_of_numbers(kind: &str, numbers: &[&[u8]]) -> Vec<u8> {
    let mut blob = Vec::new();
    put(&mut blob, &[kind.as_bytes()]);
    for number in numbers {
        let sign: &[u8] = if would_be_negative(number) { &[0] } else { &[] };
        put(&mut blob, &[sign, number]);
    }
    blob
}

/// Whether these bytes need a zero in front to be a positive number.
fn would_be_negative(number: &[u8]) -> bool {
    number.first().is_some_and(|first| *first >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_form() {
        let read = |bytes: &[u8]| {
            let mut string = Vec::new();
            put(&mut string, &[bytes]);
            mpint(&mut Fields::new(&string)).map(<[u8]>::to_vec)
        };
        assert_eq!(read(&[1]), Some(vec![1]));
        assert_eq!(read(&[0x7f, 0]), Some(vec![0x7f, 0]));
        assert_eq!(read(&[0, 0x80]), Some(vec![0x80]));
        for wrong in [&[][..], &[0], &[0, 1], &[0, 0, 0x80], &[0x80], &[0xff, 1]] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn numbers_are_read_as_written(first in 1_u8.., rest: Vec<u8>) {
            let number = [&[first][..], &rest].concat();
            let blob = blob_of_numbers("kind", &[&number]);
            let mut fields = Fields::new(&blob);
            proptest::prop_assert_eq!(fields.string(), Some(&b"kind"[..]));
            proptest::prop_assert_eq!(mpint(&mut fields), Some(&number[..]));
            proptest::prop_assert_eq!(fields.end(), Some(()));
        }
    }
}
