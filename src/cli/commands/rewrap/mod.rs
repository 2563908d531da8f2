//! `keypact rewrap`.

mod one;
mod opened;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::fault::Fault;
use crate::cli::keys::{OpeningArgs, Passphrases, identity_files, recipient, recipients_file};
use crate::cli::output::{Contents, Output};
use crate::cli::plan::{Folders, Naming, Plan};
use crate::cli::plugins::{AnyRecipient, Person, Recipients, host};
use crate::cli::shown::shown;
use crate::cli::streams::Claims;
use crate::cli::tally::{Failures, Scope, failure};
use crate::cli::ui::Ui;
use crate::format::keys::RecipientKey;
use crate::format::{Recipient, scrypt};
use crate::roots::plugin::Host;
use one::{Done, How, Work};

const EXAMPLES: &str = "\
Examples:
  Let somebody else read a file, too
    $ keypact rewrap --add \"$(keypact key show -i colleague.txt)\" -i key.txt notes.age
  Give a list of recipients to every age file in a folder
    $ keypact rewrap -R team.txt -i key.txt --recursive archive
  See what would happen if the recipient of the first stanza went
    $ keypact rewrap --remove 0 --dry-run -i key.txt notes.age
  Encrypt a file anew for those on a list, whatever others have kept of it
    $ keypact rewrap -R team.txt --deep -i key.txt notes.age";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "flags of the command line")]
pub struct Args {
    #[command(flatten)]
    opening: OpeningArgs,
    /// Open the files with the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated
    #[arg(short = 'j', long, value_name = "NAME")]
    plugin: Vec<String>,
    /// Let this recipient in, too; can be repeated
    #[arg(long, value_name = "RECIPIENT")]
    add: Vec<String>,
    /// Let this recipient in no longer, or whoever has the stanza of this number in 'keypact inspect'; can be repeated
    #[arg(long, value_name = "RECIPIENT|INDEX")]
    remove: Vec<String>,
    /// Let in exactly the recipients in this file, one a line; can be repeated
    #[arg(short = 'R', long, value_name = "FILE", conflicts_with_all = ["add", "remove"])]
    recipients_file: Vec<PathBuf>,
    /// Lock with a new passphrase instead, asked for on the terminal
    #[arg(long, conflicts_with_all = ["add", "remove", "recipients_file", "new_passphrase_file"])]
    new_passphrase: bool,
    /// Lock with the passphrase in the first line of this file instead
    #[arg(long, value_name = "FILE|fd:N", conflicts_with_all = ["add", "remove", "recipients_file"])]
    new_passphrase_file: Option<PathBuf>,
    /// Encrypt the content anew, under a new file key
    #[arg(long)]
    deep: bool,
    /// Change nothing, and say what would happen
    #[arg(long)]
    dry_run: bool,
    /// Go through folders, and take every age file in them, whatever its name
    #[arg(long)]
    recursive: bool,
    /// Print one JSON object a file
    #[arg(long)]
    json: bool,
    /// The files, armored or not
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Who is to be let in.
enum Change<'h> {
    Edit {
        remove: Vec<Selector>,
        add: Vec<Box<dyn Recipient + 'h>>,
    },
    Set(Vec<Box<dyn Recipient + 'h>>),
}

/// What names a stanza.
enum Selector {
    Index(usize),
    Recipient(RecipientKey),
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        self.check()?;
        let is_answer = self.json || self.dry_run;
        let answer = is_answer.then(|| Output::stdout(Contents::Text, "the answer", &mut claims));
        let answer = answer.transpose()?;
        let passphrases = self.opening.passphrases(&mut claims, ui)?;
        let identities = identity_files(&self.opening.identity, &self.plugin, &passphrases, &mut claims, ui)?;
        let person = Person(ui);
        let host = host(&person);
        let change = self.change(&host, &mut claims, ui)?;
        let work = Work {
            change: &change,
            identities: &identities,
            passphrases: self.opening.expects(&passphrases).then_some(&passphrases),
            is_deep: self.deep,
            is_dry: self.dry_run,
            ui,
        };
        self.each(&work, answer, ui)
    }

    fn check(&self) -> Result<(), Fault> {
        let is_set = !self.recipients_file.is_empty() || self.new_passphrase || self.new_passphrase_file.is_some();
        if is_set || self.deep || !(self.add.is_empty() && self.remove.is_empty()) {
            return Ok(());
        }
        Err(Fault::usage("nothing is to be changed")
            .hint("name a recipient with --add or --remove, a list of them with -R FILE, or use --deep"))
    }

    fn change<'h>(&self, host: &'h Host<'h>, claims: &mut Claims, ui: &Ui) -> Result<Change<'h>, Fault> {
        if self.new_passphrase || self.new_passphrase_file.is_some() {
            let new = Passphrases::new(self.new_passphrase_file.as_deref(), claims, ui)?;
            return Ok(Change::Set(vec![Box::new(scrypt::Recipient::new(
                new.lock("the files")?,
            ))]));
        }
        let mut set = Recipients::default();
        for path in &self.recipients_file {
            for recipient in recipients_file(path, claims, ui)? {
                set.add(recipient);
            }
        }
        if !self.recipients_file.is_empty() {
            return Ok(Change::Set(set.finish(host)));
        }
        let mut add = Recipients::default();
        for text in &self.add {
            add.add(recipient(text)?);
        }
        let remove = self.remove.iter().map(|text| selector(text));
        Ok(Change::Edit {
            remove: remove.collect::<Result<_, _>>()?,
            add: add.finish(host),
        })
    }

    fn each(&self, work: &Work<'_>, mut answer: Option<Output>, ui: &Ui) -> anyhow::Result<()> {
        let folders = Folders::of(self.recursive);
        let plan = Plan::new(&self.files, folders, Naming::Kept, None);
        let scope = Scope::of(&self.files, folders);
        let mut failures = Failures::of(scope);
        let (mut changed, mut unchanged) = (0, 0);
        for item in &plan.items {
            let line = match item.target().map_err(Into::into).and_then(|_| work.on(&item.input)) {
                Ok(done) => {
                    let count = match done.how {
                        How::Unchanged => &mut unchanged,
                        How::InPlace | How::Copy | How::Deep => &mut changed,
                    };
                    *count += 1;
                    Some(self.line(&item.input, &done))
                }
                Err(error) => {
                    let fault = failures.add(&item.input, &error, |fault| ui.fault(fault));
                    self.json.then(|| failure(&item.input, &fault).to_string())
                }
            };
            match (line, &mut answer) {
                (Some(line), Some(answer)) => writeln!(answer, "{line}")?,
                (Some(line), None) => ui.note(&line),
                (None, _) => {}
            }
        }
        if scope == Scope::Files {
            let verb = if self.dry_run { "would change" } else { "changed" };
            let others = plan.others;
            let counts = format!("{changed} {verb}, {unchanged} stay as they are, {others} are no age files");
            ui.note(&counts);
        }
        if changed > 0 && !self.dry_run {
            ui.note(self.warning());
        }
        answer.map_or(Ok(()), Output::commit)?;
        Ok(failures.end(plan.items.len())?)
    }

    /// Nothing is taken back.
    fn warning(&self) -> &'static str {
        if self.deep {
            "copies that were made before can still be read by whoever could read them then"
        } else {
            "whoever kept the old header or the file key can still read the content, here and in copies; --deep encrypts it anew"
        }
    }

    fn line(&self, path: &Path, done: &Done) -> String {
        if self.json {
            object(path, done, self.dry_run).to_string()
        } else {
            told(path, done, self.dry_run)
        }
    }
}

/// Digits are a number, for no recipient consists of them.
fn selector(text: &str) -> Result<Selector, Fault> {
    if let Ok(index) = text.parse() {
        return Ok(Selector::Index(index));
    }
    match recipient(text)? {
        AnyRecipient::Native(key) => Ok(Selector::Recipient(key)),
        AnyRecipient::Plugin(_) => Err(
            Fault::usage("which stanza is a plugin's cannot be told by its recipient")
                .hint("name its number in 'keypact inspect', or all recipients that stay with -R FILE"),
        ),
    }
}

fn told(path: &Path, done: &Done, is_dry: bool) -> String {
    let how = match (done.how, is_dry) {
        (How::Unchanged, _) => "stays as it is",
        (How::InPlace, false) => "changed in place",
        (How::InPlace, true) => "would change in place",
        (How::Copy, false) => "written anew around the same content",
        (How::Copy, true) => "would be written anew around the same content",
        (How::Deep, false) => "encrypted anew",
        (How::Deep, true) => "would be encrypted anew",
    };
    let Done { before, after, .. } = done;
    format!("{}: {how}; recipients before {before}, after {after}", shown(path))
}

fn object(path: &Path, done: &Done, is_dry: bool) -> Value {
    json!({
        "file": shown(path),
        "how": done.how.as_str(),
        "dry_run": is_dry,
        "recipients_before": done.before,
        "recipients_after": done.after,
        "repaired": done.is_repaired,
    })
}
