//! Completions and man pages as the program writes them today. `KEYPACT_REGENERATE=1 cargo test --test generated`
//! writes them anew.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/sandbox.rs"]
mod sandbox;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

use sandbox::Sandbox;

#[test]
fn completions_are_fresh() {
    let files = [
        ("bash", "keypact.bash"),
        ("elvish", "keypact.elv"),
        ("fish", "keypact.fish"),
        ("powershell", "_keypact.ps1"),
        ("zsh", "_keypact"),
    ];
    let sandbox = Sandbox::new();
    let script = |(shell, file): (&str, &str)| {
        (
            file.to_owned(),
            sandbox.keypact(&format!("util completions {shell}")).ok().into_bytes(),
        )
    };
    check("completions", &files.into_iter().map(script).collect());
}

#[test]
fn man_pages_are_fresh() {
    let sandbox = Sandbox::new();
    sandbox.keypact("util man").ok();
    let pages: BTreeMap<_, _> = sandbox
        .names()
        .into_iter()
        .map(|name| (name.clone(), sandbox.read(name)))
        .collect();
    assert!(pages.contains_key("keypact.1") && pages.contains_key("keypact-key-generate.1"));
    check("man", &pages);
    for (name, page) in &pages {
        let page = String::from_utf8_lossy(page);
        for section in ["EXIT STATUS", "FILES", "SECURITY CONSIDERATIONS", "SEE ALSO"] {
            assert!(
                page.contains(&format!(".SH \"{section}\"")) || page.contains(&format!(".SH {section}")),
                "{name}: {section}"
            );
        }
    }
}

fn check(folder: &str, written: &BTreeMap<String, Vec<u8>>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    if env::var_os("KEYPACT_REGENERATE").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        for (name, contents) in written {
            fs::write(folder.join(name), contents).unwrap();
        }
    }
    let kept: BTreeMap<String, Vec<u8>> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read(path).unwrap(),
            )
        })
        .collect();
    assert!(
        kept.keys().eq(written.keys()),
        "{:?} are kept, {:?} are written",
        kept.keys(),
        written.keys()
    );
    for (name, contents) in written {
        assert!(
            kept[name] == *contents,
            "{name} is stale: KEYPACT_REGENERATE=1 cargo test --test generated"
        );
    }
}
