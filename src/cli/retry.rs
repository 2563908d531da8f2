//! A transfer that outlives its wire: when one breaks, both sides meet again under a key that only they have, and go on.

use std::thread;
use std::time::Duration;

use clap::Args;

use crate::channel::Channel;
use crate::cli::auth::Auth;
use crate::cli::fault::{Code, Fault};
use crate::cli::report::Report;
use crate::cli::session;
use crate::cli::transport::{Endpoint, TransportArgs};
use crate::cli::ui::Ui;
use crate::cli::wire::{Wire, WireError};
use crate::crypto::labels::export::RESUMPTION;
use crate::secret::Secret;
use crate::transfer::{Error, Receipt};

/// After the first try to go on that failed; each further pause is twice as long.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest pause: a relay that has not noticed yet is asked once a second and no more.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What becomes of a transfer whose wire breaks
#[derive(Args)]
pub struct RetryArgs {
    /// When the wire breaks, meet the peer again for up to this many seconds, and go on; both sides say so [default: 0]
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 0,
        hide_default_value = true,
        conflicts_with = "stdio"
    )]
    retry: u64,
}

impl RetryArgs {
    /// Refuses what can be read or written once only.
    ///
    /// # Errors
    /// A usage fault when `is_stream`, and a broken wire shall not be the end.
    pub fn check(&self, is_stream: bool) -> Result<(), Fault> {
        if self.retry > 0 && is_stream {
            let fault = Fault::usage("a stream cannot be taken up again after --retry");
            return Err(fault.because("it can be read and written once only"));
        }
        Ok(())
    }

    /// Moves something over one wire, or as many as it takes: `attempt` begins it, and takes it up again. Gives what came
    /// of it, and the last wire.
    ///
    /// # Errors
    /// Those of the first meeting and of `attempt`; that the peer did not come back.
    pub fn transfer(
        &self,
        transport: &TransportArgs,
        auth: Auth,
        ui: &Ui,
        report: &mut Report<'_>,
        mut attempt: impl FnMut(&mut Wire, Channel, &mut Report<'_>) -> anyhow::Result<Moved>,
    ) -> anyhow::Result<(Moved, Wire)> {
        let patience = Duration::from_secs(self.retry);
        let endpoint = transport.open(ui, report.events())?.meeting_again_for(patience);
        let (mut wire, mut channel, mut endpoint) = session::meet(endpoint, auth, ui, report.events())?;
        // One key for every break: of a session that breaks while it begins, one side may have the keys and the other not.
        let key = channel.export(RESUMPTION, b"");
        loop {
            let moved = attempt(&mut wire, channel, report)?;
            match (&moved, &mut endpoint) {
                (Err(Error::Link(broken)), Some(endpoint)) => {
                    report.broken(broken, patience);
                    wire.finish();
                    (wire, channel) = go_on(endpoint, &key, ui, report)?;
                }
                _ => return Ok((moved, wire)),
            }
        }
    }
}

/// What came of moving something.
pub type Moved = Result<Receipt, Error<WireError>>;

/// Meets the peer again. Nothing can be guessed here, so a wire that breaks once more, or leads to somebody else, costs
/// nothing but time.
fn go_on(
    endpoint: &mut Endpoint,
    key: &Secret<32>,
    ui: &Ui,
    report: &mut Report<'_>,
) -> anyhow::Result<(Wire, Channel)> {
    endpoint.renew();
    let mut pause = PAUSE;
    loop {
        let fault = match session::resume(endpoint, key, ui, report.events()) {
            Ok(met) => return Ok(met),
            Err(error) => Fault::of(&error),
        };
        if !may_come_yet(&fault) || endpoint.try_again().is_err() {
            let fault = fault.and("the wire had broken, and the transfer could not go on");
            return Err(fault
                .hint("run both sides again, or give them longer with --retry SECONDS")
                .into());
        }
        thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether it was the wire, a relay that takes the old one for alive, or whoever came in the peer's place, and not this side.
fn may_come_yet(fault: &Fault) -> bool {
    matches!(fault.code, Code::Peer | Code::Inauthentic)
}
