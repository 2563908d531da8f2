//! `keypact util`: what packagers and scripts need.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, Subcommand};
use clap_complete::Shell;
use serde_json::json;

use crate::cli::Cli;
use crate::cli::config::Paths;
use crate::cli::man;
use crate::cli::output::{Contents, Output};
use crate::cli::shown::shown;
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;

const COMPLETIONS: &str = "\
Examples:
  Teach bash the words of keypact
    $ keypact util completions bash > keypact.bash";

const MAN: &str = "\
Examples:
  Write the man pages where man looks for them
    $ mkdir -p share/man/man1 && keypact util man share/man/man1";

const PATHS: &str = "\
Examples:
  Find the default identity
    $ keypact util paths | grep ^identity";

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Write the completions of a shell to stdout
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the man pages into a folder (this one, if none is named)
    #[command(after_help = MAN)]
    Man {
        /// The folder they go to
        #[arg(default_value = ".", hide_default_value = true, value_name = "DIR")]
        dir: PathBuf,
    },
    /// Name the folders in use, one per line
    #[command(after_help = PATHS)]
    Paths {
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        match self.what {
            What::Completions { shell } => answer(&completions(shell)),
            What::Man { dir } => write_pages(&dir),
            What::Paths { json } => answer(paths(&ui.paths()?, json).as_bytes()),
        }
    }
}

fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "keypact", &mut script);
    script
}

fn write_pages(folder: &Path) -> anyhow::Result<()> {
    for (name, page) in man::pages(&Cli::command())? {
        write(
            Output::open(
                Some(&folder.join(name)),
                Contents::Text,
                "the man pages",
                &mut Claims::default(),
            )?,
            &page,
        )?;
    }
    Ok(())
}

fn paths(paths: &Paths, json: bool) -> String {
    let Paths {
        config,
        data,
        state,
        runtime,
    } = paths;
    let identity = paths.identity();
    let named = [
        ("config", config),
        ("data", data),
        ("state", state),
        ("runtime", runtime),
        ("identity", &identity),
    ];
    if json {
        let object: serde_json::Map<_, _> = named
            .iter()
            .map(|(name, path)| ((*name).to_owned(), json!(path.to_string_lossy())))
            .collect();
        format!("{}\n", serde_json::Value::Object(object))
    } else {
        named.map(|(name, path)| format!("{name}\t{}\n", shown(path))).concat()
    }
}

fn answer(text: &[u8]) -> anyhow::Result<()> {
    write(
        Output::stdout(Contents::Text, "the answer", &mut Claims::default())?,
        text,
    )
}

fn write(mut output: Output, text: &[u8]) -> anyhow::Result<()> {
    output.write_all(text)?;
    output.commit()
}
