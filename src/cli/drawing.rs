//! QR codes on a terminal, with colours where they fit.

use std::io::IsTerminal;
use std::os::fd::AsFd;

use crate::cli::fault::Fault;
use crate::cli::terminal;
use crate::cli::ui::Ui;
use crate::codes::qr::{Code, Ground, Paint};

/// The code of `text`, which faults call `what`, for the terminal behind `stream`, or as plain text where there is none.
///
/// # Errors
/// When the text is too long for any code, or the terminal too narrow for this one.
pub fn qr(text: &str, what: &str, stream: &(impl IsTerminal + AsFd), ui: &Ui) -> Result<String, Fault> {
    let code =
        Code::of(text, Ground::Screen).map_err(|_| Fault::failure(format!("{what} does not fit into a QR code")))?;
    let (needed, there) = (code.side(), terminal::columns(stream));
    if let Some(there) = there.filter(|there| *there < needed) {
        return Err(Fault::failure(format!(
            "the QR code of {what} needs {needed} columns, and the terminal has {there}"
        ))
        .hint("widen the terminal, or choose a smaller font"));
    }
    let is_coloured = ui.is_coloured_on(stream);
    Ok(code.terminal(if is_coloured { Paint::Colours } else { Paint::Plain }))
}
