//! What can go wrong here: files that cannot be read, change, or do not belong into an archive.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::slice::from_ref;

use keypact::cli::archive::{pack, unpack};
use keypact::cli::fault::{Code, Fault};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::raw::{archive, file, folder};
use crate::tree::{chmod, names, nodes, packed, restore, unlock};

fn refused(paths: &[PathBuf]) -> Fault {
    Fault::of(&pack(paths, &mut io::sink(), &[]).unwrap_err())
}

#[test]
fn what_cannot_be_restored_safely_is_skipped_and_named() {
    let world = tempfile::tempdir().unwrap();
    let tree = world.path().join("tree");
    fs::create_dir_all(tree.join("sub")).unwrap();
    let _listener = UnixListener::bind(tree.join("socket")).unwrap();
    mknodat(CWD, tree.join("pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let links = [
        ("absolute", "/etc"),
        ("out", "../other"),
        ("sub/up", "../.."),
        ("twice", "sub/../sub"),
    ];
    for (name, target) in links {
        symlink(target, tree.join(name)).unwrap();
    }
    symlink("..", tree.join("sub/tree")).unwrap();
    let (archive, whole) = packed(from_ref(&tree));
    let skipped: Vec<_> = whole
        .skipped
        .iter()
        .map(|one| (one.path.strip_prefix(&tree).unwrap(), one.why))
        .collect();
    let outside = "is a link that leads outside of the archive";
    let expected = [
        ("absolute", outside),
        ("out", outside),
        ("pipe", "is a pipe"),
        ("socket", "is a socket"),
        ("sub/up", outside),
        ("twice", outside),
    ];
    assert_eq!(skipped, expected.map(|(path, why)| (Path::new(path), why)));
    let target = tempfile::tempdir().unwrap();
    restore(&archive, target.path()).unwrap();
    let paths: Vec<PathBuf> = nodes(target.path()).into_iter().map(|node| node.path).collect();
    assert_eq!(paths, ["tree", "tree/sub", "tree/sub/tree"].map(PathBuf::from));
}

#[test]
fn links_among_the_outermost_names_lead_to_what_is_there() {
    let world = tempfile::tempdir().unwrap();
    fs::write(world.path().join("file"), "").unwrap();
    fs::write(world.path().join("output"), "").unwrap();
    let links = [
        ("a", "b"),
        ("b", "file"),
        ("c", "output"),
        ("d", "c"),
        ("e", "e2"),
        ("e2", "e"),
    ];
    for (name, target) in links {
        symlink(target, world.path().join(name)).unwrap();
    }
    fs::create_dir(world.path().join("x")).unwrap();
    let output = fs::metadata(world.path().join("output")).unwrap();
    let mut archive = Vec::new();
    let whole = pack(&[world.path().join("x/..")], &mut archive, &[output]).unwrap();
    let skipped: Vec<_> = whole.skipped.iter().map(|one| one.path.file_name().unwrap()).collect();
    assert_eq!(skipped, ["c", "d", "e", "e2", "output"]);
    let target = tempfile::tempdir().unwrap();
    restore(&archive, target.path()).unwrap();
    assert_eq!(names(target.path()), ["a", "b", "file", "x"]);
}

#[test]
fn what_cannot_be_read_is_a_failure() {
    let world = tempfile::tempdir().unwrap();
    let fault = refused(&[world.path().join("missing")]);
    assert_eq!((fault.code, fault.kind), (Code::Failure, "io"));
    let secret = world.path().join("secret");
    fs::write(&secret, "").unwrap();
    chmod(&secret, 0);
    if File::open(&secret).is_err() {
        let fault = refused(&[world.path().to_owned()]);
        assert_eq!((fault.code, fault.kind), (Code::Failure, "io"));
        assert!(fault.what.ends_with("secret"), "{fault:?}");
    }
}

#[test]
fn two_paths_of_one_name_are_a_wrong_call() {
    let world = tempfile::tempdir().unwrap();
    for folder in ["a", "b"] {
        fs::create_dir_all(world.path().join(folder).join("same")).unwrap();
    }
    let fault = refused(&[world.path().join("a/same"), world.path().join("b/same")]);
    assert_eq!(fault.code, Code::Usage);
}

#[test]
fn what_is_too_deep_is_not_packed() {
    let world = tempfile::tempdir().unwrap();
    fs::create_dir_all(world.path().join("d/".repeat(300))).unwrap();
    let fault = refused(&[world.path().join("d")]);
    assert_eq!((fault.code, fault.kind), (Code::Failure, "io"));
    assert!(fault.why.unwrap().contains("256 folders"));
}

/// Changes a file as soon as its header is written.
struct Meddler<'p>(&'p Path, u64);

impl Write for Meddler<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        File::options().write(true).open(self.0)?.set_len(self.1)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_file_that_shrinks_is_a_failure_and_one_that_grows_is_cut() {
    let world = tempfile::tempdir().unwrap();
    let log = world.path().join("log");
    fs::write(&log, vec![b'l'; 1 << 20]).unwrap();
    let grown = pack(from_ref(&log), &mut Meddler(&log, 2 << 20), &[]).unwrap();
    assert_eq!(grown.counts.bytes, 1 << 20);
    let fault = Fault::of(&pack(from_ref(&log), &mut Meddler(&log, 10), &[]).unwrap_err());
    assert_eq!((fault.code, fault.kind), (Code::Failure, "source_changed"));
}

#[test]
fn nothing_appears_before_the_caller_says_so() {
    let world = tempfile::tempdir().unwrap();
    let whole = archive(&[folder(b"d"), file(b"d/f")]);
    let unpacked = unpack(&mut &whole[..], world.path()).unwrap();
    let staged = names(world.path());
    assert!(
        staged.len() == 1 && staged[0].to_str().unwrap().starts_with(".keypact-"),
        "{staged:?}"
    );
    assert_eq!(nodes(world.path())[0].mode & 0o777, 0o700);
    drop(unpacked);
    assert!(names(world.path()).is_empty());
}

#[test]
fn a_source_that_fails_is_its_own_fault() {
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other(Fault::inauthentic(
                "payload",
                "the content was changed",
            )))
        }
    }
    let world = tempfile::tempdir().unwrap();
    let whole = archive(&[file(b"f")]);
    let mut source = io::Read::chain(&whole[..600], Broken);
    let fault = Fault::of(&unpack(&mut source, world.path()).err().unwrap());
    assert_eq!((fault.code, fault.kind), (Code::Inauthentic, "payload"));
    assert!(names(world.path()).is_empty());
}

#[test]
fn locked_folders_come_back_locked() {
    let world = tempfile::tempdir().unwrap();
    let tree = world.path().join("tree");
    fs::create_dir_all(tree.join("inner")).unwrap();
    fs::write(tree.join("inner/file"), "").unwrap();
    chmod(&tree.join("inner"), 0o500);
    chmod(&tree, 0o555);
    let (archive, _) = packed(from_ref(&tree));
    let target = world.path().join("target");
    fs::create_dir(&target).unwrap();
    restore(&archive, &target).unwrap();
    assert_eq!(nodes(&tree), nodes(&target.join("tree")));
    let modes: Vec<u32> = nodes(&target).iter().map(|node| node.mode).collect();
    assert_eq!(modes[..2], [0o555, 0o500]);
    assert_eq!(restore(&archive, &target).unwrap_err().kind, "exists");
    unlock(world.path());
}
