//! What a viewer reads, taken apart with as little work as possible: the generator shares the machine with what it measures.

/// How messages are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    WebSocket,
    Events,
}

/// Bytes as they come, cut into messages.
pub struct Parser {
    form: Form,
    /// The beginning of a message whose rest has not come.
    rest: Vec<u8>,
}

impl Parser {
    pub fn new(form: Form) -> Self {
        Self { form, rest: Vec::new() }
    }

    /// Hands each whole message on.
    pub fn feed(&mut self, bytes: &[u8], mut message: impl FnMut(&[u8])) {
        let kept;
        let mut left = if self.rest.is_empty() {
            bytes
        } else {
            self.rest.extend_from_slice(bytes);
            kept = std::mem::take(&mut self.rest);
            &kept
        };
        let next = match self.form {
            Form::WebSocket => frame,
            Form::Events => event,
        };
        while let Some((found, rest)) = next(left) {
            found.into_iter().for_each(&mut message);
            left = rest;
        }
        self.rest.extend_from_slice(left);
    }
}

/// The payload of the first frame if it is text, and what follows the frame.
fn frame(bytes: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let (&[first, second], rest) = bytes.split_first_chunk::<2>()?;
    let (length, rest) = match second & 0x7f {
        126 => {
            rest.split_first_chunk::<2>().map(|(length, rest)| (u16::from_be_bytes(*length).into(), rest))?
        }
        127 => rest.split_first_chunk::<8>().map(|(length, rest)| (u64::from_be_bytes(*length), rest))?,
        length => (u64::from(length), rest),
    };
    let (payload, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some(((first & 0xf == 1).then_some(payload), rest))
}

/// The first server-sent event, with the sizes of chunks in it, and what follows.
fn event(bytes: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let end = bytes.windows(2).position(|two| two == b"\n\n")?;
    let (event, rest) = bytes.split_at(end + 2);
    Some((Some(event), rest))
}

/// Where an event stands; none for greetings and partials.
pub fn offset(message: &[u8]) -> Option<u64> {
    // It stands behind the type and the epoch.
    let start = message.get(..300).unwrap_or(message);
    if is_hello(message) {
        return None;
    }
    number_after(start, b"\"offset\":")
}

pub fn is_hello(message: &[u8]) -> bool {
    let start = message.get(..60).unwrap_or(message);
    find(start, b"\"type\":\"hello\"").is_some()
}

/// The position that a greeting names.
pub fn greeted_at(message: &[u8]) -> Option<u64> {
    number_after(message, b"\"offset\":").filter(|_| is_hello(message))
}

fn number_after(bytes: &[u8], key: &[u8]) -> Option<u64> {
    let digits = bytes.get(find(bytes, key)? + key.len()..)?;
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(digits.get(..count)?).ok()?.parse().ok()
}

fn find(bytes: &[u8], key: &[u8]) -> Option<usize> {
    bytes.windows(key.len()).position(|window| window == key)
}
