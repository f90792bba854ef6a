//! A Whisper model in `CTranslate2`'s form, rewritten as whisper.cpp's ggml file.
//!
//! The numbers stay as they are: half-precision weights are copied, vectors and positional embeddings are widened to
//! single precision. `CTranslate2` keeps query, key and value of an attention in one matrix (key and value where it
//! looks at the encoder), which is cut apart here. The bias of a key is zero in Whisper, so ggml has none.
//! Data goes from file to file in small pieces. What comes out for Whisper base is the upstream's own `ggml-base.bin`,
//! byte for byte, which the sha256 proves.

use std::io::{Read, Seek, Write};
use std::ops::Range;

use super::ct2::{Ct2, Ct2Error, Kind};
use super::ggml::{self, Element, Sizes};
use super::mel;
use super::tokens::{self, TokenError};

/// Why a model cannot be rewritten.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    #[error(transparent)]
    Model(#[from] Ct2Error),
    #[error(transparent)]
    Tokens(#[from] TokenError),
    #[error("{0} is not of the shape of a Whisper model")]
    Shape(String),
    #[error("{0} has a bias, which ggml cannot hold")]
    KeyBias(String),
    #[error("{0}")]
    Write(std::io::Error),
}

/// Reads the model and the `tokenizer.json` and writes the ggml file. `seen` hears the bytes read of the model.
pub fn whisper(
    model: impl Read + Seek,
    tokenizer: &[u8],
    out: &mut impl Write,
    seen: &mut dyn FnMut(u64),
) -> Result<(), ConvertError> {
    let mut model = Ct2::open(model)?;
    let sizes = sizes(&mut model)?;
    let tokens = tokens::parse(tokenizer)?;
    let mels = u16::try_from(sizes.mels).map_err(|_| ConvertError::Shape("encoder/conv1/weight".into()))?;
    ggml::header(out, &sizes, &mel::bank(mels), mel::BINS, &tokens).map_err(ConvertError::Write)?;
    let mut done = 0;
    for tensor in tensors(&sizes) {
        done += write(&mut model, &tensor, out)?;
        seen(done);
    }
    out.flush().map_err(ConvertError::Write)
}

/// One tensor of the new file and where it comes from.
#[derive(Debug)]
struct Tensor {
    name: String,
    from: String,
    /// The rows of the source's first dimension; `None`: all.
    rows: Option<Range<u32>>,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A matrix, in half precision.
    Weight,
    /// A vector, in single precision.
    Vector,
    /// A vector that ggml wants as a matrix of one column.
    Column,
    /// A matrix in single precision.
    Embedding,
    /// Not written: only held against zero.
    Zero,
}

fn sizes(model: &mut Ct2<impl Read + Seek>) -> Result<Sizes, ConvertError> {
    let dims = |name: &str, rank: usize| {
        let dims = &model.variable(name)?.dims;
        if dims.len() == rank { Ok(dims.clone()) } else { Err(ConvertError::Shape(name.to_owned())) }
    };
    let dim = |dims: &[u32], n: usize| dims.get(n).copied().unwrap_or(0);
    let tokens = dims("decoder/embeddings/weight", 2)?;
    let audio = dims("encoder/position_encodings/encodings", 2)?;
    let text = dims("decoder/position_encodings/encodings", 2)?;
    let filters = dims("encoder/conv1/weight", 3)?;
    Ok(Sizes {
        vocabulary: dim(&tokens, 0),
        audio_context: dim(&audio, 0),
        audio_state: dim(&audio, 1),
        audio_layers: model.count("encoder/layer_", "/ffn/linear_0/weight"),
        text_context: dim(&text, 0),
        text_state: dim(&text, 1),
        text_layers: model.count("decoder/layer_", "/ffn/linear_0/weight"),
        mels: dim(&filters, 1),
        audio_heads: model.scalar("encoder/num_heads")?,
        text_heads: model.scalar("decoder/num_heads")?,
    })
}

/// All tensors, in the order of the original checkpoint and hence of the upstream's file: the sha256 depends on it.
fn tensors(sizes: &Sizes) -> Vec<Tensor> {
    let mut list = List(Vec::new());
    list.all("decoder.positional_embedding", "decoder/position_encodings/encodings", Form::Embedding);
    list.all("encoder.positional_embedding", "encoder/position_encodings/encodings", Form::Embedding);
    list.all("decoder.token_embedding.weight", "decoder/embeddings/weight", Form::Weight);
    for layer in 0..sizes.text_layers {
        let (to, from) = (format!("decoder.blocks.{layer}"), format!("decoder/layer_{layer}"));
        list.feed_forward(&to, &from);
        list.self_attention(&to, &from, sizes.text_state);
        list.cross_attention(&to, &from, sizes.text_state);
    }
    list.norm("decoder.ln", "decoder");
    for conv in ["conv1", "conv2"] {
        list.all(format!("encoder.{conv}.weight"), format!("encoder/{conv}/weight"), Form::Weight);
        list.all(format!("encoder.{conv}.bias"), format!("encoder/{conv}/bias"), Form::Column);
    }
    for layer in 0..sizes.audio_layers {
        let (to, from) = (format!("encoder.blocks.{layer}"), format!("encoder/layer_{layer}"));
        list.feed_forward(&to, &from);
        list.self_attention(&to, &from, sizes.audio_state);
    }
    list.norm("encoder.ln_post", "encoder");
    list.0
}

struct List(Vec<Tensor>);

impl List {
    fn self_attention(&mut self, to: &str, from: &str, state: u32) {
        let fused = format!("{from}/self_attention/linear_0");
        self.norm(&format!("{to}.attn_ln"), &format!("{from}/self_attention"));
        self.rows(&format!("{to}.attn.query"), &fused, 0..state, Form::Vector);
        self.rows(&format!("{to}.attn.key"), &fused, state..2 * state, Form::Zero);
        self.rows(&format!("{to}.attn.value"), &fused, 2 * state..3 * state, Form::Vector);
        self.linear(&format!("{to}.attn.out"), &format!("{from}/self_attention/linear_1"));
    }

    fn cross_attention(&mut self, to: &str, from: &str, state: u32) {
        let fused = format!("{from}/attention/linear_1");
        self.norm(&format!("{to}.cross_attn_ln"), &format!("{from}/attention"));
        self.linear(&format!("{to}.cross_attn.query"), &format!("{from}/attention/linear_0"));
        self.rows(&format!("{to}.cross_attn.key"), &fused, 0..state, Form::Zero);
        self.rows(&format!("{to}.cross_attn.value"), &fused, state..2 * state, Form::Vector);
        self.linear(&format!("{to}.cross_attn.out"), &format!("{from}/attention/linear_2"));
    }

    fn feed_forward(&mut self, to: &str, from: &str) {
        self.norm(&format!("{to}.mlp_ln"), &format!("{from}/ffn"));
        self.linear(&format!("{to}.mlp.0"), &format!("{from}/ffn/linear_0"));
        self.linear(&format!("{to}.mlp.2"), &format!("{from}/ffn/linear_1"));
    }

    fn linear(&mut self, to: &str, from: &str) {
        self.all(format!("{to}.weight"), format!("{from}/weight"), Form::Weight);
        self.all(format!("{to}.bias"), format!("{from}/bias"), Form::Vector);
    }

    fn norm(&mut self, to: &str, from: &str) {
        self.all(format!("{to}.weight"), format!("{from}/layer_norm/gamma"), Form::Vector);
        self.all(format!("{to}.bias"), format!("{from}/layer_norm/beta"), Form::Vector);
    }

    fn rows(&mut self, to: &str, from: &str, rows: Range<u32>, bias: Form) {
        for (part, form) in [("weight", Form::Weight), ("bias", bias)] {
            let (name, from) = (format!("{to}.{part}"), format!("{from}/{part}"));
            self.0.push(Tensor { name, from, rows: Some(rows.clone()), form });
        }
    }

    fn all(&mut self, name: impl Into<String>, from: impl Into<String>, form: Form) {
        self.0.push(Tensor { name: name.into(), from: from.into(), rows: None, form });
    }
}

/// Writes one tensor and returns how many bytes of the model were read for it.
fn write(
    model: &mut Ct2<impl Read + Seek>,
    tensor: &Tensor,
    out: &mut impl Write,
) -> Result<u64, ConvertError> {
    let Tensor { name, from, rows, form } = tensor;
    let variable = model.variable(from)?;
    let shape = || ConvertError::Shape(from.clone());
    let (first, rest) = variable.dims.split_first().ok_or_else(shape)?;
    let is_vector = matches!(form, Form::Vector | Form::Column | Form::Zero);
    if variable.kind != Kind::Float16 || rest.is_empty() != is_vector {
        return Err(shape());
    }
    let rows = rows.clone().unwrap_or(0..*first);
    if rows.end > *first {
        return Err(shape());
    }
    let row_bytes = variable.bytes() / u64::from(*first).max(1);
    let part = u64::from(rows.start) * row_bytes..u64::from(rows.end) * row_bytes;
    let read = part.end - part.start;
    let mut dims = vec![rows.end - rows.start];
    dims.extend(rest);
    if *form == Form::Column {
        dims.push(1);
    }
    match form {
        Form::Zero => {
            let mut zero = true;
            // Minus zero is zero, too.
            let is_zero = |half: &[u8]| matches!(half, [0, 0 | 0x80]);
            model.pieces(from, part, |piece| {
                zero &= piece.chunks(2).all(is_zero);
                Ok(())
            })?;
            if !zero {
                return Err(ConvertError::KeyBias(name.clone()));
            }
        }
        Form::Weight => {
            ggml::tensor(out, name, &dims, Element::F16).map_err(ConvertError::Write)?;
            copied(model.pieces(from, part, |piece| out.write_all(piece)))?;
        }
        Form::Vector | Form::Column | Form::Embedding => {
            ggml::tensor(out, name, &dims, Element::F32).map_err(ConvertError::Write)?;
            copied(model.pieces(from, part, |piece| ggml::widen(out, piece)))?;
        }
    }
    Ok(read)
}

/// A full disk is told apart from a bad model.
fn copied(result: Result<(), Ct2Error>) -> Result<(), ConvertError> {
    result.map_err(|error| match error {
        Ct2Error::Write(error) => ConvertError::Write(error),
        other => ConvertError::Model(other),
    })
}

#[cfg(test)]
mod tests;
