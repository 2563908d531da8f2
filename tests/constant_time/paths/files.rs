//! `format`: the keys of files.

use std::hint::black_box;
use std::io::{Read as _, Write as _};

use keypact::format::{self, FileKey, Identity, Recipient, hybrid, x25519};

use super::Path;
use crate::marks::{self, Drawn};

pub const PATHS: &[Path] = &[
    ("format: a file key for X25519", || wrapped(&classic())),
    ("format: a file key for MLKEM768-X25519", || wrapped(&post_quantum())),
    ("format: a file, opened by X25519", || {
        opened(&classic(), &x25519::Identity::from_seed(marks::secret(1)));
    }),
    ("format: a file, opened by MLKEM768-X25519", || {
        opened(&post_quantum(), &hybrid::Identity::from_seed(marks::secret(1)));
    }),
];

fn classic() -> x25519::Recipient {
    x25519::Identity::from_seed(marks::public(1)).recipient()
}

fn post_quantum() -> hybrid::Recipient {
    hybrid::Identity::from_seed(marks::public(1)).recipient()
}

/// The ephemeral key is drawn in public: its share stands in the header, where it is checked as text.
fn wrapped(recipient: &dyn Recipient) {
    let file_key = FileKey::dangerous_from(marks::secret(2));
    let stanzas = recipient.wrap(&file_key, &mut Drawn::public(3));
    black_box(stanzas.expect("it never fails"));
}

/// The file is public from the beginning; the identity, and with it all that comes out of it, is secret.
fn opened(recipient: &dyn Recipient, identity: &dyn Identity) {
    let mut writer = format::encrypt(Vec::new(), &[recipient], &mut Drawn::public(2)).expect("a recipient");
    writer.write_all(&[7; 1000]).expect("to memory");
    let file = writer.finish().expect("to memory");
    let mut reader = format::decrypt(&file[..], &[identity]).expect("its identity");
    let mut text = Vec::new();
    reader.read_to_end(&mut text).expect("the whole file");
    black_box(text);
}
