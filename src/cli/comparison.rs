//! Two people, or what stands in for them, compare the codes of one agreement: what is shown, what is asked, and what the
//! answers mean in each form.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::cli::auth::Judge;
use crate::cli::fault::Fault;
use crate::cli::sight::Sight;
use crate::cli::streams::{cannot, first_line};
use crate::cli::ui::Ui;
use crate::codes::qr;
use crate::codes::words;
use crate::verify::{Answer, Form, Nonce, Sas, Scan};

/// Answers that are none before they count as "no".
const ANSWERS: usize = 5;
/// How often words may be typed that the peer has not in front of it: both strings are fixed, so a slip gives nothing away.
const TYPED: usize = 3;

/// What an answer comes to.
pub enum Verdict {
    /// It decides.
    Decided(Answer),
    /// The peer's code has been scanned: it decides, and the peer gets its nonce back.
    Scanned(Nonce),
    /// It does not, and why.
    Again(String),
}

/// A comparison under way.
pub struct Comparison {
    sight: Sight,
    sas: Sas,
    judge: Arc<Judge>,
    answers: usize,
    typed: usize,
    is_seen: bool,
}

impl Comparison {
    /// Of the string `sas`, in a form, by a judge.
    pub fn new(form: Form, sas: Sas, session: String, judge: Judge) -> Self {
        Self {
            sight: Sight::new(form, session, sas.show(form)),
            sas,
            judge: Arc::new(judge),
            answers: 0,
            typed: 0,
            is_seen: false,
        }
    }

    /// This side's code, as it is shown.
    pub fn sight(&self) -> &Sight {
        &self.sight
    }

    /// Shows the code to a person; to a command it goes with the question.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn show(&self, ui: &Ui) -> Result<(), Fault> {
        match &*self.judge {
            Judge::Person(terminal) => self.sight.show(terminal, ui),
            Judge::Command(_) | Judge::Nobody => Ok(()),
        }
    }

    /// The next question: what asks it, on a thread of its own.
    pub fn question(&self) -> impl FnOnce() -> Result<String, Fault> + Send + 'static {
        let judge = Arc::clone(&self.judge);
        let sight = self.sight.clone();
        let spoken = self.sas.show(Form::default());
        move || match &*judge {
            Judge::Person(terminal) => sight.ask(terminal),
            Judge::Command(command) => judge_by(command, &sight, &spoken),
            Judge::Nobody => Ok(String::new()),
        }
    }

    /// Takes an answer in. Too many that are none count as "no".
    pub fn hear(&mut self, line: &str) -> Verdict {
        self.answers += 1;
        let is_last = self.answers >= ANSWERS || matches!(&*self.judge, Judge::Command(_));
        match self.understand(line) {
            Verdict::Again(_) if is_last => Verdict::Decided(Answer::NoMatch),
            verdict => verdict,
        }
    }

    /// What an answer comes to, however many have come before it.
    pub fn understand(&mut self, line: &str) -> Verdict {
        let line = line.trim();
        let word = line.to_ascii_lowercase();
        let is_yes = matches!(word.as_str(), "match" | "yes");
        if matches!(word.as_str(), "no" | "n" | "differ" | "different") {
            return Verdict::Decided(Answer::NoMatch);
        }
        match self.sight.form() {
            Form::Typed => self.hear_words(line),
            Form::Qr if is_yes && self.is_seen => Verdict::Decided(Answer::Match),
            Form::Qr if is_yes => Verdict::Again("your peer has not scanned this code".to_owned()),
            Form::Qr => self.scan(line),
            form if is_yes || self.sas.is_shown(form, line) => Verdict::Decided(Answer::Match),
            _ => Verdict::Again("that is neither \"match\" nor \"no\", nor the code of this side".to_owned()),
        }
    }

    fn hear_words(&mut self, line: &str) -> Verdict {
        let heard = match words::heard(line) {
            Ok(heard) => heard,
            Err(error) => return Verdict::Again(error.to_string()),
        };
        if self.sas.hears(heard.expose()) {
            return Verdict::Decided(Answer::Match);
        }
        self.typed += 1;
        if self.typed >= TYPED {
            return Verdict::Decided(Answer::NoMatch);
        }
        Verdict::Again("your peer has other words in front of it; listen once more".to_owned())
    }

    /// The text of the peer's code, or the name of a picture of it.
    fn scan(&self, line: &str) -> Verdict {
        let texts = match picture(Path::new(line)) {
            Some(Ok(texts)) => texts,
            Some(Err(fault)) => return Verdict::Again(fault.why.unwrap_or(fault.what)),
            None => vec![line.to_owned()],
        };
        let mut why = Scan::NoCode;
        for text in texts {
            match self.sas.scans(&text) {
                Ok(nonce) => return Verdict::Scanned(nonce),
                Err(Scan::Differs) => return Verdict::Decided(Answer::NoMatch),
                Err(error) => why = error,
            }
        }
        Verdict::Again(why.to_string())
    }

    /// The peer has scanned a code: whether it was this one. The person then sees it on the peer's screen.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn seen(&mut self, nonce: &Nonce) -> Result<(), Fault> {
        if self.sight.form() == Form::Qr && self.sas.is_seen(nonce) {
            self.is_seen = true;
            self.tell("\nYour peer has scanned this code. Does its screen say VERIFIED? Type yes or no.\n")?;
        }
        Ok(())
    }

    /// Tells a person something.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn tell(&self, text: &str) -> Result<(), Fault> {
        match &*self.judge {
            Judge::Person(terminal) => terminal.tell(text),
            Judge::Command(_) | Judge::Nobody => Ok(()),
        }
    }
}

/// The texts in a picture, when `path` names a file.
pub fn picture(path: &Path) -> Option<Result<Vec<String>, Fault>> {
    let file = path.is_file().then(|| File::open(path))?;
    let limit = u64::try_from(qr::FILE_LIMIT).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let read = file.and_then(|file| file.take(limit + 1).read_to_end(&mut bytes));
    Some(match read {
        Ok(_) => qr::scan(&bytes).map_err(|error| Fault::failure("the picture gives no code").because(error)),
        Err(error) => Err(cannot("read", "the picture", &error)),
    })
}

/// Any end of the command but success means that the codes differ. Where something is to be heard or scanned, the
/// command's first line is that.
fn judge_by(command: &str, sight: &Sight, spoken: &str) -> Result<String, Fault> {
    let is_told = matches!(sight.form(), Form::Typed | Form::Qr);
    let output = if is_told { Stdio::piped() } else { Stdio::null() };
    let failed = |error: std::io::Error| cannot("run", "the command of --verify-cmd", &error);
    let mut child = Command::new("/bin/sh")
        .args(["-c", command])
        .env("KEYPACT_SAS", sight.code())
        .env("KEYPACT_SAS_WORDS", spoken)
        .env("KEYPACT_SESSION", sight.session())
        .stdin(Stdio::null())
        .stdout(output)
        .spawn()
        .map_err(failed)?;
    let line = child
        .stdout
        .take()
        .map(|mut output| first_line(&mut output))
        .transpose();
    let status = child.wait().map_err(failed)?;
    let line = line.map_err(failed)?.flatten().unwrap_or_default();
    Ok(match (status.success(), is_told) {
        (true, true) => String::from_utf8_lossy(&line).into_owned(),
        (true, false) => "match".to_owned(),
        (false, _) => "no".to_owned(),
    })
}
