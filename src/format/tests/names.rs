//! What recipients and stanzas say of themselves.

use super::super::scrypt;
use super::*;

#[test]
fn the_text_of_a_recipient_is_read_again_as_the_recipient() {
    for (recipient, _) in pairs() {
        let Some(text) = recipient.text() else {
            assert!(recipient.labels(&mut Counter(0)).unwrap() != BTreeSet::new());
            continue;
        };
        let again: RecipientKey = text.parse().unwrap();
        assert_eq!((again.to_string(), again.text()), (text.clone(), Some(text)));
    }
    let hybrid = hybrid::Identity::generate(&mut Counter(200)).unwrap();
    assert_eq!(hybrid.recipient().text(), Some(hybrid.recipient().to_string()));
    let passphrase = scrypt::Recipient::with_log_n(passphrase("x"), 1);
    assert_eq!(passphrase.text(), None, "nothing to make a tag of");
}

/// Another key of each kind whose stanzas bear a name.
fn strangers() -> Vec<Pair> {
    let tag = tag::Identity::new(device(301));
    let kem = mlkem::PrivateKey::generate(&mut Counter(401)).unwrap();
    let hybrid_tag = hybrid_tag::Identity::new(kem, device(501));
    let [piv, tpm] = [Device::YubiKey, Device::Tpm].map(|kind| token::Identity::new(kind, device(601)));
    vec![
        (Box::new(tag.recipient()), Box::new(tag)),
        (Box::new(hybrid_tag.recipient()), Box::new(hybrid_tag)),
        (Box::new(piv.recipient()), Box::new(piv)),
        (Box::new(tpm.recipient()), Box::new(tpm)),
    ]
}

#[test]
fn a_stanza_of_a_device_names_its_recipient_alone() {
    for ((own, _), (stranger, _)) in pairs_of_devices().into_iter().zip(strangers()) {
        let file_key = FileKey::generate(&mut Counter(1)).unwrap();
        let stanza = own.wrap(&file_key, &mut Counter(2)).unwrap().remove(0);
        let key: RecipientKey = own.text().unwrap().parse().unwrap();
        assert!(own.is_named_by(&stanza) && key.is_named_by(&stanza));
        assert!(!stranger.is_named_by(&stanza));
        let args: Vec<&str> = stanza.args().collect();
        for (kind, args) in [("other", &args[..]), (stanza.kind(), &args[..1])] {
            let other = Stanza::new(kind, args, stanza.body().to_vec()).unwrap();
            assert!(!own.is_named_by(&other), "{kind} {args:?}");
        }
    }
    let [(classic, _), ..] = pairs();
    let file_key = FileKey::generate(&mut Counter(1)).unwrap();
    let stanza = classic.wrap(&file_key, &mut Counter(2)).unwrap().remove(0);
    assert!(!classic.is_named_by(&stanza), "age hides whose it is");
}

#[test]
fn what_a_stanza_is_shows_in_words() {
    for (kind, words) in [
        ("X25519", "classic key"),
        ("mlkem768x25519", "post-quantum key"),
        (scrypt::KIND, "passphrase"),
        (room::KIND, "room for recipients"),
        ("4k-grease", "nothing, to be ignored"),
        ("unheard-of", "kind not known here"),
    ] {
        assert_eq!(way::described(&Stanza::new(kind, &[], Vec::new()).unwrap()), words);
    }
}

#[test]
fn the_bytes_of_a_recipient_are_those_of_its_text() {
    let classic = x25519::Identity::generate(&mut Counter(100)).unwrap().recipient();
    let (_, bytes) = crate::encoding::bech32::decode(&classic.to_string()).unwrap_or_else(|_| panic!());
    assert_eq!(bytes.expose(), classic.as_bytes());
    let hybrid = hybrid::Identity::generate(&mut Counter(200)).unwrap().recipient();
    let (_, bytes) = crate::encoding::bech32::decode(&hybrid.to_string()).unwrap_or_else(|_| panic!());
    assert_eq!(bytes.expose(), hybrid.as_bytes());
}

#[test]
fn a_key_of_any_kind_does_as_its_kind_does() {
    let hybrid = hybrid::Identity::generate(&mut Counter(200)).unwrap();
    let any: RecipientKey = hybrid.recipient().to_string().parse().unwrap();
    let labels = any.labels(&mut Counter(0)).unwrap();
    assert_eq!(labels, BTreeSet::from(["postquantum".to_owned()]));
    let file_key = FileKey::generate(&mut Counter(1)).unwrap();
    let stanzas = any.wrap(&file_key, &mut Counter(2)).unwrap();
    assert!(!any.is_named_by(&stanzas[0]));
    let identity: keys::IdentityKey = hybrid.to_text().expose().parse().unwrap_or_else(|_| panic!());
    assert_eq!(identity.unwrap(&stanzas).unwrap().unwrap().expose(), file_key.expose());
}

#[test]
fn a_header_counts_as_what_was_written_by_its_stanzas() {
    let [(recipient, _), ..] = pairs();
    let file_key = FileKey::generate(&mut Counter(1)).unwrap();
    let mut stanzas = recipient.wrap(&file_key, &mut Counter(2)).unwrap();
    let header = Header::sealed(stanzas.clone(), &file_key);
    assert!(header.is_sealed_under(&file_key) && header.locked() == Locked::Keys);
    stanzas.push(Stanza::new("grease", &[], Vec::new()).unwrap());
    let longer = Header::sealed(stanzas, &file_key);
    let mac = |header: &Header| header.to_bytes().split_off(header.to_bytes().len() - 44);
    assert_ne!(mac(&header), mac(&longer), "the MAC covers the stanzas");
}
