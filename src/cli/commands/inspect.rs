//! `keypact inspect`.

use std::io::{self, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::fault::Fault;
use crate::cli::journal;
use crate::cli::keys::{IdentityFile, OpeningArgs, Passphrases, identity_files};
use crate::cli::output::{Contents, Output};
use crate::cli::plan::Folders;
use crate::cli::shown::shown;
use crate::cli::streams::{BUFFER, Claims, Input};
use crate::cli::tally::{Failures, Scope, failure};
use crate::cli::ui::Ui;
use crate::format::sizes::{self, Sizes};
use crate::format::{self, Header, Identity, Locked, Stanza, Way, armor, room, scrypt, way};

const EXAMPLES: &str = "\
Examples:
  Show what a file is locked with, and whether the default identity opens it
    $ keypact inspect notes.age
  See whether a passphrase opens a file
    $ keypact inspect --passphrase-file pass.txt locked.age
  List the kinds of stanzas for a script
    $ keypact inspect --json notes.age | grep -o '\"type\":\"[^\"]*\"'";
/// Characters of an argument that are shown.
const ARGUMENT: usize = 16;

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    opening: OpeningArgs,
    /// Print one JSON object a file
    #[arg(long)]
    json: bool,
    /// The files, armored or not; '-' is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let mut answer = Output::stdout(Contents::Text, "the answer", &mut claims)?;
        let passphrases = self.opening.passphrases(&mut claims, ui)?;
        let identities = identity_files(&self.opening.identity, &[], &passphrases, &mut claims, ui)?;
        let keys = Keys {
            identities: &identities,
            passphrases: self.opening.expects(&passphrases).then_some(&passphrases),
        };
        let mut failures = Failures::of(Scope::of(&self.files, Folders::Refused));
        for path in &self.files {
            let mut failed = |error: anyhow::Error| failures.add(path, &error, |fault| ui.fault(fault));
            let line = match look(path, &keys, &mut claims, ui) {
                Ok(seen) => {
                    // Whatever is damaged decides how the run ends, and is told all the same.
                    if let Some(fault) = seen.damage.first() {
                        failed(fault.clone().into());
                    }
                    Some(if self.json {
                        seen.to_json().to_string()
                    } else {
                        seen.to_text()
                    })
                }
                Err(error) => {
                    let fault = failed(error);
                    self.json.then(|| failure(path, &fault).to_string())
                }
            };
            if let Some(line) = line {
                writeln!(answer, "{line}")?;
            }
        }
        answer.commit()?;
        Ok(failures.end(self.files.len())?)
    }
}

/// What may be tried on a file. Nobody is asked for a passphrase who has not said so.
struct Keys<'a> {
    identities: &'a [IdentityFile<'a>],
    passphrases: Option<&'a Passphrases<'a>>,
}

/// What there is to say of a file.
struct Seen {
    file: String,
    is_armored: bool,
    header: Header,
    header_len: u64,
    /// Of the binary form.
    total: Option<u64>,
    /// Of the content, where it is known.
    sizes: Option<Sizes>,
    /// For each stanza, what of ours opens it.
    opened_by: Vec<Option<String>>,
    /// Each identity file, and whether it opens the file; none where it was not tried.
    tried: Vec<(String, Option<bool>)>,
    is_authentic: Option<bool>,
    damage: Vec<Fault>,
}

fn look(path: &Path, keys: &Keys<'_>, claims: &mut Claims, ui: &Ui) -> anyhow::Result<Seen> {
    let input = Input::open_or_stdin(path, "the input", claims, ui)?;
    let input = journal::heeded(input, path)?;
    let (file, size) = (input.name().to_owned(), input.size());
    let mut source = armor::Reader::new(BufReader::with_capacity(BUFFER, input));
    let header = Header::read(&mut source)?;
    let is_armored = source.is_armored()?;
    let header_len = header.to_bytes().len() as u64;
    // Of a pipe no more is read than is needed, so the rest is not known.
    let total = match (size, is_armored) {
        (Some(size), false) => Some(size),
        (Some(_), true) => Some(header_len + io::copy(&mut source.by_ref(), &mut io::sink())?),
        (None, _) => None,
    };
    let mut seen = Seen {
        file,
        is_armored,
        opened_by: vec![None; header.stanzas().len()],
        header,
        header_len,
        total,
        sizes: None,
        tried: Vec::new(),
        is_authentic: None,
        damage: Vec::new(),
    };
    seen.measure();
    seen.try_keys(keys)?;
    Ok(seen)
}

impl Seen {
    fn measure(&mut self) {
        match self.total.map(|total| sizes::of(total.saturating_sub(self.header_len))) {
            Some(Ok(sizes)) => self.sizes = Some(sizes),
            Some(Err(error)) => self.damaged(format::Error::Payload(error)),
            None => {}
        }
    }

    fn damaged(&mut self, error: format::Error) {
        self.damage.push(Fault::of(&error.into()));
    }

    fn try_keys(&mut self, keys: &Keys<'_>) -> anyhow::Result<()> {
        if self.header.locked() == Locked::Passphrase {
            if let Some(passphrases) = keys.passphrases {
                let passphrase = scrypt::Identity::new(passphrases.open(&self.file)?);
                self.try_key("the passphrase", &passphrase)?;
            }
            return Ok(());
        }
        for file in keys.identities {
            if keys.passphrases.is_none() && file.is_locked() {
                self.tried.push((file.name().to_owned(), None));
            } else {
                self.try_key(file.name(), file)?;
            }
        }
        Ok(())
    }

    fn try_key(&mut self, name: &str, identity: &dyn Identity) -> Result<(), format::Error> {
        match self.header.file_key(&[identity]) {
            Ok(_) => self.is_authentic = Some(true),
            Err(format::Error::NoMatch(_)) => {
                self.tried.push((name.to_owned(), Some(false)));
                return Ok(());
            }
            // That is no fault of the file's: an identity that does not open.
            Err(error @ format::Error::Io(_)) => return Err(error),
            Err(error) => {
                let is_match = matches!(error, format::Error::HeaderMac);
                self.is_authentic = is_match.then_some(false).or(self.is_authentic);
                self.damaged(error);
            }
        }
        self.tried.push((name.to_owned(), Some(true)));
        for (stanza, opened_by) in self.header.stanzas().iter().zip(&mut self.opened_by) {
            if identity
                .unwrap(std::slice::from_ref(stanza))
                .is_ok_and(|key| key.is_some())
            {
                opened_by.get_or_insert_with(|| name.to_owned());
            }
        }
        Ok(())
    }

    fn work_factor(&self) -> Option<&str> {
        let scrypt = self
            .header
            .stanzas()
            .iter()
            .find(|stanza| Way::of(stanza) == Way::Passphrase);
        scrypt.and_then(|stanza| stanza.args().nth(1))
    }

    fn overhead(&self) -> Option<u64> {
        Some(self.total? - self.sizes?.content)
    }

    fn to_json(&self) -> Value {
        let stanzas = self.header.stanzas();
        let listed = stanzas.iter().zip(&self.opened_by).enumerate();
        let listed = listed.map(|(index, (stanza, opened_by))| {
            json!({
                "index": index,
                "type": shown(stanza.kind()),
                "args": arguments(stanza),
                "body_bytes": stanza.body().len(),
                "what": way::described(stanza),
                "opened_by": opened_by,
            })
        });
        let identities = self
            .tried
            .iter()
            .map(|(file, fits)| json!({"file": file, "fits": fits}));
        json!({
            "file": self.file,
            "version": "age-encryption.org/v1",
            "armored": self.is_armored,
            "header_bytes": self.header_len,
            "header_authentic": self.is_authentic,
            "locked_with": match self.header.locked() {
                Locked::Passphrase => "passphrase",
                Locked::Keys => "keys",
            },
            "work_factor": self.work_factor().and_then(|text| text.parse::<u64>().ok()),
            "post_quantum": Way::is_post_quantum(stanzas),
            "stanzas": listed.collect::<Vec<_>>(),
            "identities": identities.collect::<Vec<_>>(),
            "room_bytes": room::left(stanzas),
            "file_bytes": self.total,
            "content_bytes": self.sizes.map(|sizes| sizes.content),
            "chunks": self.sizes.map(|sizes| sizes.chunks),
            "overhead_bytes": self.overhead(),
            "damage": self.damage.iter().map(Fault::to_json).collect::<Vec<_>>(),
        })
    }

    fn to_text(&self) -> String {
        let form = if self.is_armored { "armored" } else { "binary" };
        let mut lines = vec![format!("{}: age-encryption.org/v1, {form}", self.file)];
        lines.push(format!("  header: {} bytes, {}", self.header_len, self.authenticity()));
        for (index, stanza) in self.header.stanzas().iter().enumerate() {
            lines.push(self.line(index, stanza));
        }
        if let Some(factor) = self.work_factor() {
            lines.push(format!("  passphrase: work factor {}", shown(factor)));
        }
        let post_quantum = match Way::is_post_quantum(self.header.stanzas()) {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        lines.push(format!("  safe against quantum computers: {post_quantum}"));
        if let Some(left) = room::left(self.header.stanzas()) {
            lines.push(format!("  room: {left} bytes for more recipients"));
        }
        lines.push(match (self.sizes, self.overhead()) {
            (Some(Sizes { content, chunks }), Some(overhead)) => {
                format!("  content: {content} bytes; chunks: {chunks}; the rest of the file: {overhead} bytes")
            }
            _ => "  content: of unknown size".to_owned(),
        });
        let untried = self.tried.iter().filter(|(_, fits)| fits.is_none());
        lines.extend(untried.map(|(file, _)| format!("  {file}: locked with a passphrase, and not tried without -p")));
        lines.extend(self.damage.iter().map(|fault| format!("  damage: {}", fault.what)));
        lines.join("\n")
    }

    fn authenticity(&self) -> String {
        match self.is_authentic {
            Some(true) => "authentic".to_owned(),
            Some(false) => "changed".to_owned(),
            None if self.tried.iter().any(|(_, fits)| *fits == Some(false)) => "not checked: no key fits".to_owned(),
            None => "not checked: no key was tried".to_owned(),
        }
    }

    fn line(&self, index: usize, stanza: &Stanza) -> String {
        let words = [vec![shown(stanza.kind())], arguments(stanza)].concat().join(" ");
        let opened_by = self.opened_by[index].as_ref();
        let opened_by = opened_by.map_or_else(String::new, |name| format!(", opened by {name}"));
        let (what, body) = (way::described(stanza), stanza.body().len());
        format!("  {index}: {words}: {what}, {body} bytes{opened_by}")
    }
}

/// Enough of the arguments to tell stanzas apart.
fn arguments(stanza: &Stanza) -> Vec<String> {
    const MOST: usize = 8;
    let cut = |text: &str| match text.get(..ARGUMENT) {
        Some(front) if text.len() > ARGUMENT => format!("{front}…"),
        _ => text.to_owned(),
    };
    stanza.args().take(MOST).map(cut).collect()
}
