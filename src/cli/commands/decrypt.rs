//! `keypact decrypt`.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::cli::archive;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::journal;
use crate::cli::keys::{IdentityFile, OpeningArgs, Passphrases, identity_files};
use crate::cli::many::{FilesArgs, create_folder};
use crate::cli::output::{Contents, Output};
use crate::cli::plan::{Item, Naming, Plan};
use crate::cli::range::{Range, Window};
use crate::cli::streams::{BUFFER, Claims, Input, pump};
use crate::cli::tally::Tally;
use crate::cli::ui::Ui;
use crate::format::{self, FileKey, Header, Identity, Locked, armor, scrypt};

const EXAMPLES: &str = "\
Examples:
  Decrypt with an identity
    $ keypact decrypt -i key.txt -o notes.txt notes.age
  Decrypt in a pipe; tar sees only authentic bytes
    $ keypact decrypt -i key.txt < notes.tar.age | tar x
  Decrypt with a passphrase from a file
    $ keypact decrypt --passphrase-file pass.txt locked.age > notes.txt
  Read a part, without reading the rest of the file
    $ keypact decrypt -i key.txt --range 2..5 notes.age
  Restore what 'keypact encrypt --archive' put into one file
    $ keypact decrypt -i key.txt --archive --output-dir restored all.age
  See whether a file is whole, and write nothing
    $ keypact decrypt -i key.txt --verify-only notes.age";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    opening: OpeningArgs,
    /// Use the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated
    #[arg(short = 'j', long, value_name = "NAME")]
    plugin: Vec<String>,
    /// Write the bytes from START up to END (not included) alone; either may be left out
    #[arg(long, value_name = "START..END", conflicts_with = "verify_only")]
    range: Option<Range>,
    /// Authenticate everything and write nothing
    #[arg(long, conflicts_with_all = ["output", "output_dir", "if_exists"])]
    verify_only: bool,
    /// Restore the archive that 'keypact encrypt --archive' made, into --output-dir or this folder
    #[arg(long, conflicts_with_all = ["recursive", "output", "if_exists", "range", "verify_only"])]
    archive: bool,
    #[command(flatten)]
    files: FilesArgs,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        Events::open(self.files.events.as_deref())?.around(|events| self.decrypt(ui, events))
    }

    fn decrypt(&self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let tally = Tally::new(if self.verify_only { "verified" } else { "decrypted" }, ui, events);
        if self.archive {
            return self.archive(tally, &mut claims, ui);
        }
        if self.files.is_many() {
            return self.many(tally, &mut claims, ui);
        }
        let path = self.files.only("a file without a name of its own")?;
        let input = Input::open_or_stdin(path, "the input", &mut claims, ui)?;
        let output = if self.verify_only {
            Output::nowhere()?
        } else {
            Output::open(
                self.files.output.as_deref(),
                Contents::Unknown,
                "the output",
                &mut claims,
            )?
        };
        output.refuse_input(&input)?;
        let answer = self.files.answer(&mut claims)?;
        let passphrases = self.opening.passphrases(&mut claims, ui)?;
        let identities = identity_files(&self.opening.identity, &self.plugin, &passphrases, &mut claims, ui)?;
        let keys = Keys::new(self, &identities, &passphrases);
        let input = keys.heeding_journals(input, path)?;
        let (name, whole) = (input.name().to_owned(), input.seekable()?);
        let mut source = ui.progress("decrypting", input.size()).reading(input);
        let output = self.open(&keys, &name, &mut source, whole, output)?;
        output.commit()?;
        tally.done(path, self.files.output.as_deref(), source.total());
        tally.end(answer)
    }

    fn open(
        &self,
        keys: &Keys<'_>,
        name: &str,
        source: &mut (impl Read + Send),
        whole: Option<Input>,
        output: Output,
    ) -> anyhow::Result<Output> {
        let mut source = armored(source, None);
        let header = Header::read(&mut source)?;
        let file_key = keys.find(&header, name)?;
        match (self.range, whole) {
            (None, _) => Ok(Header::decrypt_under(&file_key, source)?.copy_to(output, self.files.jobs())?),
            (Some(range), Some(whole)) if !source.is_armored()? => read_range(&header, &file_key, whole, output, range),
            (Some(range), _) => {
                let window = Window::new(output, range);
                let window = Header::decrypt_under(&file_key, source)?.copy_to(window, self.files.jobs())?;
                Ok(window.finish()?)
            }
        }
    }

    fn archive(&self, tally: Tally<'_>, claims: &mut Claims, ui: &Ui) -> anyhow::Result<()> {
        let path = self.files.only("an archive")?;
        let input = Input::open_or_stdin(path, "the input", claims, ui)?;
        let answer = self.files.answer(claims)?;
        let passphrases = self.opening.passphrases(claims, ui)?;
        let identities = identity_files(&self.opening.identity, &self.plugin, &passphrases, claims, ui)?;
        let keys = Keys::new(self, &identities, &passphrases);
        let input = keys.heeding_journals(input, path)?;
        let name = input.name().to_owned();
        let mut source = ui.progress("decrypting", input.size()).reading(input);
        let folder = self.files.folder();
        create_folder(folder)?;
        let mut payload = armored(&mut source, None);
        let header = Header::read(&mut payload)?;
        let file_key = keys.find(&header, &name)?;
        let ((), restored) = archive::restoring(folder, |pipe| {
            let reader = Header::decrypt_under(&file_key, payload)?;
            reader.copy_to(pipe, self.files.jobs())?;
            Ok(())
        })?;
        restored.commit()?;
        tally.done(path, Some(folder), source.total());
        tally.end(answer)
    }

    fn many(&self, tally: Tally<'_>, claims: &mut Claims, ui: &Ui) -> anyhow::Result<()> {
        if self.range.is_some() {
            return Err(Fault::usage("a range is of one file")
                .hint("decrypt one file at a time with --range")
                .into());
        }
        let answer = self.files.answer(claims)?;
        let passphrases = self.opening.passphrases(claims, ui)?;
        let identities = identity_files(&self.opening.identity, &self.plugin, &passphrases, claims, ui)?;
        let keys = Keys::new(self, &identities, &passphrases);
        let plan = self.files.plan(if self.verify_only {
            Naming::Kept
        } else {
            Naming::Decrypted
        })?;
        let ready = keys.ahead(&plan);
        self.files.run(&plan, &tally, &|number, input, output, jobs| {
            let (name, size) = (input.name().to_owned(), input.size());
            let mut source = armored(keys.heeding_journals(input, &plan.items[number].input)?, size);
            let header = Header::read(&mut source)?;
            let file_key = match ready.get(number).and_then(|ready| ready.lock().ok()?.take()) {
                Some(found) => found.map_err(advise)?,
                None => keys.find(&header, &name)?,
            };
            Ok(Header::decrypt_under(&file_key, source)?.copy_to(output, jobs)?)
        });
        tally.end(answer)
    }
}

/// The buffer is for headers and armor; chunks go past it.
fn armored<R: Read>(source: R, size: Option<u64>) -> armor::Reader<BufReader<R>> {
    let capacity = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(BUFFER);
    armor::Reader::new(BufReader::with_capacity(capacity.clamp(1, BUFFER), source))
}

/// Reads the chunks of the range and the last one.
fn read_range(
    header: &Header,
    file_key: &FileKey,
    whole: Input,
    mut output: Output,
    range: Range,
) -> anyhow::Result<Output> {
    let mut reader = header.decrypt_seek(whole, file_key)?;
    let range = range.within(reader.len())?;
    reader.seek(SeekFrom::Start(range.start))?;
    pump(&mut reader.take(range.end - range.start), &mut output)?;
    Ok(output)
}

/// What may open the inputs of one run.
struct Keys<'k> {
    identities: Vec<&'k dyn Identity>,
    passphrases: &'k Passphrases<'k>,
    /// Whether a file that is locked with a passphrase may cause a question: whoever names identities and not `-p` does
    /// not expect one, and a stranger's file must not cause it.
    may_ask: bool,
    /// The passphrase that was typed, for all files of the run.
    typed: Mutex<Option<scrypt::Identity>>,
}

impl<'k> Keys<'k> {
    fn new(args: &Args, files: &'k [IdentityFile<'k>], passphrases: &'k Passphrases<'k>) -> Self {
        Self {
            identities: files.iter().map(|file| file as &dyn Identity).collect(),
            passphrases,
            may_ask: (args.opening.identity.is_empty() && args.plugin.is_empty()) || args.opening.expects(passphrases),
            typed: Mutex::new(None),
        }
    }

    fn heeding_journals(&self, input: Input, path: &Path) -> std::io::Result<Input> {
        let name = input.name().to_owned();
        journal::heeded_by(input, path, &|header| self.find(header, &name).ok())
    }

    fn find(&self, header: &Header, name: &str) -> anyhow::Result<FileKey> {
        let found = match header.locked() {
            Locked::Passphrase => {
                let mut typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
                if typed.is_none() {
                    *typed = Some(self.passphrases.identity(self.passphrase_of(name)?));
                }
                let typed: Vec<&dyn Identity> = typed.iter().map(|typed| typed as &dyn Identity).collect();
                header.file_key(&typed)
            }
            Locked::Keys if self.identities.is_empty() => return Err(no_identity().into()),
            Locked::Keys => header.file_key(&self.identities),
        };
        found.map_err(advise)
    }

    /// The file keys of all files that identities far away may open, asked for at once; empty where none is far.
    fn ahead(&self, plan: &Plan) -> Vec<Mutex<Option<Result<FileKey, format::Error>>>> {
        if !self.identities.iter().any(|identity| identity.is_far()) {
            return Vec::new();
        }
        let header = |item: &Item| {
            let input = self.heeding_journals(item.open().ok()?, &item.input).ok()?;
            let header = Header::read(&mut armored(input, None)).ok()?;
            (header.locked() == Locked::Keys).then_some(header)
        };
        let headers: Vec<Option<Header>> = plan.items.iter().map(header).collect();
        let there: Vec<&Header> = headers.iter().flatten().collect();
        let mut found = Header::file_keys(&there, &self.identities).into_iter();
        let found = headers.iter().map(|header| header.as_ref().and_then(|_| found.next()));
        found.map(Mutex::new).collect()
    }

    fn passphrase_of(&self, name: &str) -> Result<crate::secret::Passphrase, Fault> {
        if self.may_ask {
            return self.passphrases.open(name);
        }
        Err(no_passphrase(name))
    }
}

pub(super) fn no_passphrase(name: &str) -> Fault {
    let what = format!("{name} is locked with a passphrase, not with a key");
    Fault::no_key("no_match", what).hint("use -p or --passphrase-file FILE")
}

pub(super) fn no_identity() -> Fault {
    Fault::no_key("no_match", "the file is locked with keys, and no identity is given")
        .hint("name an identity file with -i FILE, or make one with 'keypact key generate'")
}

pub(super) fn advise(error: format::Error) -> anyhow::Error {
    match error {
        format::Error::NoMatch(Locked::Keys) => Fault::no_key("no_match", error.to_string())
            .hint("name the right identity with -i FILE; 'keypact key show' prints whom a file must be encrypted to")
            .into(),
        format::Error::NoMatch(Locked::Passphrase) => Fault::no_key("no_match", "wrong passphrase").into(),
        error => error.into(),
    }
}
