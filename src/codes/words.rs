//! Word lists: the PGP list for what is spoken, the SLIP-39 list for what is written and typed.
//! Sources and notices: `src/codes/NOTICE`.

use crate::secret::{Passphrase, Secret};

const EVEN: &str = include_str!("pgp-even.txt");
const ODD: &str = include_str!("pgp-odd.txt");
const SLIP39: &str = include_str!("slip39.txt");

/// Words of a generated passphrase: 10 bits each, 100 bits in all.
const PASSPHRASE_WORDS: usize = 10;

/// One word of the PGP list a byte, two and three syllables in turn, so that a word dropped, doubled or swapped is heard.
pub fn spoken(bytes: &[u8]) -> String {
    let lists = [EVEN, ODD].into_iter().cycle();
    let words: Vec<_> = bytes
        .iter()
        .zip(lists)
        .map(|(byte, list)| nth(list, usize::from(*byte)))
        .collect();
    words.join(" ")
}

/// A passphrase of ten words of the SLIP-39 list, joined by hyphens, from twenty random bytes.
pub fn passphrase(drawn: &Secret<{ PASSPHRASE_WORDS * 2 }>) -> Passphrase {
    // Reserved whole: a buffer that grows would leave words behind in memory that was given back.
    let mut text = Vec::with_capacity(PASSPHRASE_WORDS * 10);
    for pair in drawn.expose().chunks_exact(2) {
        if !text.is_empty() {
            text.push(b'-');
        }
        // 65,536 is a multiple of the list's 1,024 words: no word is likelier than another.
        let index = usize::from(pair[0]) << 8 | usize::from(pair[1]);
        text.extend_from_slice(nth(SLIP39, index % 1024).as_bytes());
    }
    Passphrase::new(text).expect("ten words are not empty")
}

fn nth(list: &'static str, index: usize) -> &'static str {
    list.lines()
        .nth(index)
        .expect("lists have a word for each index; a test counts them")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    use crate::encoding::hex;

    #[test]
    fn lists_are_whole_and_unchanged() {
        for (list, count, digest) in [
            (EVEN, 256, EVEN_SHA256),
            (ODD, 256, ODD_SHA256),
            (SLIP39, 1024, SLIP39_SHA256),
        ] {
            assert_eq!(list.lines().count(), count);
            assert_eq!(hex::encode(&Sha256::digest(list)), digest);
        }
    }

    #[test]
    fn bytes_have_their_words() {
        assert_eq!(spoken(&[0x00, 0x00, 0xff, 0xff]), "aardvark adroitness zulu yucatan");
        assert_eq!(spoken(&[0xe5, 0x82, 0x94, 0xf2]), "topmost istanbul pluto vagabond");
    }

    #[test]
    fn passphrases_have_ten_words_of_the_list() {
        let drawn = Secret::with(|bytes| bytes[18..].copy_from_slice(&[0xff, 0xff]));
        let passphrase = passphrase(&drawn);
        let text = std::str::from_utf8(passphrase.expose()).unwrap();
        assert_eq!(
            text,
            "academic-academic-academic-academic-academic-academic-academic-academic-academic-zero"
        );
    }

    const EVEN_SHA256: &str = "247bec0519f05acf5f8716f8515af0532676cce180409949d265f5670797c930";
    const ODD_SHA256: &str = "99a86d564393464a979f9115ef6103464f56499b7e987091b9e59bdcaea00da8";
    const SLIP39_SHA256: &str = "bcc4555340332d169718aed8bf31dd9d5248cb7da6e5d355140ef4f1e601eec3";
}
