//! Man pages from the command-line definition, with the sections that every page of keypact has.

use std::io::{self, Write as _};

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

const EXIT_STATUS: &str = "\
0: the whole input was processed and authenticated. \
1: a reason outside the protocol: file, permission, disk, configuration. \
2: usage. \
3: not authentic, or malformed. \
4: no key fits: wrong identity, passphrase or PIN. \
5: the peer refused, vanished, or speaks another version. \
130, 141, 143: died by SIGINT, SIGPIPE, SIGTERM after clean-up.";

/// Every page with its file name: keypact(1), and one for each command that does something.
pub fn pages(root: &Command) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut root = root.clone();
    root.build();
    let mut pages = Vec::new();
    add(&root, &mut pages)?;
    Ok(pages)
}

fn add(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    pages.push((format!("{}.1", name(command)), page(command)?));
    command
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
        .try_for_each(|command| add(command, pages))
}

/// The page of one command.
pub fn page(command: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(command.clone()).source(format!("keypact {}", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    section("EXIT STATUS", EXIT_STATUS, &mut page)?;
    Ok(page)
}

fn section(title: &str, text: &str, page: &mut Vec<u8>) -> io::Result<()> {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    roff.text([roman(text)]);
    page.write_all(roff.to_roff().as_bytes())
}

fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}
