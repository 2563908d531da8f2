//! What goes onto the paper: words, codes, pages.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::SystemTime;

use super::source::Packed;
use crate::cli::drawing::{self, Picture};
use crate::cli::fault::Fault;
use crate::cli::output::{Contents, Output};
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::codes::qr::Ground;
use crate::courier::{Packet, Share, Sheet};
use crate::secret::SecretBytes;

/// What a page says besides the code.
#[derive(clap::Args)]
pub(super) struct Page {
    /// What the key is for, to be printed on the page
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    purpose: String,
    /// When the page is to be destroyed, to be printed on it
    #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
    destroy_after: String,
}

/// A form of a share.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Words,
    Picture(Picture),
    Sheet,
}

/// How faults call what a code says.
const WHAT: &str = "the courier code";

impl Packed {
    /// A share in a form.
    pub(super) fn rendered(&self, share: &Share, form: Form, page: &Page) -> Result<SecretBytes, Fault> {
        let packet = self.packet(share);
        Ok(match form {
            Form::Words => SecretBytes::new(self.text(share).into_bytes()),
            Form::Picture(picture) => picture.of(packet.text().expose(), WHAT, Ground::Paper)?,
            Form::Sheet => {
                let date = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
                let sheet = Sheet {
                    packet: &packet,
                    share,
                    shares: self.count(),
                    purpose: &page.purpose,
                    date: date.get(..10).unwrap_or_default(),
                    destroy_after: &page.destroy_after,
                };
                let page = sheet
                    .svg()
                    .map_err(|_| Fault::failure("the code does not fit into a QR code"))?;
                SecretBytes::new(page.expose().as_bytes().to_vec())
            }
        })
    }

    /// The QR code for the terminal behind standard output.
    pub(super) fn drawn(&self, share: &Share, ui: &Ui) -> Result<String, Fault> {
        drawing::qr(self.packet(share).text().expose(), WHAT, &io::stdout(), ui)
    }

    /// The words under a line that tells which share it is.
    fn text(&self, share: &Share) -> String {
        let which = match share.threshold() {
            1 => String::new(),
            needed => format!(", share {} of {}, {needed} are needed", share.number(), self.count()),
        };
        format!(
            "# courier set {:04x}{which}, {}, check value {}\n{}",
            share.set().id,
            self.key.kind(),
            self.key.check_value(),
            share.words().lines().expose()
        )
    }

    fn packet(&self, share: &Share) -> Packet {
        Packet {
            kind: self.key.kind(),
            check: self.key.check_value(),
            words: share.words(),
        }
    }

    pub(super) fn count(&self) -> u8 {
        u8::try_from(self.shares.len()).expect("sixteen shares at most")
    }

    /// What both people compare.
    pub(super) fn say_check_value(&self, ui: &Ui) {
        ui.say(&format!(
            "courier set {:04x}: the {} has the check value {}",
            self.shares[0].set().id,
            self.key.kind(),
            self.key.check_value()
        ));
    }
}

/// A file with secrets, open and not yet there.
pub(super) fn written(path: Option<&PathBuf>, bytes: &SecretBytes, claims: &mut Claims) -> anyhow::Result<Output> {
    let mut output = Output::open(path.map(PathBuf::as_path), Contents::Key, WHAT, claims)?;
    output.write_all(bytes.expose())?;
    Ok(output)
}
