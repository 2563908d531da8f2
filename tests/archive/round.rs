//! What is packed comes back as it was.

use std::ffi::OsStr;
use std::fs::{self, File, FileTimes};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::slice::from_ref;
use std::time::{Duration, SystemTime};

use keypact::cli::archive::Counts;
use proptest::prelude::*;

use crate::tree::{chmod, names, nodes, packed, restore, unlock};

/// One thing to make, unless something stands in its way.
#[derive(Debug, Clone)]
struct Plan {
    path: Vec<Vec<u8>>,
    what: What,
    mode: u32,
    /// Milliseconds since 1970, or before.
    modified: i64,
}

#[derive(Debug, Clone)]
enum What {
    File(Vec<u8>),
    Folder,
    Link(Vec<u8>),
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    let any = prop_oneof![
        4 => prop::collection::vec(b'a'..b'e', 1..3),
        2 => prop::collection::vec(any::<u8>(), 1..20),
        1 => prop::collection::vec(any::<u8>(), 90..255),
    ];
    any.prop_filter("the name of a file", |name| {
        !name.iter().any(|byte| [0, b'/'].contains(byte)) && name != b"." && name != b".."
    })
}

fn plan() -> impl Strategy<Value = Plan> {
    let what = prop_oneof![
        3 => prop::collection::vec(any::<u8>(), 0..2000).prop_map(What::File),
        2 => Just(What::Folder),
        1 => name().prop_map(What::Link),
    ];
    let parts = (
        prop::collection::vec(name(), 1..5),
        what,
        0..0o1000_u32,
        -1_000_000_i64..2_000_000_000_000,
    );
    parts.prop_map(|(path, what, mode, modified)| Plan {
        path,
        what,
        mode,
        modified,
    })
}

fn make(root: &Path, plan: &Plan) -> std::io::Result<()> {
    let path: PathBuf = plan.path.iter().map(|name| OsStr::from_bytes(name)).collect();
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap())?;
    match &plan.what {
        What::File(contents) => drop(File::create_new(&path).and_then(|_| fs::write(&path, contents))?),
        What::Folder => fs::create_dir(&path)?,
        What::Link(target) => symlink(OsStr::from_bytes(target), &path)?,
    }
    Ok(())
}

/// Modes that the owner can read; innermost first.
fn settle(root: &Path, plans: &[Plan]) {
    for plan in plans.iter().rev() {
        let path: PathBuf = plan.path.iter().map(|name| OsStr::from_bytes(name)).collect();
        let path = root.join(path);
        let at = Duration::from_millis(plan.modified.unsigned_abs());
        let at = if plan.modified < 0 {
            SystemTime::UNIX_EPOCH - at
        } else {
            SystemTime::UNIX_EPOCH + at
        };
        if path.symlink_metadata().is_ok_and(|found| !found.is_symlink())
            && let Ok(opened) = File::open(&path)
        {
            opened.set_times(FileTimes::new().set_modified(at)).unwrap();
            chmod(&path, plan.mode | if path.is_dir() { 0o500 } else { 0o400 });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_tree(mut plans in prop::collection::vec(plan(), 0..20)) {
        let world = tempfile::tempdir().unwrap();
        let (tree, target) = (world.path().join("tree"), world.path().join("target"));
        fs::create_dir(&tree).unwrap();
        fs::create_dir(&target).unwrap();
        plans.sort_by(|a, b| a.path.cmp(&b.path));
        plans.retain(|plan| make(&tree, plan).is_ok());
        settle(&tree, &plans);

        let (archive, whole) = packed(from_ref(&tree));
        prop_assert_eq!(&whole.skipped, &[]);
        prop_assert_eq!(&archive, &packed(from_ref(&tree)).0);
        let counts = restore(&archive, &target).unwrap();
        prop_assert_eq!(counts, whole.counts);
        prop_assert_eq!(names(&target), ["tree"]);
        prop_assert_eq!(nodes(&tree), nodes(&target.join("tree")));
        unlock(world.path());
    }
}

#[test]
fn several_paths_keep_their_last_components() {
    let world = tempfile::tempdir().unwrap();
    fs::create_dir_all(world.path().join("dir/sub/inner")).unwrap();
    fs::write(world.path().join("dir/sub/file"), "1").unwrap();
    fs::write(world.path().join("other"), "22").unwrap();
    let (archive, whole) = packed(&[world.path().join("other"), world.path().join("dir/sub/")]);
    let counts = Counts {
        files: 2,
        folders: 2,
        links: 0,
        bytes: 3,
    };
    assert_eq!(whole.counts, counts);
    let target = tempfile::tempdir().unwrap();
    assert_eq!(restore(&archive, target.path()).unwrap(), counts);
    assert_eq!(names(target.path()), ["other", "sub"]);
    assert_eq!(fs::read(target.path().join("sub/file")).unwrap(), b"1");
}

#[test]
fn a_path_without_a_name_gives_its_contents() {
    let world = tempfile::tempdir().unwrap();
    fs::create_dir_all(world.path().join("a/b")).unwrap();
    fs::write(world.path().join("c"), "c").unwrap();
    let (archive, _) = packed(&[world.path().join("a/..")]);
    let target = tempfile::tempdir().unwrap();
    restore(&archive, target.path()).unwrap();
    assert_eq!(nodes(world.path()), nodes(target.path()));
}

#[test]
fn hard_links_come_back_as_files() {
    let world = tempfile::tempdir().unwrap();
    fs::write(world.path().join("a"), "same").unwrap();
    fs::hard_link(world.path().join("a"), world.path().join("b")).unwrap();
    let (archive, whole) = packed(&[world.path().join("..").join(world.path().file_name().unwrap())]);
    assert_eq!((whole.counts.files, whole.counts.bytes), (2, 8));
    let target = tempfile::tempdir().unwrap();
    restore(&archive, target.path()).unwrap();
    assert_eq!(
        nodes(world.path()),
        nodes(&target.path().join(world.path().file_name().unwrap()))
    );
}
