//! Where keypact keeps its files: the XDG folders, or one folder for everything.

use std::env;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::cli::fault::Fault;
use crate::cli::shown::shown;
use crate::cli::streams::cannot;

/// The folders; none of them need exist.
pub struct Paths {
    /// Configuration and the default identity.
    pub config: PathBuf,
    /// Keyrings.
    pub data: PathBuf,
    /// Pending exchanges and transfers.
    pub state: PathBuf,
    /// Sockets.
    pub runtime: PathBuf,
}

impl Paths {
    /// All in `home`, or as the XDG Base Directory Specification has it.
    ///
    /// # Errors
    /// When the environment names no home.
    pub fn find(home: Option<&Path>) -> Result<Self, Fault> {
        if let Some(home) = home {
            let folder = |name: &str| home.join(name);
            return Ok(Self {
                config: home.to_owned(),
                data: folder("data"),
                state: folder("state"),
                runtime: folder("run"),
            });
        }
        let config = xdg("XDG_CONFIG_HOME", ".config")?;
        let data = xdg("XDG_DATA_HOME", ".local/share")?;
        let state = xdg("XDG_STATE_HOME", ".local/state")?;
        let runtime = absolute("XDG_RUNTIME_DIR").map_or_else(|| state.join("run"), |folder| folder.join("keypact"));
        Ok(Self {
            config,
            data,
            state,
            runtime,
        })
    }

    /// The identity that is used when none is named.
    pub fn identity(&self) -> PathBuf {
        self.config.join("identity.txt")
    }
}

/// Creates `folder` for its owner alone, with what leads to it.
///
/// # Errors
/// When it cannot be created.
pub fn create_private(folder: &Path) -> Result<(), Fault> {
    let created = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    created.map_err(|error| cannot("create the folder", &shown(folder), &error))
}

fn xdg(variable: &str, in_home: &str) -> Result<PathBuf, Fault> {
    let base = absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(in_home)));
    base.map(|base| base.join("keypact")).ok_or_else(|| {
        Fault::failure("no home folder is known")
            .because(format!("neither {variable} nor HOME holds an absolute path"))
            .hint("name a folder with --home DIR")
    })
}

/// A relative path in such a variable is to be ignored, says the specification.
fn absolute(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}
