//! Bytes under zstd (RFC 8878) on their way into records, where their sender wants it so.

use std::io;

use zstd::stream::raw::{DParameter, Decoder, Encoder, InBuffer, Operation, OutBuffer};

use super::Batch;

/// What bytes are in while they travel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Coding {
    /// As they are.
    #[default]
    Plain = 0x00,
    /// One zstd frame around all of them.
    Zstd = 0x01,
}

/// zstd's own choice between speed and size.
const LEVEL: i32 = 3;
/// The farthest back that a frame may refer, as a power of two: 8 MiB, which every decoder has room for (RFC 8878, 3.1.1.1.2).
const WINDOW: u32 = 23;
/// Bytes that are packed or unpacked at once.
const PIECE: usize = 1 << 17;

impl Coding {
    /// The coding of this number.
    pub(crate) fn of(byte: u8) -> Option<Self> {
        [Self::Plain, Self::Zstd]
            .into_iter()
            .find(|coding| *coding as u8 == byte)
    }

    /// The one under which such contents travel in fewer bytes: zstd, if it takes a fifth off the sample at least.
    pub fn fitting(sample: &[u8]) -> Self {
        let packed = zstd::bulk::compress(sample, 1);
        if packed.is_ok_and(|packed| packed.len() < sample.len() / 5 * 4) {
            Self::Zstd
        } else {
            Self::Plain
        }
    }
}

/// Packs a row of bytes.
pub(crate) struct Packer(Encoder<'static>);

impl Packer {
    /// Room for what is read at once to be packed.
    pub(crate) fn room() -> Vec<u8> {
        vec![0; PIECE]
    }

    /// At the front of a row.
    pub(crate) fn new() -> io::Result<Self> {
        Encoder::new(LEVEL).map(Self)
    }

    /// Takes of `plain` what it can while the batch has room, and gives the rest.
    pub(crate) fn pack<'p>(&mut self, plain: &'p [u8], batch: &mut Batch) -> io::Result<&'p [u8]> {
        let mut input = InBuffer::around(plain);
        self.fill(batch, |encoder, output| encoder.run(&mut input, output))?;
        Ok(&plain[input.pos()..])
    }

    /// Puts into the batch what it holds back. True when there is no more.
    pub(crate) fn flush(&mut self, batch: &mut Batch) -> io::Result<bool> {
        self.fill(batch, Operation::flush).map(|left| left == 0)
    }

    /// Puts the end of the row into the batch. True when there is no more.
    pub(crate) fn finish(&mut self, batch: &mut Batch) -> io::Result<bool> {
        self.fill(batch, |encoder, output| encoder.finish(output, true))
            .map(|left| left == 0)
    }

    fn fill(
        &mut self,
        batch: &mut Batch,
        run: impl FnOnce(&mut Encoder<'static>, &mut OutBuffer<'_, [u8]>) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let mut room = batch.room(usize::MAX);
        let Some(piece) = room.first_mut() else { return Ok(1) };
        let mut output = OutBuffer::around(&mut piece[..]);
        let left = run(&mut self.0, &mut output)?;
        let written = output.pos();
        batch.advance(written);
        Ok(left)
    }
}

/// Unpacks a row of bytes.
pub(crate) struct Unpacker {
    decoder: Decoder<'static>,
    piece: Vec<u8>,
    is_over: bool,
}

impl Unpacker {
    /// At the front of a row.
    pub(crate) fn new() -> io::Result<Self> {
        let mut decoder = Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW))?;
        Ok(Self {
            decoder,
            piece: vec![0; PIECE],
            is_over: false,
        })
    }

    /// Unpacks the next bytes and hands what is in them to `take`, piece by piece.
    ///
    /// # Errors
    /// `None` for what is no zstd frame, or goes on behind its end; those of `take`.
    pub(crate) fn unpack<E>(
        &mut self,
        packed: &[u8],
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), Option<E>> {
        let mut input = InBuffer::around(packed);
        loop {
            if self.is_over {
                return if input.pos() == packed.len() { Ok(()) } else { Err(None) };
            }
            let mut output = OutBuffer::around(&mut self.piece[..]);
            let left = self.decoder.run(&mut input, &mut output).map_err(|_| None)?;
            let count = output.pos();
            self.is_over = left == 0;
            take(&self.piece[..count]).map_err(Some)?;
            if input.pos() == packed.len() && count < PIECE {
                return Ok(());
            }
        }
    }

    /// Whether the end of the row has come.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }
}
