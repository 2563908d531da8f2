//! GNU tar, both ways.

use std::ffi::OsStr;
use std::fs::{self, File, FileTimes};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::slice::from_ref;
use std::time::{Duration, SystemTime};

use keypact::cli::fault::Code;

use crate::tools::{are_there, program};
use crate::tree::{chmod, nodes, packed, restore, unlock};

fn tar(arguments: &[&OsStr]) -> Output {
    let output = Command::new(program("tar"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A tree with all that a header of `format` can say.
fn plant(root: &Path, format: &str) {
    let name = |bytes: &'static [u8]| OsStr::from_bytes(bytes);
    let half = "h".repeat(90);
    fs::create_dir_all(root.join(&half)).unwrap();
    fs::write(root.join(&half).join("q".repeat(90)), "split in two").unwrap();
    fs::write(root.join("plain"), vec![b'p'; 100_000]).unwrap();
    fs::hard_link(root.join("plain"), root.join("second")).unwrap();
    fs::write(root.join(name(b"\xff\n\x1b[2J")), "").unwrap();
    fs::create_dir(root.join("locked")).unwrap();
    symlink("../plain", root.join("locked/link")).unwrap();
    if format != "ustar" {
        let deep: PathBuf = (0..4).map(|_| "d".repeat(200)).collect();
        fs::create_dir_all(root.join(&deep)).unwrap();
        fs::write(root.join(&deep).join("file"), "deep").unwrap();
        symlink(deep.join("file"), root.join("to the deep")).unwrap();
    }
    let mut seconds = if format == "ustar" { 1 } else { -1 };
    for node in nodes(root).iter().rev() {
        let path = root.join(&node.path);
        let at = Duration::from_secs(1_000_000_000);
        let at = if seconds < 0 {
            SystemTime::UNIX_EPOCH - at
        } else {
            SystemTime::UNIX_EPOCH + at
        };
        seconds = 1;
        if !path.is_symlink() {
            File::open(&path)
                .unwrap()
                .set_times(FileTimes::new().set_modified(at))
                .unwrap();
        }
    }
    chmod(&root.join("locked"), 0o555);
    chmod(&root.join("plain"), 0o4751);
}

/// With the time of links left out, in whole seconds, and without the bits that no archive of ours has.
fn comparable(root: &Path) -> Vec<(PathBuf, u32, i64, Option<Vec<u8>>)> {
    let comparable = |node: crate::tree::Node| {
        let is_link = root.join(&node.path).is_symlink();
        let seconds = if is_link { 0 } else { node.modified.0 };
        (node.path, node.mode & 0o777, seconds, node.contents)
    };
    nodes(root).into_iter().map(comparable).collect()
}

#[test]
fn takes_what_is_packed() {
    if !are_there(&[program("tar")], "archives with GNU tar") {
        return;
    }
    let world = tempfile::tempdir().unwrap();
    let (tree, target, file) = (
        world.path().join("tree"),
        world.path().join("target"),
        world.path().join("file"),
    );
    fs::create_dir(&tree).unwrap();
    fs::create_dir(&target).unwrap();
    plant(&tree, "pax");
    let (archive, whole) = packed(from_ref(&tree));
    fs::write(&file, archive).unwrap();
    let listed = tar(&["-tf".as_ref(), file.as_ref()]);
    let lines = String::from_utf8_lossy(&listed.stdout).lines().count() as u64;
    assert_eq!(lines, whole.counts.files + whole.counts.folders + whole.counts.links);
    assert!(listed.stderr.is_empty(), "{}", String::from_utf8_lossy(&listed.stderr));
    tar(&[
        "-xpf".as_ref(),
        file.as_ref(),
        "--no-same-owner".as_ref(),
        "-C".as_ref(),
        target.as_ref(),
    ]);
    assert_eq!(comparable(&tree), comparable(&target.join("tree")));
    unlock(world.path());
}

#[test]
fn gives_what_is_restored() {
    if !are_there(&[program("tar")], "archives with GNU tar") {
        return;
    }
    for format in ["ustar", "pax", "gnu", "oldgnu"] {
        let world = tempfile::tempdir().unwrap();
        let (tree, target) = (world.path().join("tree"), world.path().join("target"));
        fs::create_dir(&tree).unwrap();
        plant(&tree, format);
        for (from, name, restored) in [(world.path(), "tree", "tree"), (&tree, ".", "")] {
            fs::create_dir(&target).unwrap();
            let made = format!("--format={format}");
            let archive = tar(&[
                made.as_ref(),
                "-C".as_ref(),
                from.as_ref(),
                "-cf".as_ref(),
                "-".as_ref(),
                name.as_ref(),
            ]);
            let counts = restore(&archive.stdout, &target).unwrap();
            assert_eq!(comparable(&tree), comparable(&target.join(restored)), "{format}");
            assert!(counts.files >= 4 && counts.links >= 1, "{counts:?}");
            unlock(&target);
            fs::remove_dir_all(&target).unwrap();
        }
        unlock(world.path());
    }
}

#[test]
fn files_with_holes_are_refused() {
    if !are_there(&[program("tar")], "archives with GNU tar") {
        return;
    }
    for format in ["pax", "gnu"] {
        let world = tempfile::tempdir().unwrap();
        File::create(world.path().join("hole"))
            .unwrap()
            .set_len(1 << 20)
            .unwrap();
        let made = format!("--format={format}");
        let sparse = ["-S", made.as_str(), "-cf", "-", "hole"].map(OsStr::new);
        let archive = tar(&[&["-C".as_ref(), world.path().as_ref()][..], &sparse].concat());
        let target = tempfile::tempdir().unwrap();
        let fault = restore(&archive.stdout, target.path()).unwrap_err();
        assert_eq!((fault.code, fault.kind), (Code::Inauthentic, "archive"));
        assert!(fault.why.unwrap().contains("sparse"));
        assert!(nodes(target.path()).is_empty());
    }
}
