//! What the model has read of one text: its tokens, and per layer the keys and values that later tokens look back at.

use candle_core::{DType, Device, Result, Tensor};

use super::model::Shape;

/// A text that is read and written on.
#[derive(Debug)]
pub(super) struct Sequence {
    /// Those that are in `layers`.
    pub tokens: Vec<u32>,
    pub layers: Vec<Kv>,
    room: usize,
}

/// One layer's keys and values: heads × room × head, filled from the front.
#[derive(Debug)]
pub(super) struct Kv {
    keys: Tensor,
    values: Tensor,
}

impl Sequence {
    /// An empty one that up to `room` tokens fit in.
    pub fn new(shape: &Shape, room: usize) -> Result<Self> {
        let size = (shape.kv_heads, room, shape.head);
        let zeros = || Tensor::zeros(size, DType::F32, &Device::Cpu);
        let layers =
            (0..shape.layers).map(|_| Ok(Kv { keys: zeros()?, values: zeros()? })).collect::<Result<_>>()?;
        Ok(Self { tokens: Vec::with_capacity(room), layers, room })
    }

    /// One that has read the first `length` tokens of this one.
    pub fn fork(&self, length: usize, shape: &Shape, room: usize) -> Result<Self> {
        let length = length.min(self.tokens.len()).min(room);
        let mut fork = Self::new(shape, room)?;
        if length > 0 {
            for (new, old) in fork.layers.iter().zip(&self.layers) {
                new.keys.slice_set(&old.keys.narrow(1, 0, length)?.contiguous()?, 1, 0)?;
                new.values.slice_set(&old.values.narrow(1, 0, length)?.contiguous()?, 1, 0)?;
            }
        }
        fork.tokens.extend_from_slice(self.tokens.get(..length).unwrap_or_default());
        Ok(fork)
    }

    pub fn left(&self) -> usize {
        self.room - self.tokens.len()
    }

    /// How many of `tokens`, from the first, it has read.
    pub fn in_common(&self, tokens: &[u32]) -> usize {
        self.tokens.iter().zip(tokens).take_while(|(a, b)| a == b).count()
    }
}

impl Kv {
    /// Adds the keys and values (heads × tokens × head) of the tokens from `position` on; returns all up to there.
    pub fn extend(&self, keys: &Tensor, values: &Tensor, position: usize) -> Result<(Tensor, Tensor)> {
        self.keys.slice_set(keys, 1, position)?;
        self.values.slice_set(values, 1, position)?;
        let length = position + keys.dim(1)?;
        Ok((self.keys.narrow(1, 0, length)?, self.values.narrow(1, 0, length)?))
    }
}
