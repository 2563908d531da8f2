//! Packing and restoring in a thread of their own, with a pipe to the cipher, so that both work at once.

use std::fs::Metadata;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::path::{Path, PathBuf};
use std::thread::{self, ScopedJoinHandle};

use super::{Packed, Unpacked, pack, unpack};
use crate::cli::fault::{Fault, find};
use crate::cli::streams::widen;
use crate::crypto::aead::leaving_no_trace;

/// An archive while it is packed. It ends when all is packed; when packing fails, reading fails, so that nobody takes a
/// part for the whole.
pub struct Packing<'scope> {
    reader: PipeReader,
    packer: Option<ScopedJoinHandle<'scope, anyhow::Result<Packed>>>,
    packed: Option<Packed>,
}

impl Read for Packing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        if count == 0
            && !buffer.is_empty()
            && let Some(packer) = self.packer.take()
        {
            let packed = packer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            self.packed = Some(packed.map_err(|error| io::Error::other(Fault::of(&error)))?);
        }
        Ok(count)
    }
}

/// Lets `take` read the archive of `paths` (as [`pack`] has it) while it is packed.
///
/// # Errors
/// Those of `take`, whose source has those of packing.
pub fn packing<T>(
    paths: &[PathBuf],
    left_out: &[Metadata],
    take: impl FnOnce(&mut Packing<'_>) -> anyhow::Result<T>,
) -> anyhow::Result<(T, Packed)> {
    let (reader, mut writer) = io::pipe()?;
    widen(&reader);
    thread::scope(|scope| {
        let worker = thread::Builder::new().name("pack".into());
        let worker = worker.spawn_scoped(scope, move || leaving_no_trace(|| pack(paths, &mut writer, left_out)))?;
        let mut source = Packing {
            reader,
            packer: Some(worker),
            packed: None,
        };
        let taken = take(&mut source)?;
        let packed = source.packed.take();
        packed
            .map(|packed| (taken, packed))
            .ok_or_else(|| anyhow::anyhow!("the archive was not read to its end"))
    })
}

/// Restores what `give` writes (as [`unpack`] has it), up to the point where all is in the folder under its final names
/// but for the committing.
///
/// # Errors
/// Those of `give`, which come first: what it could not read whole must not be restored; and those of unpacking.
pub fn restoring<T>(into: &Path, give: impl FnOnce(PipeWriter) -> anyhow::Result<T>) -> anyhow::Result<(T, Unpacked)> {
    let (mut reader, writer) = io::pipe()?;
    widen(&writer);
    thread::scope(|scope| {
        let worker = thread::Builder::new().name("unpack".into());
        // The reader goes with the thread, so that a writer whose archive is refused does not wait for it.
        let worker = worker.spawn_scoped(scope, move || leaving_no_trace(|| unpack(&mut reader, into)))?;
        let given = give(writer);
        let unpacked = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match given {
            Err(error) if is_refusal(&error) => Err(unpacked.err().unwrap_or(error)),
            given => Ok((given?, unpacked?)),
        }
    })
}

/// Whether nobody reads what is given any more.
fn is_refusal(error: &anyhow::Error) -> bool {
    find::<io::Error>(error).is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
