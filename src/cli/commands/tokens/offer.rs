//! `keypact offer`: the first text.

use serde_json::json;

use super::{Begun, KeepArgs, TextArgs};
use crate::cli::auth::AuthArgs;
use crate::cli::events::Events;
use crate::cli::pending::{self, Stage};
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::crypto::rng::OsRng;
use crate::handshake::{ExchangeId, Handshake, Role, Token};

const EXAMPLES: &str = "\
Examples:
  Begin an exchange by mail; the two of you compare a code in the end
    $ keypact offer -o offer.txt
  The same with a key that a courier has brought to both, and a day more
    $ keypact offer --psk-file courier.psk --expires 2d -o offer2.txt
  The same with a one-time code that your peer's camera reads from paper or from your screen
    $ keypact offer --code --qr once.png -o offer3.txt";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Offer {
    #[command(flatten)]
    text: TextArgs,
    #[command(flatten)]
    keep: KeepArgs,
    #[command(flatten)]
    auth: AuthArgs,
}

impl Offer {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        self.auth.events()?.around(|events| self.offer(ui, events))
    }

    fn offer(self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let places = self.text.open(&mut claims)?;
        let begun = Begun::settle(self.auth, &self.keep, &mut claims, ui, events)?;
        let (exchange, hello) = Handshake::initiate(begun.auth.terms.clone(), &mut OsRng)?;
        // Whatever answers has its one guess at the code, and this offer is all that this side makes of it.
        if let Some(code) = &begun.auth.code {
            code.spend(Role::Initiator)?;
        }
        let id = ExchangeId::of(&hello);
        let name = pending::name(id, Role::Initiator);
        let token = Token::new(id, hello).expect("HELLO is a message of the exchange");
        begun.keep(Stage::Offered, &name, exchange, &token, places)?;
        events.emit(&json!({"event": "pending", "name": name}));
        ui.note(&format!(
            "{name} waits for an answer; your peer makes it with 'keypact accept', and you read it with 'keypact finish'"
        ));
        Ok(())
    }
}
