use std::io::{Read, Write};

use super::{Cause, Wire};
use crate::encoding::base64;
use crate::format::Stanza;
use crate::secret::SecretBytes;

/// What a plugin may ask of the person in front. The texts are the plugin's: whoever shows them makes them fit for a
/// terminal first, and says whose they are. `None` means that the question could not be put, or was not answered; the
/// plugin is told so and decides what becomes of it.
pub trait Ui: Sync {
    /// Shows a message, such as a request to touch a token.
    fn message(&self, program: &str, text: &str) -> Option<()>;

    /// Asks for a value.
    fn request(&self, program: &str, text: &str, echo: Echo) -> Option<SecretBytes>;

    /// Asks for a choice between two, or for an acknowledgement when there is no second.
    fn confirm(&self, program: &str, text: &str, yes: &str, no: Option<&str>) -> Option<Choice>;

    /// The plugin has been silent for some seconds.
    fn waiting(&self, program: &str);

    /// The plugin runs as this process, which is to be stopped if ours is.
    fn started(&self, _process: u32) {}

    /// The plugin is about to end.
    fn ending(&self, _process: u32) {}
}

/// Whether what is typed may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// It may.
    Visible,
    /// It may not.
    Hidden,
}

/// The answer to a question with two answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The first.
    Yes,
    /// The second.
    No,
}

/// Answers a message of a plugin that is no part of its work: a question to the person, or one that nobody here knows.
pub(super) fn answer<R: Read, W: Write>(
    wire: &mut Wire<R, W>,
    ui: &dyn Ui,
    program: &str,
    message: &Stanza,
) -> Result<(), Cause> {
    let answer = match message.kind() {
        "msg" => ui.message(program, &text(message)).map(|()| wire.reply(&["ok"], b"")),
        kind @ ("request-public" | "request-secret") => {
            let is_public = kind == "request-public";
            let echo = if is_public { Echo::Visible } else { Echo::Hidden };
            ui.request(program, &text(message), echo)
                .map(|value| wire.reply(&["ok"], value.expose()))
        }
        "confirm" => {
            let (yes, no) = labels(message)?;
            let choice = ui.confirm(program, &text(message), &yes, no.as_deref());
            choice.map(|choice| match choice {
                Choice::Yes => wire.reply(&["ok", "yes"], b""),
                Choice::No => wire.reply(&["ok", "no"], b""),
            })
        }
        _ => Some(wire.reply(&["unsupported"], b"")),
    };
    answer.unwrap_or_else(|| wire.reply(&["fail"], b""))
}

pub(super) fn text(message: &Stanza) -> String {
    String::from_utf8_lossy(message.body()).into_owned()
}

/// `confirm base64(YES) [base64(NO)]`
fn labels(message: &Stanza) -> Result<(String, Option<String>), Cause> {
    let labels: Option<Vec<String>> = message.args().map(label).collect();
    match labels.as_deref() {
        Some([yes]) => Ok((yes.clone(), None)),
        Some([yes, no]) => Ok((yes.clone(), Some(no.clone()))),
        _ => Err(Cause::Protocol("a question without its answers")),
    }
}

fn label(text: &str) -> Option<String> {
    base64::decode(text)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
}
