//! A tree into one file, and back: all of it or nothing.

use std::fs;
use std::os::unix::fs::symlink;

use crate::sandbox::Sandbox;
use crate::tree::{Node, chmod, nodes};
use crate::{KILLED, OLD, each_fault, opened, whole_or_kept};

/// What lies outermost.
const TOPS: [&str; 3] = ["a-file", "b-folder", "c-file"];

#[test]
fn packing_over_a_file() {
    each_fault(
        "encrypt -i key --archive -o out a-file b-folder c-file",
        |sandbox| {
            plant(sandbox);
            sandbox.write("out", OLD);
        },
        |sandbox, ran| {
            let tar = |name| opened(sandbox, &sandbox.read(name));
            let found = if sandbox.read("out") == OLD {
                OLD.to_vec()
            } else {
                tar("out").expect("a torn file")
            };
            let whole = tar("packed").unwrap();
            whole_or_kept(ran, Some(&found), &whole, Some(OLD));
        },
    );
}

#[test]
fn restoring() {
    each_fault(
        "decrypt -i key --archive --output-dir into packed",
        |sandbox| {
            plant(sandbox);
            fs::create_dir(sandbox.file("into")).unwrap();
        },
        |sandbox, ran| all_or_nothing(sandbox, ran.code()),
    );
}

/// A death between two moves leaves each outermost name whole; every other failure leaves nothing.
pub(crate) fn all_or_nothing(sandbox: &Sandbox, code: i32) {
    let (packed, found) = (restored(sandbox, ""), restored(sandbox, "into"));
    let mut there = 0;
    for top in TOPS {
        let of_top = |node: &&Node| node.path.starts_with(top);
        let found: Vec<&Node> = found.iter().filter(of_top).collect();
        let is_whole = found.iter().copied().eq(packed.iter().filter(of_top));
        assert!(found.is_empty() || is_whole, "{top} is torn");
        there += usize::from(!found.is_empty());
    }
    let strangers = found
        .iter()
        .filter(|node| !TOPS.iter().any(|top| node.path.starts_with(top)));
    assert_eq!(strangers.count(), 0, "something else appeared");
    match code {
        0 => assert_eq!(there, TOPS.len(), "exit 0, and not all is there"),
        KILLED => {}
        _ => assert_eq!(there, 0, "it failed, and something appeared"),
    }
}

/// What lies below a folder, but for what is hidden. Folders may keep the rights of their owner, who needs them until
/// everything is in its place.
fn restored(sandbox: &Sandbox, folder: &str) -> Vec<Node> {
    if !sandbox.file(folder).exists() {
        return Vec::new();
    }
    let mut nodes = nodes(&sandbox.file(folder));
    nodes.retain(|node| !crate::is_partial(&node.path));
    for node in nodes.iter_mut().filter(|node| node.contents.is_none()) {
        node.mode |= 0o700;
    }
    nodes
}

/// Makes the tree, and the archive of it.
pub(crate) fn plant(sandbox: &Sandbox) {
    fs::create_dir_all(sandbox.file("b-folder/sub")).unwrap();
    fs::create_dir(sandbox.file("b-folder/kept")).unwrap();
    sandbox.write("a-file", crate::counted(1000, 1));
    sandbox.write("b-folder/empty", "");
    sandbox.write("b-folder/sub/large", crate::counted(200_000, 2));
    sandbox.write("b-folder/kept/inner", "inner");
    symlink("sub/large", sandbox.file("b-folder/link")).unwrap();
    sandbox.write("c-file", crate::counted(70_000, 3));
    chmod(&sandbox.file("b-folder/kept"), 0o555);
    sandbox
        .keypact("encrypt -i key --archive -o packed a-file b-folder c-file")
        .ok();
}
