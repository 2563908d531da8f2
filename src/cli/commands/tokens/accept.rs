//! `keypact accept`: the answer to an offer.

use serde_json::json;

use super::{Begun, KeepArgs, TextArgs, peers_token};
use crate::cli::auth::AuthArgs;
use crate::cli::events::Events;
use crate::cli::pending::{self, Stage};
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::crypto::rng::OsRng;
use crate::handshake::{Error, Handshake, Role, Step, Token, TokenKind};

const EXAMPLES: &str = "\
Examples:
  Answer an offer that came by mail; the whole mail will do
    $ keypact accept -o answer.txt offer.mail";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Accept {
    /// Your peer's offer: the text itself, or a file that it is in [default: stdin]
    #[arg(value_name = "OFFER")]
    offer: Option<String>,
    #[command(flatten)]
    text: TextArgs,
    #[command(flatten)]
    keep: KeepArgs,
    #[command(flatten)]
    auth: AuthArgs,
}

impl Accept {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        self.auth.events()?.around(|events| self.accept(ui, events))
    }

    fn accept(self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let offer = peers_token(self.offer.as_deref(), &[TokenKind::Offer], &mut claims, ui)?;
        let places = self.text.open(&mut claims)?;
        let begun = Begun::settle(self.auth, &self.keep, &mut claims, ui, events)?;
        let name = pending::name(offer.id(), Role::Responder);
        begun.pending.refuse_taken(&name)?;
        let exchange = Handshake::respond(begun.auth.terms.clone());
        let Step::Continue {
            send: Some(reply),
            next,
        } = exchange.handle(offer.frame(), &mut OsRng)?
        else {
            return Err(Error::Protocol("an offer that needs no answer").into());
        };
        if let Some(code) = &begun.auth.code {
            code.spend(Role::Responder)?;
        }
        let token = Token::new(offer.id(), reply).expect("REPLY is a message of the exchange");
        begun.keep(Stage::Accepted, &name, next, &token, places)?;
        events.emit(&json!({"event": "pending", "name": name}));
        ui.note(&format!(
            "{name} waits for the text that your peer makes of the answer with 'keypact finish'; read it with 'keypact finish' too"
        ));
        Ok(())
    }
}
