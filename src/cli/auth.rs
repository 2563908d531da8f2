//! From the authentication flags to what an exchange demands, and who answers for it: decided, and refused where nobody
//! can answer, before a byte is sent.

use std::path::PathBuf;

use clap::Args;

use crate::cli::code::{CodeArgs, Drawn, OneTimeCode};
use crate::cli::courier_key::{CourierKey, lasting};
use crate::cli::credentials;
use crate::cli::drawing::PictureFile;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::peers::{How, Name, Peers};
use crate::cli::pending::{Memory, Own};
use crate::cli::streams::Claims;
use crate::cli::terminal::Terminal;
use crate::cli::ui::Ui;
use crate::handshake::{Credential, KeyKind, Mask, Mode, Pinned, Psk, Setting, Terms};
use crate::secret::Secret;
use crate::verify::Form;

/// The most comparisons that one run offers to whoever comes: each is one blind guess.
const MOST_TRIES: i64 = 10;

/// How the peer proves who it is
#[derive(Args)]
#[command(next_help_heading = "Authentication (both sides the same)")]
pub struct AuthArgs {
    /// Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]
    #[arg(long, value_name = "FORM")]
    compare: Option<Form>,
    #[command(flatten)]
    code: CodeArgs,
    /// Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the
    /// one-time code for a camera and write that, where '-' draws it on the terminal
    #[arg(long, value_name = "FILE", conflicts_with = "code_words")]
    qr: Option<PathBuf>,
    /// Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key
    /// that is marked for one use is destroyed when it has served
    #[arg(long, value_name = "FILE|fd:N")]
    psk_file: Option<PathBuf>,
    /// The peer is this one of the known peers, and knows you as one of its own
    #[arg(long, value_name = "NAME")]
    peer: Option<Name>,
    /// Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent
    /// [default: the identity that 'keypact key generate' made]
    #[arg(short, long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519
    #[arg(long, value_name = "KIND", default_value = "x25519", value_parser = credentials::kind)]
    credential: KeyKind,
    /// The outer channel (ssh, a Unix socket of one user) vouches for the peer
    #[arg(long)]
    trust_transport: bool,
    /// Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match
    #[arg(long, value_name = "CMD")]
    verify_cmd: Option<String>,
    /// When the peer is verified, exchange identities and remember the peer under this name
    #[arg(long, value_name = "NAME", conflicts_with = "peer")]
    enrol: Option<Name>,
    /// What the exchange is for; both sides must say the same, and it is never sent
    #[arg(long, value_name = "TEXT", default_value = "")]
    context: String,
    /// How many callers a listener that compares codes may meet in vain
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=MOST_TRIES))]
    tries: u32,
    /// Write events as JSON lines
    #[arg(long, value_name = "FILE|fd:N")]
    events: Option<PathBuf>,
}

/// What the flags demand, and who answers for it.
pub struct Auth {
    /// What the exchange demands.
    pub terms: Terms,
    /// Who compares codes, and in which form.
    pub comparison: Option<(Form, Judge)>,
    /// Where a picture of the code that is compared goes.
    pub picture: Option<PictureFile>,
    /// The one-time code, which is spent by its first use.
    pub code: Option<OneTimeCode>,
    /// The courier key, which may be good for one use.
    pub courier_key: Option<CourierKey>,
    /// Whom to remember the peer as.
    pub enrol: Option<Enrol>,
    /// How many callers a listener may meet in vain.
    pub tries: u32,
}

/// Who compares codes.
pub enum Judge {
    /// The person at the terminal.
    Person(Terminal),
    /// A command in a person's place.
    Command(String),
    /// Nobody is asked: the answer has come with the call.
    Nobody,
}

/// What an enrolment needs.
pub struct Enrol {
    /// The name for the peer.
    pub name: Name,
    /// Who we are.
    pub own: Credential,
    /// Where peers are kept.
    pub peers: Peers,
    /// How the peer will have been verified.
    pub how: How,
}

impl AuthArgs {
    /// Where events go.
    ///
    /// # Errors
    /// As [`Events::open`].
    pub fn events(&self) -> Result<Events, Fault> {
        Events::open(self.events.as_deref())
    }

    /// Decides who answers for the peer, before anything is sent.
    ///
    /// # Errors
    /// A usage fault when nobody can; whatever is wrong with the files that are named.
    pub fn settle(self, claims: &mut Claims, ui: &Ui, events: &mut Events) -> Result<Auth, Fault> {
        self.settle_in(Setting::Live, claims, ui, events)
    }

    /// The same for messages that people carry.
    ///
    /// # Errors
    /// As [`AuthArgs::settle`].
    pub fn settle_in(self, setting: Setting, claims: &mut Claims, ui: &Ui, events: &mut Events) -> Result<Auth, Fault> {
        let form = self.form();
        let (picture, drawn) = self.drawn(form, setting)?;
        let mut modes: Vec<Mode> = form.iter().map(|_| Mode::Compare).collect();
        let courier_key = self
            .psk_file
            .as_deref()
            .map(|file| CourierKey::open(file, claims, ui))
            .transpose()?;
        if let Some(key) = &courier_key {
            modes.push(Mode::Psk(key.psk()));
        }
        if let Some(name) = &self.peer {
            modes.push(Mode::Pinned(Pinned {
                peer: Peers::find(ui)?.key(name)?,
                own: credentials::own(self.identity.as_deref(), self.credential, claims, ui)?,
            }));
        }
        if self.trust_transport {
            modes.push(Mode::Transport);
            ui.warn("the outer channel is trusted to lead to the right peer; keypact does not check it");
        }
        let comparison = match (form, self.verify_cmd.clone(), setting) {
            // Tokens are compared by 'keypact confirm', hours later.
            (None, ..) | (_, None, Setting::Tokens) => None,
            (Some(form), Some(command), _) => Some((form, Judge::Command(command))),
            (Some(form), None, _) => Some((form, Judge::Person(ask_a_person(ui)?))),
        };
        let enrol = self.enrolment(&modes, claims, ui)?;
        let code = self.code.settle(drawn, claims, ui, events)?;
        modes.extend(code.as_ref().map(OneTimeCode::mode));
        let terms = Terms::new(modes, self.context.as_bytes());
        let terms = terms.ok_or_else(|| Fault::usage("--context is longer than 65,535 bytes"))?;
        Ok(Auth {
            terms: terms.in_setting(setting),
            comparison,
            picture,
            code,
            courier_key,
            enrol,
            tries: self.tries,
        })
    }

    /// What a later run must know of these flags, where messages are carried.
    ///
    /// # Errors
    /// A usage fault for flags that need the peer at the other end of a wire.
    pub fn memory(&self) -> Result<Memory, Fault> {
        let needs_a_wire = [
            ("--enrol", self.enrol.is_some()),
            ("--verify-cmd", self.verify_cmd.is_some()),
            ("--tries", self.tries != 1),
        ];
        if let Some((flag, _)) = needs_a_wire.into_iter().find(|(_, is_given)| *is_given) {
            let fault = Fault::usage(format!("{flag} has no meaning for texts that people carry"));
            return Err(match flag {
                "--enrol" => {
                    fault.hint("make a known peer of yours with 'keypact exchange --enrol', or 'keypact peer add'")
                }
                "--verify-cmd" => fault.hint("give it to 'keypact confirm', which is where codes are compared"),
                _ => fault.because("an offer is answered once"),
            });
        }
        let own = |peer: &Name| {
            Ok(Own {
                peer: peer.clone(),
                credential: self.credential,
                identity: self.identity.as_deref().map(lasting).transpose()?,
            })
        };
        Ok(Memory {
            compare: self.form(),
            own: self.peer.as_ref().map(own).transpose()?,
            courier_key: None,
        })
    }

    /// Where the one QR code of this run goes: that of the comparison, or that of the one-time code.
    fn drawn(&self, form: Option<Form>, setting: Setting) -> Result<(Option<PictureFile>, Option<Drawn>), Fault> {
        let Some(path) = self.qr.as_deref() else {
            return Ok((None, None));
        };
        match (form == Some(Form::Qr), self.code.is_made(), setting) {
            (true, true, _) => Err(Fault::usage("--qr writes one code, and this run shows two")
                .because("--compare qr and --code have one each")),
            (true, false, Setting::Tokens) => Err(Fault::usage("there is no code to compare yet")
                .hint("give --qr to 'keypact confirm', which is where codes are compared")),
            // On the terminal it is in any case.
            (true, false, _) if path.as_os_str() == "-" => Ok((None, None)),
            (true, false, _) => Ok((Some(PictureFile::open(path)?), None)),
            (false, true, _) => Ok((None, Some(Drawn::to(path)?))),
            (false, false, _) => Err(Fault::usage("there is no QR code for --qr to write")
                .hint("use it with --compare qr, or with --code, which makes a one-time code")),
        }
    }

    /// People compare when it is asked for, and when nothing else is.
    fn form(&self) -> Option<Form> {
        let is_proved = self.trust_transport || self.psk_file.is_some() || self.peer.is_some() || self.code.is_given();
        match self.compare {
            None if is_proved && self.verify_cmd.is_none() => None,
            form => Some(form.unwrap_or_default()),
        }
    }

    fn enrolment(&self, modes: &[Mode], claims: &mut Claims, ui: &Ui) -> Result<Option<Enrol>, Fault> {
        let Some(name) = self.enrol.clone() else {
            return Ok(None);
        };
        let how = if self.code.is_given() {
            How::Code
        } else {
            match modes.first() {
                Some(Mode::Compare) => How::Compared,
                Some(Mode::Psk(_)) => How::Psk,
                _ => How::Transport,
            }
        };
        let peers = Peers::find(ui)?;
        // A file that cannot be read is better found before anybody compares anything.
        peers.all()?;
        let own = credentials::own(self.identity.as_deref(), self.credential, claims, ui)?;
        Ok(Some(Enrol { name, own, peers, how }))
    }
}

fn ask_a_person(ui: &Ui) -> Result<Terminal, Fault> {
    let instead = "--peer, --psk-file, --code-file, --verify-cmd or --trust-transport";
    Terminal::open(ui, "a comparison of codes", instead)
}

impl Auth {
    /// Of a session that goes on under a key that only its two sides have.
    ///
    /// # Panics
    /// Never: one mode and no context are terms.
    pub fn resuming(key: &Secret<32>) -> Self {
        let psk = Psk::new(Secret::with(|copy| *copy = *key.expose()));
        let terms = Terms::new([Mode::Psk(psk)], b"").expect("one mode and no context are terms");
        Self {
            terms: terms.in_setting(Setting::Resumption),
            comparison: None,
            picture: None,
            code: None,
            courier_key: None,
            enrol: None,
            tries: 1,
        }
    }

    /// Whether no more callers may be met after so many that perhaps guessed. A one-time code is worth one guess.
    pub fn is_used_up(&self, guesses: u32) -> bool {
        guesses >= if self.code.is_some() { 1 } else { self.tries }
    }

    /// Whether whoever comes can test a guess: then one that vanishes has perhaps made it.
    pub fn is_guessable(&self) -> bool {
        let mask = self.terms.mask();
        mask.demands(Mask::SAS) || mask.demands(Mask::CODE)
    }
}
