//! Programs that keep keys, `age-plugin-NAME`: real ones, hostile ones, and keypact as one of them.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/dialogue.rs"]
mod dialogue;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/tools.rs"]
mod tools;

#[path = "plugins/hostile.rs"]
mod hostile;
#[path = "plugins/own.rs"]
mod own;
#[path = "plugins/real.rs"]
mod real;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use sandbox::{Ran, Sandbox};

/// A sandbox with a folder of plugins in front of its `PATH`.
struct Bench {
    sandbox: Sandbox,
}

impl Bench {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        fs::create_dir(sandbox.home().join("plugins")).unwrap();
        Self { sandbox }
    }

    fn folder(&self) -> PathBuf {
        self.sandbox.home().join("plugins")
    }

    /// Installs a plugin of bash.
    fn script(&self, name: &str, script: &str) {
        let path = self.folder().join(format!("age-plugin-{name}"));
        fs::write(&path, format!("#!/bin/bash\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Installs a program under the name of a plugin.
    fn link(&self, name: &str, program: &Path) {
        symlink(program, self.folder().join(format!("age-plugin-{name}"))).unwrap();
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.sandbox.command(program);
        let keypact = Path::new(env!("CARGO_BIN_EXE_keypact")).parent().unwrap();
        let path = format!("{}:{}:/usr/bin:/bin", self.folder().display(), keypact.display());
        command.env("PATH", path);
        command
    }

    fn keypact(&self, words: &str) -> Ran {
        let mut command = self.command(env!("CARGO_BIN_EXE_keypact"));
        Ran::new(command.args(words.split_whitespace()), b"")
    }

    fn shell(&self, script: &str) -> Ran {
        Ran::new(self.command("bash").args(["-c", script]), b"")
    }

    /// An identity without data, as a file.
    fn identity(&self, name: &str) {
        let name = name.parse().unwrap();
        let text = keypact::roots::plugin::IdentityText::without_data(name);
        self.sandbox.write("identity", text.expose());
        let path = self.sandbox.file("identity");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}
