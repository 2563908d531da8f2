//! Words that are typed on the terminal, line by line, each one checked at once.

use std::io::{self, IsTerminal};

use zeroize::Zeroizing;

use crate::cli::fault::Fault;
use crate::cli::terminal::Terminal;
use crate::cli::ui::Ui;
use crate::codes::lists::List;
use crate::courier::{Error, Share, Words};

/// Words of a whole line.
const LINE: usize = 5;

/// A terminal on which shares are typed.
pub(super) struct Typing {
    terminal: Terminal,
    is_shown: bool,
}

/// A line as it was typed.
type Line = Zeroizing<String>;

impl Typing {
    /// Whether somebody sits at standard input.
    pub(super) fn is_expected() -> bool {
        io::stdin().is_terminal()
    }

    pub(super) fn start(is_shown: bool, ui: &Ui) -> Result<Self, Fault> {
        let terminal = Terminal::open(ui, "the words", "standard input or --image FILE")?;
        Ok(Self { terminal, is_shown })
    }

    /// One share. A wrong word is pointed at, and its line typed again.
    pub(super) fn share(&self, introduction: &str) -> Result<Words, Fault> {
        self.terminal.say(introduction)?;
        self.terminal
            .tell("Type the words of each line; four letters are enough for a word. An empty line ends.\n")?;
        let mut lines: Vec<Line> = Vec::new();
        loop {
            let Some(line) = self.line(lines.len())? else {
                let line = self.faulty(&lines)?;
                lines[line] = self.line(line)?.ok_or_else(given_up)?;
                if let Some(words) = whole(&lines) {
                    return Ok(words);
                }
                continue;
            };
            lines.push(line);
            if let Some(words) = whole(&lines) {
                return Ok(words);
            }
        }
    }

    /// Says why a share cannot be taken, and goes on.
    pub(super) fn refuse(&self, fault: &Fault) -> Result<(), Fault> {
        self.terminal.tell(&format!("Not taken: {}.\n", fault.what))
    }

    /// A line of words that are all in the list, or `None` for an empty one.
    fn line(&self, number: usize) -> Result<Option<Line>, Fault> {
        let question = format!("Words {} to {}: ", number * LINE + 1, (number + 1) * LINE);
        loop {
            let Some(line) = self.ask(&question)? else {
                return Ok(None);
            };
            match Words::read(&line) {
                Ok(words) if words.count() > 0 => return Ok(Some(line)),
                Ok(_) => self.terminal.tell("There is no word.\n")?,
                Err(Error::Word(place)) => self.unknown(&line, place)?,
                Err(error) => self.terminal.tell(&format!("{error}.\n"))?,
            }
        }
    }

    fn ask(&self, question: &str) -> Result<Option<Line>, Fault> {
        if self.is_shown {
            let line = Zeroizing::new(self.terminal.line(question)?);
            return Ok(Some(line).filter(|line| !line.is_empty()));
        }
        let typed = self.terminal.hidden(question)?;
        Ok(typed.map(|typed| Zeroizing::new(String::from_utf8_lossy(typed.expose()).into_owned())))
    }

    /// The nearest words are for the eyes of who typed, on the terminal alone.
    fn unknown(&self, line: &str, place: usize) -> Result<(), Fault> {
        let words = line
            .split_whitespace()
            .filter(|word| word.contains(char::is_alphabetic));
        let word = words.clone().nth(place - 1).unwrap_or_default();
        let near = match &List::Slip39.nearest(word)[..] {
            [] => String::new(),
            near => format!(" Near it: {}.", near.join(", ")),
        };
        let again = "Type the line again.";
        self.terminal
            .tell(&format!("Word {place} of the line is not in the list.{near} {again}\n"))
    }

    /// The line to be typed again, from zero, once the lines are all there and do not fit.
    fn faulty(&self, lines: &[Line]) -> Result<usize, Fault> {
        self.terminal.tell(&format!("{}\n", diagnosis(lines)))?;
        let question = format!("Line to type again, 1 to {} (empty: give up): ", lines.len().max(1));
        loop {
            let answer = self.terminal.line(&question)?;
            if answer.is_empty() {
                return Err(given_up());
            }
            match answer.trim().parse::<usize>() {
                Ok(line) if (1..=lines.len()).contains(&line) => return Ok(line - 1),
                _ => self.terminal.tell("There is no such line.\n")?,
            }
        }
    }
}

/// The share, when the lines are one.
fn whole(lines: &[Line]) -> Option<Words> {
    let words = together(lines).ok()?;
    Share::read(&words).is_ok().then_some(words)
}

fn together(lines: &[Line]) -> Result<Words, Error> {
    let lines: Vec<&str> = lines.iter().map(|line| line.as_str()).collect();
    Words::read(&Zeroizing::new(lines.join(" ")))
}

/// What is wrong, and where to look first. The paper decides, not the computation: the word is not put in by itself.
fn diagnosis(lines: &[Line]) -> String {
    let words = match together(lines) {
        Ok(words) => words,
        Err(error) => return format!("{error}."),
    };
    match (Share::read(&words), words.suspect()) {
        (Err(Error::Checksum), Some(suspect)) => format!(
            "The checksum does not fit. If one word is wrong, it is word {} in line {}, which could be '{}': look at the paper.",
            suspect.place,
            line_of(lines, suspect.place),
            suspect.word
        ),
        (Err(error), _) => format!("{error}."),
        (Ok(_), _) => String::new(),
    }
}

/// The line, from 1, of a word.
fn line_of(lines: &[Line], place: usize) -> usize {
    let counts = lines
        .iter()
        .map(|line| Words::read(line).map_or(0, |words| words.count()));
    let ends = counts.scan(0, |end, count| {
        *end += count;
        Some(*end)
    });
    ends.take_while(|end| *end < place).count() + 1
}

fn given_up() -> Fault {
    Fault::inauthentic("courier", "the words that were typed are no courier code")
        .hint("compare every word with the paper")
}
