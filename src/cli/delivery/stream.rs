//! A landing that passes on what comes as soon as it is authentic: standard output, a pipe, a device.

use std::io::{self, IoSlice, Write};
use std::sync::Arc;

use super::consent::{Limits, is_one_file, too_much};
use super::{carried, landing::refused};
use crate::cli::output::Output;
use crate::crypto::hash::Blake3;
use crate::transfer::{Choices, Hash, Landing, Manifest, Query, Soundness};

/// Passes one file or stream on.
pub struct ToStream {
    output: Option<Output>,
    limits: Limits,
    written: u64,
}

impl ToStream {
    /// Into an output that is open.
    pub fn new(output: Output, limits: Limits) -> Self {
        Self {
            output: Some(output),
            limits,
            written: 0,
        }
    }

    fn output(&mut self) -> io::Result<&mut Output> {
        self.output.as_mut().ok_or_else(|| io::ErrorKind::BrokenPipe.into())
    }
}

impl Landing for ToStream {
    fn consider(&mut self, offer: &Arc<Manifest>) -> io::Result<Vec<Query>> {
        let wanted = self.limits.wanted(offer);
        if !is_one_file(offer) || wanted != [true] {
            let fault = refused("what is offered is not one file, and -o names a stream");
            return Err(carried(fault.hint("name a folder with -d")));
        }
        self.limits.check(offer, &wanted).map_err(carried)?;
        Ok(Vec::new())
    }

    fn decide(&mut self, _: &[Hash]) -> io::Result<Choices> {
        Ok(Choices::default())
    }

    fn begin(&mut self, _: usize) -> io::Result<Blake3> {
        Ok(Blake3::default())
    }

    fn write(&mut self, pieces: &mut [IoSlice<'_>]) -> io::Result<()> {
        for piece in pieces.iter() {
            self.written += piece.len() as u64;
            if let Some(most) = self.limits.most_bytes.filter(|most| self.written > *most) {
                return Err(carried(too_much(most)));
            }
            self.output()?.write_all(piece)?;
        }
        // A reader of a pipe must not wait for what comes next.
        self.output()?.flush()
    }

    fn end(&mut self, _: Soundness) -> io::Result<()> {
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> io::Result<()> {
        self.output.take().ok_or(io::ErrorKind::BrokenPipe)?.close()
    }
}
