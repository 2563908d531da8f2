//! `keypact tour`: two real keypact processes exchange, compare and transfer, with this one as the wire between them,
//! so that it can show what anyone on the wire sees.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::Value;

use crate::channel;
use crate::cli::fault::Fault;
use crate::cli::output::{Contents, Output};
use crate::cli::shown::shown;
use crate::cli::signals::Stage;
use crate::cli::streams::{Claims, cannot};
use crate::cli::terminal::Terminal;
use crate::cli::ui::{Prompts, Ui};
use crate::crypto::hash;
use crate::encoding::hex;
use crate::handshake::{self, FrameHeader};

/// What Alice sends when the user names no file.
const LETTER: &str = "Dear Bob,\n\nnobody between us has read this letter.\n\nYours, Alice\n";
/// How much of each direction is kept to be shown and searched.
const KEPT: usize = 1 << 20;
/// How long the two processes may take for one step that needs no person.
const STEP: Duration = Duration::from_secs(30);
/// Length of the piece of the file that is looked for on the wire.
const PIECE: usize = 16;

#[derive(clap::Args)]
pub struct Args {
    /// The file that goes from Alice to Bob [default: a short letter]
    file: Option<PathBuf>,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let stage = Stage::create().context("cannot create a folder for the tour")?;
        let mut stdout = Output::stdout(Contents::Text, "the tour", &mut Claims::default())?;
        let file = self.file.map_or_else(|| letter(stage.path()), Ok)?;
        Tour::new(stage.path(), &file)?.walk(ui, &mut stdout)?;
        stdout.commit()
    }
}

fn letter(stage: &Path) -> io::Result<PathBuf> {
    let letter = stage.join("letter.txt");
    fs::write(&letter, LETTER)?;
    Ok(letter)
}

struct Tour {
    alice: Party,
    bob: Party,
    to_bob: JoinHandle<Tap>,
    to_alice: JoinHandle<Tap>,
    file: PathBuf,
    arrived: PathBuf,
}

impl Tour {
    /// Starts both and lays the wire.
    fn new(stage: &Path, file: &Path) -> anyhow::Result<Self> {
        let target = stage.join("bob's folder");
        fs::create_dir(&target)?;
        let name = file
            .file_name()
            .with_context(|| format!("{} is not a file", shown(file)))?;
        let (mut alice, mut bob) = (Party::new("Alice", stage), Party::new("Bob", stage));
        let (from_alice, into_alice) = alice.start("send", &["--".as_ref(), file.as_ref()])?;
        let (from_bob, into_bob) = bob.start("receive", &["-d".as_ref(), target.as_ref()])?;
        Ok(Self {
            alice,
            bob,
            to_bob: Tap::lay(from_alice, into_bob),
            to_alice: Tap::lay(from_bob, into_alice),
            file: file.to_owned(),
            arrived: target.join(name),
        })
    }

    fn walk(mut self, ui: &Ui, out: &mut Output) -> anyhow::Result<()> {
        writeln!(
            out,
            "1. Two processes, and nothing between them but a pipe (this program holds it, and looks in)."
        )?;
        writeln!(
            out,
            "   Alice: keypact send    --stdio --compare words {}",
            shown(&self.file)
        )?;
        writeln!(out, "   Bob:   keypact receive --stdio --compare words")?;

        let codes = [self.alice.code()?, self.bob.code()?];
        writeln!(out, "\n2. They agree on a key in-band, and each shows a code of it.")?;
        writeln!(out, "   Alice sees:  {}", codes[0])?;
        writeln!(out, "   Bob sees:    {}", codes[1])?;
        out.flush()?;
        let matches = compare(&codes, ui)?;
        writeln!(
            out,
            "\n3. They compare the codes out-of-band: {}.",
            if matches { "the same" } else { "not the same" }
        )?;
        out.flush()?;
        self.alice.answer(matches)?;
        self.bob.answer(matches)?;
        let statuses = [self.alice.end()?, self.bob.end()?];
        let taps = [self.to_bob, self.to_alice].map(|tap| tap.join().unwrap_or_default());
        if !matches {
            return Err(refused(statuses, &self.arrived));
        }
        for (party, status) in [&self.alice, &self.bob].into_iter().zip(statuses) {
            party.check(status)?;
        }

        writeln!(
            out,
            "\n4. A key for this file alone travels wrapped under the agreed key."
        )?;
        writeln!(out, "   {}", self.alice.event("key_wrapped", "wrapped_key")?)?;
        writeln!(out, "\n5. What anyone on the wire sees:")?;
        for (from, tap) in ["Alice", "Bob"].into_iter().zip(&taps) {
            writeln!(out, "   from {from}: {}", tap.describe())?;
        }
        writeln!(out, "   the file's record begins {}", hex::encode(taps[0].largest()))?;
        not_in_clear(&self.file, &taps[0])?;

        let hashes = [&self.file, &self.arrived].map(|file| sha256(file));
        let [sent, arrived] = [hashes[0].as_ref(), hashes[1].as_ref()].map(|hash| hash.map_err(Fault::clone));
        let (sent, arrived) = (sent?, arrived?);
        writeln!(out, "\n6. The file has arrived.")?;
        writeln!(out, "   SHA-256 at Alice's  {sent}")?;
        writeln!(out, "   SHA-256 at Bob's    {arrived}")?;
        if sent != arrived {
            return Err(Fault::inauthentic("content", "the files differ").into());
        }
        writeln!(out, "   equal")?;
        Ok(())
    }
}

/// A person decides, where there is one; else the two codes are compared here.
fn compare(codes: &[String; 2], ui: &Ui) -> Result<bool, Fault> {
    let terminal = match ui.prompts() {
        Prompts::Allowed if ui.has_person() => Terminal::open(ui, "a comparison of codes", "--no-input").ok(),
        _ => None,
    };
    let Some(terminal) = terminal else {
        return Ok(codes[0] == codes[1]);
    };
    loop {
        let answer = terminal.line("   Do Alice and Bob see the same? Type \"match\" or \"no\": ")?;
        match answer.trim() {
            "match" | "yes" => return Ok(true),
            "no" | "n" => return Ok(false),
            _ => {}
        }
    }
}

fn refused(statuses: [ExitStatus; 2], arrived: &Path) -> anyhow::Error {
    let ended = statuses.map(|status| status.code().map_or("a signal".to_owned(), |code| code.to_string()));
    let nothing = if arrived.exists() {
        "yet a file arrived"
    } else {
        "nothing arrived"
    };
    Fault::inauthentic("codes_differ", "the codes differ, so the tour ends here")
        .because(format!(
            "Alice's process ended with {}, Bob's with {}, and {nothing}",
            ended[0], ended[1]
        ))
        .into()
}

fn sha256(path: &Path) -> Result<String, Fault> {
    let hash = File::open(path).and_then(hash::sha256_of);
    hash.map(|hash| hex::encode(&hash))
        .map_err(|error| cannot("read", &shown(path), &error))
}

/// The promise that the tour makes, put to the test.
fn not_in_clear(file: &Path, tap: &Tap) -> anyhow::Result<()> {
    let mut piece = Vec::new();
    File::open(file)?.take(PIECE as u64).read_to_end(&mut piece)?;
    if piece.len() == PIECE && tap.kept.windows(PIECE).any(|window| window == piece) {
        return Err(Fault::inauthentic("clear", "the file went over the wire in clear").into());
    }
    Ok(())
}

/// One of the two processes. The command that compares in its person's place leaves the code in one file and waits for
/// the answer in another, or for the folder to be gone.
struct Party {
    name: &'static str,
    folder: PathBuf,
    child: Option<Child>,
}

impl Party {
    const JUDGE: &'static str = r#"cd "$KEYPACT_TOUR" && printf %s "$KEYPACT_SAS" > new && mv new code || exit
        until test -e answer; do test -e code || exit; sleep 0.02; done; test "$(cat answer)" = match"#;

    fn new(name: &'static str, stage: &Path) -> Self {
        Self {
            name,
            folder: stage.join(name),
            child: None,
        }
    }

    fn start(&mut self, verb: &str, words: &[&std::ffi::OsStr]) -> anyhow::Result<(ChildStdout, ChildStdin)> {
        fs::create_dir(&self.folder)?;
        let mut child = Command::new(std::env::current_exe()?)
            .arg(verb)
            .args([
                "--stdio",
                "--quiet",
                "--compare",
                "words",
                "--verify-cmd",
                Self::JUDGE,
                "--events",
            ])
            .arg(self.folder.join("events"))
            .args(words)
            .env("KEYPACT_TOUR", &self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(self.folder.join("stderr"))?)
            .spawn()
            .with_context(|| format!("cannot start {}'s process", self.name))?;
        let wire = child
            .stdout
            .take()
            .zip(child.stdin.take())
            .context("no pipes to the process")?;
        self.child = Some(child);
        Ok(wire)
    }

    fn code(&mut self) -> anyhow::Result<String> {
        let path = self.folder.join("code");
        let deadline = Instant::now() + STEP;
        while !path.exists() {
            if let Some(status) = self.child.as_mut().context("not started")?.try_wait()? {
                self.check(status)?;
            }
            if Instant::now() > deadline {
                return Err(self.failed("shows no code"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(fs::read_to_string(path)?)
    }

    fn answer(&self, matches: bool) -> io::Result<()> {
        fs::write(self.folder.join("new answer"), if matches { "match" } else { "no" })?;
        fs::rename(self.folder.join("new answer"), self.folder.join("answer"))
    }

    fn end(&mut self) -> anyhow::Result<ExitStatus> {
        Ok(self.child.take().context("not started")?.wait()?)
    }

    fn check(&self, status: ExitStatus) -> anyhow::Result<()> {
        if status.success() {
            Ok(())
        } else {
            Err(self.failed(&format!("ended with {status}")))
        }
    }

    fn failed(&self, how: &str) -> anyhow::Error {
        let said = fs::read_to_string(self.folder.join("stderr")).unwrap_or_default();
        Fault::failure(format!("{}'s process {how}", self.name))
            .because(said.replace('\n', " ").trim())
            .into()
    }

    /// A field of one of the events that the process wrote.
    fn event(&self, name: &str, field: &str) -> anyhow::Result<String> {
        let events = fs::read_to_string(self.folder.join("events"))?;
        let mut events = events
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let found = events
            .find(|event| event["event"] == name)
            .and_then(|event| Some(event[field].as_str()?.to_owned()));
        found.ok_or_else(|| self.failed(&format!("wrote no event {name}")))
    }
}

impl Drop for Party {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself; either way nothing of the tour stays behind.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// One direction of the wire, and what was seen on it.
#[derive(Default)]
struct Tap {
    kept: Vec<u8>,
    total: usize,
}

impl Tap {
    fn lay(mut from: ChildStdout, mut to: ChildStdin) -> JoinHandle<Self> {
        thread::spawn(move || {
            let mut tap = Self::default();
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                tap.total += count;
                let room = KEPT - tap.kept.len();
                tap.kept.extend_from_slice(&buffer[..count.min(room)]);
                if to.write_all(&buffer[..count]).is_err() {
                    break;
                }
            }
            tap
        })
    }

    fn describe(&self) -> String {
        let (frames, records) = self.messages();
        let frames: Vec<_> = frames.iter().map(ToString::to_string).collect();
        let first: Vec<_> = records.iter().take(6).map(|record| record.len().to_string()).collect();
        let more = if records.len() > first.len() { ", …" } else { "" };
        let (frames, records) = (frames.join(" + "), first.join(", "));
        format!(
            "{} bytes: exchange {frames}, then sealed records of {records}{more}",
            self.total
        )
    }

    /// The start of the longest record.
    fn largest(&self) -> &[u8] {
        let longest = self
            .messages()
            .1
            .into_iter()
            .max_by_key(|record| record.len())
            .unwrap_or_default();
        &longest[..longest.len().min(32)]
    }

    /// Lengths of the frames, and the records.
    fn messages(&self) -> (Vec<usize>, Vec<&[u8]>) {
        let (mut frames, mut records) = (Vec::new(), Vec::new());
        let mut rest = &self.kept[..];
        while let Some(start) = rest.first_chunk() {
            let length = match channel::record_len(*start) {
                Ok(length) => length,
                Err(_) => match rest.first_chunk().map(FrameHeader::parse) {
                    Some(Ok(header)) => handshake::HEADER_LEN + header.body_len(),
                    _ => break,
                },
            };
            let Some((message, after)) = rest.split_at_checked(length) else {
                break;
            };
            if channel::record_len(*start).is_ok() {
                records.push(message);
            } else {
                frames.push(length);
            }
            rest = after;
        }
        (frames, records)
    }
}
