//! Man pages from the command-line definition, with the sections that every page of keypact has.

use std::io::{self, Write as _};

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

const EXIT_STATUS: &[(&str, &str)] = &[
    (
        "0",
        "The whole input was processed and authenticated; all checks that were asked for passed.",
    ),
    (
        "1",
        "A reason outside the protocol: file, permission, disk, configuration.",
    ),
    ("2", "The call is wrong."),
    ("3", "Not authentic, or malformed. Discard what came out."),
    ("4", "No key fits: wrong identity, passphrase or PIN."),
    ("5", "The peer refused, vanished, or speaks another version."),
    ("130, 141, 143", "Died by SIGINT, SIGPIPE or SIGTERM, after clean-up."),
];

const FILES: &[(&str, &str)] = &[
    (
        "$XDG_CONFIG_HOME/keypact/identity.txt (~/.config/keypact/identity.txt)",
        "The default identity: made by keypact key generate, used where no -i is given, readable by its owner alone.",
    ),
    (
        "$XDG_STATE_HOME/keypact/pending (~/.local/state/keypact/pending)",
        "Exchanges that wait for a text or to be confirmed, readable by their owner alone.",
    ),
    (
        "$KEYPACT_HOME",
        "When set, or with --home DIR, the one folder that holds everything.",
    ),
];

/// What a page says beyond the help: by the name of its command.
fn security(name: &str) -> &'static str {
    match name {
        "keypact-encrypt" => {
            "Encryption hides contents and not their length, and does not say who encrypted: anybody who knows a \
             recipient can write to it. Hybrid recipients (age1pq1..., age1tagpq1...) protect what is recorded today \
             from quantum computers of tomorrow; all others do not."
        }
        "keypact-decrypt" => {
            "With -o the file appears only when all of the input is authentic. On standard output authentic chunks \
             are released one by one, so a reader must look at the exit status before it trusts the end. Decrypted \
             data can come from anybody who knows the recipient."
        }
        "keypact-rewrap" => {
            "Nothing is taken back: whoever kept the old header or the file key can still read the content, in copies \
             and in the file itself. With --deep the content is encrypted under a new file key, and only old copies \
             stay readable to them. A file .NAME.keypact-journal beside NAME is what an interrupted run left: do not \
             remove it, and run the same command again."
        }
        "keypact-inspect" => {
            "What a header says of itself is proven only where it is called authentic, which takes a key that opens the \
             file. That the sizes are right does not show that the content is: 'keypact decrypt' does."
        }
        "keypact-courier-pack" | "keypact-courier-split" => {
            "Whoever sees the paper has what it says, and leaves no trace: compare the check value by telephone before \
             the key is used, use it once, and burn the paper. Printers and computers that show pages keep copies. The \
             check value is no secret, but where a passphrase locks the key, it lets whoever has the paper test guesses."
        }
        "keypact-courier-open" | "keypact-courier-join" => {
            "The checksum finds slips, not forgeries: only the check value, compared with the packer over a channel that \
             cannot be forged, tells that the key is the one that was packed. A wrong SLIP-39 passphrase gives another key \
             and no error."
        }
        "keypact-key-generate" => {
            "An identity opens everything that was ever encrypted to its recipient. Keep it on an encrypted disk or \
             lock it with a passphrase (-p), and keep a copy: a lost identity cannot be made again."
        }
        "keypact-offer" | "keypact-accept" | "keypact-finish" | "keypact-confirm" => {
            "The texts are public; what is kept between them is not: whoever reads it while it waits can read the exchange. It \
             is for its owner alone, ends after --expires, and can be locked with a passphrase. Each text is good once, so \
             that whoever is in the middle has one blind guess at the code that two people compare. Compare it by voice or \
             in person, not by the mail that carried the texts."
        }
        "keypact-verify" => {
            "Take the peer's code from the peer: by voice, in person, or from its screen. A code that came over the channel that \
             it is to verify proves nothing, for whoever is in the middle sends one that fits."
        }
        "keypact-exchange" | "keypact-send" | "keypact-receive" | "keypact-pipe" | "keypact-forward" => {
            "The code that two people compare has 32 bits or more and is good for one ceremony: whoever is in the middle \
             has one blind guess. Compare it by voice or in person, not over the channel that it protects. With \
             --trust-transport nothing but the outer channel vouches for the peer. Sizes and times of what is sent can \
             be seen on the wire."
        }
        "keypact-relay" => {
            "A relay sees how much two sides say to each other, when, and from which addresses; what they say is ciphertext. It \
             lets in whoever reaches its port: where that is the whole internet, bound it with --max-connections, \
             --max-per-address and --max-bytes. Nothing is kept, on disk or elsewhere."
        }
        _ => {
            "Secrets are never taken from arguments or the environment, which other users can see, but from files, \
             descriptors and the terminal. Nothing protects keys from an administrator or malware on the same machine."
        }
    }
}

/// Every page with its file name: keypact(1), and one for each command.
pub fn pages(root: &Command) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut root = root.clone();
    root.build();
    let mut commands = Vec::new();
    collect(&root, &mut commands);
    let names: Vec<String> = commands.iter().map(|command| name(command)).collect();
    commands
        .iter()
        .map(|command| Ok((format!("{}.1", name(command)), page(command, &names)?)))
        .collect()
}

fn collect<'c>(command: &'c Command, commands: &mut Vec<&'c Command>) {
    commands.push(command);
    for command in command.get_subcommands().filter(|command| command.get_name() != "help") {
        collect(command, commands);
    }
}

fn page(command: &Command, names: &[String]) -> io::Result<Vec<u8>> {
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
    let name = name(command);
    let mut rest = Roff::new();
    list(&mut rest, "EXIT STATUS", EXIT_STATUS);
    list(&mut rest, "FILES", FILES);
    if let Some(help) = command.get_after_help() {
        examples(&mut rest, &help.to_string());
    }
    rest.control("SH", ["SECURITY CONSIDERATIONS"])
        .text([roman(security(&name))]);
    see_also(&mut rest, names.iter().filter(|other| **other != name));
    page.write_all(rest.to_roff().as_bytes())?;
    Ok(page)
}

fn list(page: &mut Roff, title: &str, entries: &[(&str, &str)]) {
    page.control("SH", [title]);
    for (term, text) in entries {
        page.control("TP", []).text([bold(*term)]).text([roman(*text)]);
    }
}

/// What the help shows: a line that says what, and the command under it after `$ `.
fn examples(page: &mut Roff, help: &str) {
    page.control("SH", ["EXAMPLES"]);
    for line in help.lines().skip(1).map(str::trim) {
        match line.strip_prefix("$ ") {
            None => page.control("PP", []).text([roman(format!("{line}:"))]),
            Some(command) => page.control("RS", ["4"]).text([bold(command)]).control("RE", []),
        };
    }
}

fn see_also<'n>(page: &mut Roff, names: impl Iterator<Item = &'n String>) {
    page.control("SH", ["SEE ALSO"]);
    let mut line = Vec::new();
    for name in names {
        line.extend([bold(name.as_str()), roman("(1), ")]);
    }
    line.extend([bold("age"), roman("(1)")]);
    page.text(line);
}

fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}
