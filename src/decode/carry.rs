//! Bytes kept from one push to the next until a header or packet is complete.

/// A buffer that only ever grows by bytes that have arrived, never by a length that a header claims.
/// Its bound is the largest `len` that the caller asks for.
#[derive(Debug, Default)]
pub(super) struct Carry {
    bytes: Vec<u8>,
}

impl Carry {
    /// Moves bytes from `input` until `len` are here; `None` when `input` ran out first.
    pub(super) fn want(&mut self, input: &mut &[u8], len: usize) -> Option<&[u8]> {
        let take = len.saturating_sub(self.bytes.len()).min(input.len());
        let (taken, rest) = input.split_at(take);
        self.bytes.extend_from_slice(taken);
        *input = rest;
        self.bytes.get(..len)
    }

    /// What is here now.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.bytes.capacity()
    }

    /// Forgets the first `len` bytes.
    pub(super) fn consume(&mut self, len: usize) {
        self.bytes.drain(..len.min(self.bytes.len()));
    }
}

/// Passes over up to `left` bytes of `input`, counting `left` down: nothing of them is stored.
pub(super) fn skip(input: &mut &[u8], left: &mut u64) {
    let take = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
    *input = &input[take..];
    *left -= take as u64;
}
