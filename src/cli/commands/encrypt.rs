//! `keypact encrypt`.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use zeroize::Zeroizing;

use crate::cli::archive;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::keys::{IdentityFile, MaxWork, Passphrases, recipient, recipients_file};
use crate::cli::many::FilesArgs;
use crate::cli::output::{Contents, Output};
use crate::cli::plan::Naming;
use crate::cli::plugins::{Person, Recipients, host};
use crate::cli::shown::shown;
use crate::cli::streams::{Claims, Input};
use crate::cli::tally::Tally;
use crate::cli::ui::Ui;
use crate::crypto::rng::OsRng;
use crate::format::stream::Jobs;
use crate::format::{self, Recipient, Room, Wrapped, armor, room, scrypt};
use crate::roots::plugin::Host;

const EXAMPLES: &str = "\
Examples:
  Encrypt a file to a recipient
    $ keypact encrypt -r \"$(keypact key show -i key.txt)\" -o notes.age notes.txt
  Encrypt a stream to everybody in a list, as text that mail does not hurt
    $ tar c notes.txt | keypact encrypt -R team.txt -a > notes.tar.age
  Encrypt with a passphrase from a file
    $ keypact encrypt --passphrase-file pass.txt -o notes.age notes.txt
  Encrypt many files, each into one of its own
    $ keypact encrypt -R team.txt --output-dir sealed notes.txt pass.txt
  Encrypt a folder, or several paths, into one file
    $ keypact encrypt -R team.txt --archive -o all.age notes.txt pass.txt";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "flags of the command line")]
pub struct Args {
    /// Encrypt to this recipient (age1…, age1NAME1… of a plugin, or the line of an SSH public key); can be repeated
    // A private key begins with hyphens: taken as a value, it is refused without being shown.
    #[arg(short, long, value_name = "RECIPIENT", allow_hyphen_values = true)]
    recipient: Vec<String>,
    /// Encrypt to the recipients in this file, one a line; SSH public keys may be among them; can be repeated
    #[arg(short = 'R', long, value_name = "FILE")]
    recipients_file: Vec<PathBuf>,
    /// Encrypt to the recipients of the identities in this file, or to this SSH key; can be repeated
    #[arg(short, long, value_name = "FILE")]
    identity: Vec<PathBuf>,
    /// Encrypt to the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated
    #[arg(short = 'j', long, value_name = "NAME")]
    plugin: Vec<String>,
    /// Encrypt with a passphrase, asked for on the terminal
    #[arg(short, long, conflicts_with_all = ["recipient", "recipients_file", "identity", "plugin", "passphrase_file"])]
    passphrase: bool,
    /// Encrypt with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE|fd:N", conflicts_with_all = ["recipient", "recipients_file"])]
    passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    work: MaxWork,
    /// Write text (ASCII armor) instead of binary
    #[arg(short, long)]
    armor: bool,
    /// Put all inputs into one archive, folders with all that is in them
    #[arg(long, conflicts_with_all = ["recursive", "output_dir", "if_exists"])]
    archive: bool,
    /// Leave no room in the header for recipients that come later (see 'keypact rewrap')
    #[arg(long)]
    no_padding: bool,
    #[command(flatten)]
    files: FilesArgs,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        Events::open(self.files.events.as_deref())?.around(|events| self.encrypt(ui, events))
    }

    fn encrypt(&self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        self.check()?;
        let tally = Tally::new("encrypted", ui, events);
        let person = Person(ui);
        let host = host(&person);
        if self.archive {
            return self.archive(tally, &mut claims, &host, ui);
        }
        if self.files.is_many() {
            return self.many(tally, &mut claims, &host, ui);
        }
        let path = self.files.only("a file without a name of its own")?;
        let input = Input::open_or_stdin(path, "the input", &mut claims, ui)?;
        let output = self.output(&mut claims)?;
        output.refuse_input(&input)?;
        let answer = self.files.answer(&mut claims)?;
        let wrapped = format::wrap(&borrowed(&self.recipients(&host, &mut claims, ui)?), &mut OsRng)?;
        let size = input.size();
        let mut source = ui.progress("encrypting", size).reading(input);
        self.seal(&mut source, size, output, wrapped, self.files.jobs())?
            .commit()?;
        tally.done(path, self.files.output.as_deref(), source.total());
        tally.end(answer)
    }

    fn output(&self, claims: &mut Claims) -> Result<Output, Fault> {
        let contents = if self.armor { Contents::Text } else { Contents::Binary };
        Output::open(self.files.output.as_deref(), contents, "the output", claims)
    }

    fn archive(&self, tally: Tally<'_>, claims: &mut Claims, host: &Host, ui: &Ui) -> anyhow::Result<()> {
        if self.files.input.is_empty() {
            return Err(Fault::usage("nothing to put into the archive is named").into());
        }
        let output = self.output(claims)?;
        let answer = self.files.answer(claims)?;
        let wrapped = format::wrap(&borrowed(&self.recipients(host, claims, ui)?), &mut OsRng)?;
        let left_out = output.files();
        let (output, packed) = archive::packing(&self.files.input, &left_out, |source| {
            let mut source = ui.progress("encrypting", None).reading(source);
            self.seal(&mut source, None, output, wrapped, self.files.jobs())
        })?;
        output.commit()?;
        for skipped in &packed.skipped {
            ui.warn(&format!("{} is left out: it {}", shown(&skipped.path), skipped.why));
        }
        tally.done(&self.files.input[0], self.files.output.as_deref(), packed.counts.bytes);
        tally.end(answer)
    }

    fn many(&self, tally: Tally<'_>, claims: &mut Claims, host: &Host, ui: &Ui) -> anyhow::Result<()> {
        let answer = self.files.answer(claims)?;
        let recipients = self.recipients(host, claims, ui)?;
        let recipients = borrowed(&recipients);
        let plan = self.files.plan(Naming::Encrypted)?;
        // What is far is asked once; all others work in the threads that need them.
        let is_far = recipients.iter().any(|recipient| recipient.is_far());
        let count = if is_far { plan.items.len() } else { 0 };
        let ready = format::wrap_all(count, &recipients, &mut OsRng)?.into_iter();
        let ready: Vec<Mutex<Option<Wrapped>>> = ready.map(|wrapped| Mutex::new(Some(wrapped))).collect();
        self.files.run(&plan, &tally, &|number, mut input, output, jobs| {
            let ready = ready.get(number).and_then(|ready| ready.lock().ok()?.take());
            let wrapped = ready.map_or_else(|| format::wrap(&recipients, &mut OsRng), Ok)?;
            let size = input.size();
            self.seal(&mut input, size, output, wrapped, jobs)
        });
        tally.end(answer)
    }

    fn seal(
        &self,
        mut source: &mut (impl Read + Send),
        size: Option<u64>,
        output: Output,
        wrapped: Wrapped,
        jobs: Jobs,
    ) -> anyhow::Result<Output> {
        let (room, front) = self.room(size, &mut source)?;
        let wrapped = wrapped.with_room(room);
        seal(wrapped, (&front[..]).chain(source), output, self.armor, jobs)
    }

    /// How much room the header gets, and what had to be read of a stream to tell. Text is written anew in any case.
    fn room(&self, size: Option<u64>, source: &mut impl Read) -> io::Result<(Room, Zeroizing<Vec<u8>>)> {
        let mut front = Zeroizing::new(Vec::new());
        let room = match size {
            _ if self.no_padding => Room::None,
            _ if self.armor => Room::Tags,
            Some(size) => Room::for_content(size),
            None => Room::for_stream(source.take(room::GLANCE).read_to_end(&mut front)? as u64),
        };
        Ok((room, front))
    }

    fn check(&self) -> Result<(), Fault> {
        let is_for_keys = !(self.recipient.is_empty() && self.recipients_file.is_empty() && self.has_no_identity());
        if is_for_keys || self.passphrase || self.passphrase_file.is_some() {
            return Ok(());
        }
        Err(Fault::usage("no recipient given")
            .hint("name one with -r RECIPIENT, -R FILE or -i FILE, or encrypt with a passphrase (-p)"))
    }

    fn has_no_identity(&self) -> bool {
        self.identity.is_empty() && self.plugin.is_empty()
    }

    fn recipients<'h>(
        &self,
        host: &'h Host<'h>,
        claims: &mut Claims,
        ui: &Ui,
    ) -> Result<Vec<Box<dyn Recipient + 'h>>, Fault> {
        let passphrases = Passphrases::new(self.passphrase_file.as_deref(), claims, ui)?.at_most(&self.work);
        if self.passphrase || (passphrases.are_given() && self.has_no_identity()) {
            return Ok(vec![Box::new(scrypt::Recipient::new(passphrases.lock("the file")?))]);
        }
        let mut recipients = Recipients::default();
        for text in &self.recipient {
            recipients.add(recipient(text)?);
        }
        for path in &self.recipients_file {
            for recipient in recipients_file(path, claims, ui)? {
                recipients.add(recipient);
            }
        }
        for path in &self.identity {
            recipients.add_own(IdentityFile::open(path, &passphrases, claims, ui)?)?;
        }
        for name in &self.plugin {
            recipients.add_own(IdentityFile::of_plugin(name, &passphrases)?)?;
        }
        Ok(recipients.finish(host))
    }
}

/// Encrypts `source` to `output`, as text or binary.
pub(super) fn seal<W: Write + Send>(
    wrapped: Wrapped,
    source: impl Read + Send,
    output: W,
    is_armored: bool,
    jobs: Jobs,
) -> anyhow::Result<W> {
    Ok(if is_armored {
        let writer = wrapped.encrypt(armor::Writer::new(output), &mut OsRng)?;
        writer.finish_from(source, jobs)?.finish()?
    } else {
        let writer = wrapped.encrypt(output, &mut OsRng)?;
        writer.finish_from(source, jobs)?
    })
}

pub(super) fn borrowed<'r>(recipients: &'r [Box<dyn Recipient + '_>]) -> Vec<&'r dyn Recipient> {
    recipients.iter().map(AsRef::as_ref).collect()
}
