//! Text that is right, text that is not, and how much of it comes at a time.
#![allow(clippy::unwrap_used)]

use super::super::tests::{Flaky, read_patiently};
use super::*;

/// Around every edge of a line and of a batch.
const LENGTHS: [usize; 11] = [
    0,
    1,
    2,
    47,
    48,
    49,
    95,
    96,
    LINES * LINE - 1,
    LINES * LINE,
    LINES * LINE + 1,
];

fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn decode(text: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    Reader::new(text).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A text with the given lines between the first and the last.
fn framed(lines: &str) -> Vec<u8> {
    [BEGIN, b"\n", lines.as_bytes(), END, b"\n"].concat()
}

#[test]
fn every_length_is_read_again() {
    for length in LENGTHS {
        let bytes = vec![0x5a; length];
        assert_eq!(decode(&encode(&bytes)).unwrap(), bytes);
    }
    assert!(is_age(&encode(b"")) && is_age(b"age-encryption.org/v1\n") && !is_age(b"# created: today\n"));
    assert_eq!(encode(b"attack at dawn"), framed("YXR0YWNrIGF0IGRhd24=\n"));
}

#[test]
fn line_ends_and_outer_white_space_may_differ() {
    let bytes = [7; 100];
    let text = String::from_utf8(encode(&bytes)).unwrap();
    let space = |count| " ".repeat(count);
    for good in [
        text.replace('\n', "\r\n"),
        text.trim_end().to_owned(),
        format!("\n \t\r\n{text}\n\n  "),
        space(SPACE_LIMIT) + &text + &space(SPACE_LIMIT),
    ] {
        assert_eq!(decode(good.as_bytes()).unwrap(), bytes, "{good:?}");
    }
    let late = decode((text.clone() + &space(SPACE_LIMIT + 1)).as_bytes());
    assert!(matches!(late, Err(Error::Armor(_))));
    let early = decode((space(SPACE_LIMIT + 1) + &text).as_bytes());
    assert!(matches!(early, Err(Error::Armor(_))));
}

#[test]
fn anything_else_is_refused() {
    let full = "QUFB".repeat(16);
    for lines in [
        "\n".to_owned(),
        "\nQUFB\n".to_owned(),
        "QUFB\n\n".to_owned(),
        "QUFB\nQUFB\n".to_owned(),
        format!("QUFB\n{full}\n"),
        format!("{full}QUFB\n"),
        format!("{full} \n"),
        " QUFB\n".to_owned(),
        "QUE\n".to_owned(),
        "QUF=\n".to_owned(),
        "QUE=\nQUFB\n".to_owned(),
        "QU\rFB\n".to_owned(),
        "QUFB\r\r\n".to_owned(),
        "QUFB\n=QUFB\n".to_owned(),
        "Comment: none\n".to_owned(),
        "\u{fc}\n".to_owned(),
    ] {
        assert!(matches!(decode(&framed(&lines)), Err(Error::Armor(_))), "{lines:?}");
    }
    let good = String::from_utf8(framed("QUFB\n")).unwrap();
    for bad in [
        good.replace("BEGIN", "begin"),
        good.replace("FILE", "MESSAGE"),
        good.replace("END", "END "),
        good.replacen("-----\n", "----- \n", 1),
        good.replacen('\n', "", 1),
        format!("see below\n{good}"),
        format!("{good}."),
        good.lines().take(2).collect::<Vec<_>>().join("\n"),
    ] {
        assert!(matches!(decode(bad.as_bytes()), Err(Error::Armor(_))), "{bad:?}");
    }
}

#[test]
fn a_failing_source_loses_nothing() {
    // A binary source shows its interruptions, as every source does.
    const PASS: [io::ErrorKind; 2] = [io::ErrorKind::WouldBlock, io::ErrorKind::Interrupted];
    for length in LENGTHS {
        let bytes = vec![0xa5; length];
        let (text, binary) = (encode(&bytes), [BINARY, &bytes].concat());
        let mut reader = Reader::new(Flaky { bytes: &text, calls: 0 });
        assert!(read_patiently(&mut reader, &PASS).unwrap() == bytes, "{length}");
        let mut reader = Reader::new(Flaky {
            bytes: &binary,
            calls: 0,
        });
        assert!(read_patiently(&mut reader, &PASS).unwrap() == binary, "{length}");
    }
}

#[test]
fn a_refusal_says_why() {
    let full = "QUFB".repeat(16);
    for (text, expected) in [
        (framed("QUFB\n\n"), "a blank line"),
        (framed("QUFB\nQUFB\n"), "a short line before the last one"),
        (framed(&format!("{full}QUFB\n")), "a line of more than 64 characters"),
        (framed("QUE\n"), "a line that is not canonical base64"),
        ([BEGIN, b"\nQUFB\n"].concat(), "its last line is missing"),
        ([&framed("QUFB\n")[..], b"."].concat(), "text after its last line"),
        (framed("").to_ascii_lowercase(), NOT_BEGIN),
    ] {
        let found = decode(&text).unwrap_err();
        assert!(matches!(found, Error::Armor(reason) if reason == expected), "{found}");
    }
}

#[test]
fn what_stands_before_a_fault_is_given_first_and_the_fault_stays() {
    let text = framed(&format!("{}\n!\n", "QUFB".repeat(16)));
    let mut reader = Reader::new(&text[..]);
    assert_eq!(reader.fill_buf().unwrap(), b"AAA".repeat(16));
    reader.consume(LINE);
    for _ in 0..2 {
        assert_eq!(reader.fill_buf().unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}

#[test]
fn both_forms_are_told_and_read_into_parts() {
    let bytes = [BINARY, b"attack at dawn"].concat();
    for (text, is_armored) in [(bytes.clone(), false), (encode(&bytes), true)] {
        let mut reader = Reader::new(&text[..]);
        assert_eq!(reader.is_armored().unwrap(), is_armored);
        let (mut front, mut back) = ([0; 3], [0; 100]);
        let count = reader
            .read_vectored(&mut [IoSliceMut::new(&mut front), IoSliceMut::new(&mut back)])
            .unwrap();
        assert_eq!([&front[..], &back[..count - 3]].concat(), bytes);
        assert_eq!(reader.read_vectored(&mut [IoSliceMut::new(&mut back)]).unwrap(), 0);
    }
}

/// Notes how much comes at a time.
#[derive(Default)]
struct Noted {
    text: Vec<u8>,
    sizes: Vec<usize>,
}

impl Write for Noted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        self.sizes.push(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn text_goes_out_in_batches_and_at_a_flush() {
    const BATCH: usize = LINES * (COLUMNS + 1);
    let bytes: Vec<u8> = (0..=250).cycle().take(4 * LINES * LINE).collect();
    for parts in [&[LINE][..], &[30], &[1000 * LINE, 2 * LINES * LINE, 30]] {
        let mut writer = Writer::new(Noted::default());
        let mut rest = &bytes[..];
        for part in parts.iter().cycle() {
            let (part, later) = rest.split_at(rest.len().min(*part));
            writer.write_all(part).unwrap();
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        let out = writer.finish().unwrap();
        assert_eq!(decode(&out.text).unwrap(), bytes);
        let (last, full) = out.sizes.split_last().unwrap();
        assert!(
            full.iter().all(|size| (BATCH..BATCH + 2 * COLUMNS).contains(size)),
            "{full:?}"
        );
        assert!(*last < BATCH + 4 * COLUMNS, "{last}");
    }
    let mut writer = Writer::new(Noted::default());
    writer.write_all(&bytes[..=LINE]).unwrap();
    writer.flush().unwrap();
    assert_eq!(
        writer.output.text.len(),
        BEGIN.len() + 1 + COLUMNS + 1,
        "the line in progress stays"
    );
}

#[test]
fn bytes_come_in_batches() {
    let bytes: Vec<u8> = (0..=250).cycle().take(2 * LINES * LINE + 1).collect();
    let text = encode(&bytes);
    let whole: &mut dyn BufRead = &mut &text[..];
    for source in [whole, &mut io::BufReader::with_capacity(1000, &text[..])] {
        let mut reader = Reader::new(source);
        for length in [LINES * LINE, LINES * LINE, 1, 0] {
            assert_eq!(reader.fill_buf().unwrap().len(), length);
            reader.consume(length);
        }
    }
}

#[test]
fn no_more_is_read_than_it_takes_to_tell_the_form() {
    const MORE: usize = 9000;
    let mut reader = Reader::new(Flaky {
        bytes: &[b'x'; MORE],
        calls: 0,
    });
    while reader.is_armored().is_err() {}
    assert_eq!(reader.source.get_ref().1.bytes.len(), MORE - SNIFF);
}

proptest::proptest! {
    #[test]
    fn decoding_inverts_encoding(bytes: Vec<u8>, written in 1_usize..100) {
        let mut writer = Writer::new(Vec::new());
        for part in bytes.chunks(written) {
            writer.write_all(part).unwrap();
        }
        proptest::prop_assert_eq!(decode(&writer.finish().unwrap()).unwrap(), bytes);
    }

    #[test]
    fn there_is_one_text_for_each_file(lines in "([A-Za-z0-9+/=]{60,68}\n){0,2}([A-Za-z0-9+/]{0,4}={0,2}\n)?") {
        let text = framed(&lines);
        if let Ok(bytes) = decode(&text) {
            proptest::prop_assert_eq!(encode(&bytes), text);
        }
    }

    #[test]
    fn binary_passes_through(bytes: Vec<u8>) {
        proptest::prop_assert_eq!(decode(&bytes).unwrap(), bytes);
    }
}
