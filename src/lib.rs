//! keypact: two parties agree on a key over the channel that they want to protect, compare a code out-of-band, and move
//! files under it; files are encrypted in the age v1 format.
//!
//! This library is what stands under the binary of the same name. It never prints, prompts or reads configuration. Below
//! `cli`, rooms read and write what they are handed; `roots` alone starts programs.
//!
//! ```text
//!   cli                                        words, files, terminals, sockets, exit codes   (feature `cli`)
//!   transfer  pipe  forward  roots             files over a channel, streams over it; plugins that keep keys
//!   channel   format   verify   courier        records; the age format, in parallel; short strings; keys on paper
//!   rendezvous                                 two sides that meet at a relay
//!   handshake   codes                          the exchange; words, emoji, digits, QR
//!   encoding   crypto                          texts of keys; primitives
//!   secret                                     bytes that must not leak
//! ```
//!
//! A room uses only rooms below it; `tests/architecture.rs` holds that.
//!
//! # Agreeing on a key
//!
//! ```
//! use keypact::channel::Gate;
//! use keypact::crypto::rng::OsRng;
//! use keypact::handshake::{Handshake, Mode, Step, Terms};
//! use keypact::verify::{Answer, Checks, Form, Sas};
//!
//! let terms = Terms::new([Mode::Compare], b"").unwrap();
//! let (alice, hello) = Handshake::initiate(terms.clone(), &mut OsRng).unwrap();
//! let bob = Handshake::respond(terms);
//!
//! let Step::Continue { send: Some(reply), next: bob } = bob.handle(&hello, &mut OsRng).unwrap() else { panic!() };
//! let Step::Agreed { send: Some(finish), agreed: alice } = alice.handle(&reply, &mut OsRng).unwrap() else { panic!() };
//! let Step::Agreed { agreed: bob, .. } = bob.handle(&finish, &mut OsRng).unwrap() else { panic!() };
//!
//! let form: Form = "words".parse().unwrap();
//! assert_eq!(Sas::of(&alice).show(form), Sas::of(&bob).show(form));
//!
//! let mut checks = Checks::default();
//! checks.compared(Answer::Match).unwrap();
//! let (gate, word_for_bob) = Gate::new(alice).verify(|alice| checks.verify(alice)).ok().unwrap();
//! assert!(gate.open().is_err(), "the peer has not given its word yet");
//! ```
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `cli` (default) | the binary: clap, indicatif, rpassword, anyhow and the system calls behind them; brings `qr` |
//! | `qr` | QR codes: drawn, and read from pictures |
//! | `ring` (default) | the cipher of payloads by the fastest code for the processor; without it, the portable code |

pub mod channel;
#[cfg(feature = "cli")]
pub mod cli;
pub mod codes;
pub mod courier;
pub mod crypto;
pub mod encoding;
pub mod format;
pub mod forward;
pub mod handshake;
pub mod pipe;
pub mod rendezvous;
pub mod roots;
pub mod secret;
pub mod transfer;
pub mod verify;
