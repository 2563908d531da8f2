//! Archives of somebody who means harm.

use std::fs;
use std::path::Path;

use keypact::cli::archive::unpack;
use keypact::cli::fault::{Code, Fault};
use proptest::prelude::*;

use crate::raw::{archive, file, folder, header, link, member, pax, record, symlink, with};
use crate::tree::{names, nodes, restore};

/// Each with words of the reason, so that no case passes for the wrong one.
#[allow(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<(&'static str, Vec<u8>)> {
    let long = |kind, name: &[u8]| [member(b"././@LongLink", kind, &[name, b"\0"].concat()), file(b"short")].concat();
    let named = |name: &[u8]| [pax(&record("path", name)), file(b"short")].concat();
    let deep = b"d/".repeat(300);
    let huge = |kind| with(&header(b"x", kind, 2 << 20), &vec![b'a'; 2 << 20]);
    let mut wrong_sum = file(b"a");
    wrong_sum[150] ^= 1;
    let mut strange = file(b"a");
    strange[257..265].fill(b'?');
    let one = |members: Vec<u8>| archive(&[members]);
    vec![
        ("absolute", one(file(b"/etc/keypact"))),
        ("absolute", one(file(b"//etc"))),
        ("absolute", one(named(b"/etc/keypact"))),
        ("absolute", one(long(b'L', b"/etc/keypact"))),
        ("absolute", one(file(b".//etc"))),
        ("empty component", one(file(b"a//b"))),
        ("empty", one(file(b""))),
        ("empty", one(named(b""))),
        ("component . or ..", one(file(b"../outside"))),
        ("component . or ..", one(file(b"a/../../outside"))),
        ("component . or ..", one(folder(b".."))),
        ("component . or ..", one(folder(b"./../"))),
        ("component . or ..", one(file(b"a/./b"))),
        ("no name", one(file(b"."))),
        ("no name", one(symlink(b"./", b"outside"))),
        ("NUL", one(named(b"a\0b"))),
        ("NUL", one(long(b'L', b"a\0b"))),
        ("longer than 255", one(long(b'L', &[b'n'; 256]))),
        ("longer than 4095", one(long(b'L', &b"abcdefg/".repeat(600)))),
        ("256 folders", one(long(b'L', &deep))),
        ("like a folder", one(file(b"a/"))),
        ("device", one(member(b"a", b'3', b""))),
        ("device", one(member(b"a", b'4', b""))),
        ("pipe", one(member(b"a", b'6', b""))),
        ("unknown type", one(member(b"a", b'Z', b""))),
        ("sparse", one(member(b"a", b'S', b""))),
        (
            "sparse",
            one([pax(&record("GNU.sparse.major", b"1")), file(b"a")].concat()),
        ),
        ("no file before it", one(link(b"a", b'1', b"../outside/secret"))),
        ("no file before it", one(link(b"a", b'1', b"/etc/passwd"))),
        ("no file before it", archive(&[link(b"a", b'1', b"b"), file(b"b")])),
        ("no file before it", archive(&[folder(b"b"), link(b"a", b'1', b"b")])),
        (
            "no file before it",
            archive(&[symlink(b"d/l", b"../a"), link(b"a", b'1', b"d/l")]),
        ),
        (
            "no file before it",
            archive(&[symlink(b"l", b"d"), file(b"d/f"), link(b"a", b'1', b"l/f")]),
        ),
        ("absolute path", one(symlink(b"a", b"/etc"))),
        ("leads outside", one(symlink(b"a", b"../outside"))),
        ("leads outside", one(symlink(b"a/b", b"../../outside"))),
        ("leads outside", one(symlink(b"a", b"."))),
        ("leads outside", one(symlink(b"a/b", b".."))),
        ("down and up", one(symlink(b"a", b"b/../../outside"))),
        (
            "down and up",
            archive(&[symlink(b"x/y/up", b"../../x"), symlink(b"e", b"x/y/up/../../outside")]),
        ),
        ("leads nowhere", one(symlink(b"a", b""))),
        (
            "leads nowhere",
            one([pax(&record("linkpath", b"a\0b")), symlink(b"l", b"x")].concat()),
        ),
        ("does not hold it", one(symlink(b"a", b".ssh"))),
        (
            "does not hold it",
            archive(&[folder(b"d"), symlink(b"d/l", b"../mine/secret")]),
        ),
        (
            "came before it",
            archive(&[folder(b"d"), symlink(b"l", b"d"), file(b"l/f")]),
        ),
        ("came before it", archive(&[file(b"f"), file(b"f/g")])),
        ("came before it", archive(&[file(b"a"), file(b"a")])),
        ("came before it", archive(&[file(b"a"), file(b"./a")])),
        ("came before it", archive(&[file(b"d/f"), file(b"d")])),
        (
            "came before it",
            archive(&[symlink(b"l", b"f"), file(b"f"), file(b"l")]),
        ),
        ("came before it", archive(&[file(b"f"), symlink(b"f", b"f")])),
        ("came before it", archive(&[folder(b"d"), folder(b"d")])),
        (
            "came before it",
            archive(&[file(b"a"), file(b"b"), link(b"b", b'1', b"a")]),
        ),
        ("came before it", archive(&[file(b"a"), folder(b"a")])),
        ("contents and is no file", one(member(b"d", b'5', b"hidden"))),
        ("contents and is no file", one(member(b"l", b'2', b"hidden"))),
        ("larger than 1 MiB", one(huge(b'L'))),
        ("larger than 1 MiB", one(huge(b'x'))),
        (
            "described twice",
            one([long(b'L', b"a"), long(b'L', b"b")].concat()[..1024].repeat(2)),
        ),
        ("described twice", one(named(b"a")[..1024].repeat(2))),
        (
            "pax header is malformed",
            one([pax(b"99 path=a\n"), file(b"a")].concat()),
        ),
        ("pax header is malformed", one([pax(b"9 path=aa"), file(b"a")].concat())),
        ("pax header is malformed", one([pax(b"0 \n"), file(b"a")].concat())),
        ("number", one([pax(&record("size", b"-1")), file(b"a")].concat())),
        ("number", one([pax(&record("mtime", b"now")), file(b"a")].concat())),
        (
            "names no member",
            one([member(b"g", b'g', &record("path", b"a")), file(b"b")].concat()),
        ),
        ("names no member", one(pax(&record("path", b"a")))),
        ("cut off", file(b"a")),
        ("cut off", file(b"a")[..700].to_vec()),
        ("cut off", [file(b"a"), vec![0; 512]].concat()),
        (
            "cut off",
            one([pax(&record("size", u64::MAX.to_string().as_bytes())), file(b"a")].concat()),
        ),
        ("cut off", Vec::new()),
        ("follows its end", [archive(&[file(b"a")]), file(b"b")].concat()),
        ("follows its end", [file(b"a"), vec![0; 512], file(b"b")].concat()),
        ("no tar archive", one(wrong_sum)),
        ("no tar archive", one(strange)),
        ("no tar archive", vec![b'?'; 4096]),
    ]
}

#[test]
fn nothing_of_a_hostile_archive_is_restored() {
    let cases = cases();
    for (at, (why, archive)) in cases.iter().enumerate() {
        // Something harmless first: it must not stay either.
        let with_good = [folder(b"good"), file(b"good/file"), archive.clone()].concat();
        for archive in [archive, &with_good] {
            let fault = nothing_of(archive);
            assert_eq!(
                (fault.code, fault.kind),
                (Code::Inauthentic, "archive"),
                "{at}: {fault:?}"
            );
            assert!(fault.why.as_deref().unwrap().contains(why), "{at}: {why}: {fault:?}");
        }
    }
}

/// The fault of `archive`, when it leaves no trace in a folder or beside it.
fn nothing_of(archive: &[u8]) -> Fault {
    let world = tempfile::tempdir().unwrap();
    let target = world.path().join("target");
    fs::create_dir(&target).unwrap();
    fs::create_dir(world.path().join("outside")).unwrap();
    fs::write(world.path().join("outside/secret"), "secret").unwrap();
    fs::create_dir(target.join("mine")).unwrap();
    fs::write(target.join("mine/secret"), "secret").unwrap();
    let before = nodes(world.path());
    let fault = restore(archive, &target).unwrap_err();
    let after = nodes(world.path());
    let without_times = |nodes: &[crate::tree::Node]| -> Vec<_> {
        nodes
            .iter()
            .map(|node| (node.path.clone(), node.mode, node.contents.clone()))
            .collect()
    };
    assert_eq!(without_times(&before), without_times(&after));
    assert!(!Path::new("/etc/keypact").exists());
    fault
}

#[test]
fn names_that_are_taken_stay() {
    let world = tempfile::tempdir().unwrap();
    fs::write(world.path().join("b"), "mine").unwrap();
    std::os::unix::fs::symlink("nowhere", world.path().join("l")).unwrap();
    for taken in [archive(&[file(b"a"), file(b"b")]), archive(&[file(b"a"), file(b"l/f")])] {
        let fault = restore(&taken, world.path()).unwrap_err();
        assert_eq!((fault.code, fault.kind), (Code::Failure, "exists"));
        assert_eq!(names(world.path()), ["b", "l"]);
    }
    assert_eq!(fs::read(world.path().join("b")).unwrap(), b"mine");
}

#[test]
fn a_name_that_is_taken_meanwhile_stays_and_nothing_appears() {
    let world = tempfile::tempdir().unwrap();
    let whole = archive(&[file(b"a"), file(b"b"), folder(b"c")]);
    let unpacked = unpack(&mut &whole[..], world.path()).unwrap();
    fs::create_dir(world.path().join("c")).unwrap();
    let fault = Fault::of(&unpacked.commit().unwrap_err());
    assert_eq!((fault.code, fault.kind), (Code::Failure, "exists"));
    assert_eq!(names(world.path()), ["c"]);
}

#[test]
fn special_bits_are_dropped() {
    let world = tempfile::tempdir().unwrap();
    let special = |name: &[u8], kind, mode| {
        let mut header = header(name, kind, 0);
        header.set_mode(mode);
        header.set_cksum();
        with(&header, b"")
    };
    let whole = archive(&[special(b"f", b'0', 0o6755), special(b"d", b'5', 0o1777)]);
    restore(&whole, world.path()).unwrap();
    let modes: Vec<u32> = nodes(world.path()).iter().map(|node| node.mode).collect();
    assert_eq!(modes, [0o777, 0o755]);
}

#[test]
fn what_no_entry_describes_is_the_owners_alone() {
    let world = tempfile::tempdir().unwrap();
    restore(&archive(&[file(b"a/b/c"), folder(b"a/b")]), world.path()).unwrap();
    let modes: Vec<u32> = nodes(world.path()).iter().map(|node| node.mode).collect();
    assert_eq!(modes, [0o700, 0o755, 0o755]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_archive_restores_or_leaves_nothing(at in 0..6144_usize, byte: u8, has_sum: bool) {
        let mut whole = archive(&[
            pax(&record("path", b"d/long")), file(b"x"), folder(b"d"), symlink(b"l", b"d/long"), link(b"h", b'1', b"d/long"),
        ]);
        let at = at % whole.len();
        whole[at] = byte;
        let start = at / 512 * 512;
        if has_sum && whole[start + 257..start + 262] == *b"ustar" {
            let mut block = tar::Header::from_byte_slice(&whole[start..start + 512]).clone();
            block.set_cksum();
            whole[start..start + 512].copy_from_slice(block.as_bytes());
        }
        let world = tempfile::tempdir().unwrap();
        let target = world.path().join("target");
        fs::create_dir(&target).unwrap();
        if let Err(fault) = restore(&whole, &target) {
            prop_assert!(names(&target).is_empty(), "{fault:?}");
        }
        prop_assert_eq!(names(world.path()), ["target"]);
        prop_assert!(names(&target).iter().all(|name| !name.to_string_lossy().contains(".part")));
    }
}
