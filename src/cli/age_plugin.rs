//! The program under its other name, `age-plugin-keypact`: a plugin that gives age, rage and sops the use of our identity
//! files, locked ones too, with one question for any number of files.

use std::ffi::OsString;
use std::path::Path;

use crate::cli::fault::Fault;
use crate::cli::keys::{IdentityFile, Passphrases};
use crate::cli::shown::shown;
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::crypto::rng::OsRng;
use crate::format::keys::IdentityKey;
use crate::roots::plugin::{self, Asker, Cause, Holder, IdentityText, Machine, Reference, Wire};

const NAME: &str = "age-plugin-keypact";
const FLAG: &str = "--age-plugin=";

/// Whether the program was started as the plugin: under its name, or with its flag, for rage follows the link and calls
/// what it leads to.
pub fn is_meant(arguments: &[OsString]) -> bool {
    let name = arguments.first().and_then(|name| Path::new(name).file_name());
    let flag = arguments.get(1).and_then(|word| word.to_str());
    name.is_some_and(|name| name == NAME) || flag.is_some_and(|flag| flag.starts_with(FLAG))
}

/// Serves one conversation on standard input and output.
///
/// # Errors
/// A usage fault for a conversation that is not known; a failure when the client breaks off, or breaks the protocol.
pub fn run(arguments: &[OsString], ui: &Ui) -> anyhow::Result<()> {
    let machine = machine(arguments.get(1..).unwrap_or_default())?;
    let mut claims = Claims::default();
    claims.stdin("the messages of the client")?;
    claims.stdout("the messages to the client")?;
    let wire = Wire::new(std::io::stdin(), std::io::stdout());
    Ok(plugin::serve(machine, wire, &Files(ui), &mut OsRng).map_err(|cause| of_client(&cause))?)
}

fn machine(words: &[OsString]) -> Result<Machine, Fault> {
    let word = match words {
        [word] => word.to_str().and_then(|word| word.strip_prefix(FLAG)),
        _ => None,
    };
    word.and_then(Machine::parse).ok_or_else(|| {
        Fault::usage("this conversation is not known")
            .because(format!(
                "{NAME} takes --age-plugin=recipient-v1 or --age-plugin=identity-v1 and is started by age or rage"
            ))
            .hint("'keypact key plugin' prints the identity to give to them")
    })
}

fn of_client(cause: &Cause) -> Fault {
    let fault = Fault::failure("the client did not end the conversation").of_kind("plugin");
    match cause {
        Cause::Protocol(what) => fault.because(what),
        _ => fault,
    }
}

/// Identity files, as our identities name them.
struct Files<'u>(&'u Ui);

impl Holder for Files<'_> {
    fn open(&self, identity: &IdentityText, asker: &dyn Asker) -> Result<Vec<IdentityKey>, String> {
        let Reference::File(path) = Reference::of(identity).map_err(|error| error.to_string())?;
        // Identities come from anywhere, and a pipe or a device would keep the client waiting, or take its messages.
        if std::fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
            return Err(format!("{} is no regular file", shown(&path)));
        }
        let passphrases = Passphrases::asked_through(asker, self.0);
        let opened = IdentityFile::open(&path, &passphrases, &mut Claims::default(), self.0);
        let identities = opened.and_then(IdentityFile::into_identities).map_err(in_words)?;
        if identities.native.is_empty() || !identities.plugins.is_empty() {
            return Err("it is an SSH key, or holds identities of other plugins: hand it to age itself".to_owned());
        }
        Ok(identities.native)
    }
}

fn in_words(fault: Fault) -> String {
    [Some(fault.what), fault.why, fault.next]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("; ")
}
