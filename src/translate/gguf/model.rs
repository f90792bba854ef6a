//! The model itself: Qwen2 and Gemma 3 in GGUF, on one thread. candle has readers for both, but their state can be
//! neither kept nor forked, and they hold the embeddings a second time as floats (0.9 GB of a 1.5B model).

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::{QMatMul, QTensor};
use candle_core::{Device, Error, Module, Result, Tensor};

use super::layer::{Layer, Span, floats, has, rows};
use super::ops::{Activation, Rope, rms_norm};
use super::sequence::Sequence;
use super::vocabulary::Vocabulary;

#[derive(Debug)]
pub(super) struct Model {
    pub shape: Shape,
    pub vocabulary: Vocabulary,
    embeddings: QTensor,
    layers: Vec<Layer>,
    norm: Vec<f32>,
    output: QMatMul,
}

/// Sizes, and what differs between the families.
#[derive(Debug)]
pub(super) struct Shape {
    pub layers: usize,
    pub hidden: usize,
    pub feed: usize,
    pub heads: usize,
    pub kv_heads: usize,
    /// Floats a head.
    pub head: usize,
    pub epsilon: f32,
    pub activation: Activation,
    /// What an embedding is multiplied by.
    embedding_scale: f32,
    /// Every sixth layer of Gemma looks back at everything, the others at so many tokens.
    window: Option<usize>,
    rope: Rope,
    rope_in_window: Option<Rope>,
    /// Tokens of prompt and answer together.
    pub context: usize,
}

/// The tensors of an open file.
pub(super) struct Tensors<'a> {
    content: &'a Content,
    file: BufReader<File>,
}

impl Model {
    /// `context`: tokens that a prompt and its answer may have together.
    pub fn load(path: &Path, context: usize) -> Result<Self> {
        let mut file = BufReader::new(File::open(path)?);
        let content = Content::read(&mut file)?;
        let shape = Shape::read(&content, context)?;
        let vocabulary = Vocabulary::read(&content)?;
        let mut tensors = Tensors { content: &content, file };
        let layers =
            (0..shape.layers).map(|index| Layer::load(&mut tensors, index, &shape)).collect::<Result<_>>()?;
        let norm = tensors.floats("output_norm.weight")?.ok_or_else(|| missing("output_norm.weight"))?;
        let output = if has(&content, "output.weight") { "output.weight" } else { "token_embd.weight" };
        let output = QMatMul::from_qtensor(tensors.get(output)?)?;
        let embeddings = tensors.get("token_embd.weight")?;
        Ok(Self { shape, vocabulary, embeddings, layers, norm, output })
    }

    /// Reads on in each text and returns, by text, how well each token would follow. No text may be without new
    /// tokens, and they must fit in.
    pub fn read(&self, texts: &mut [(&mut Sequence, &[u32])]) -> Result<Vec<Vec<f32>>> {
        let mut spans = Vec::with_capacity(texts.len());
        let mut ids: Vec<u32> = Vec::new();
        for (sequence, tokens) in texts.iter() {
            if tokens.is_empty() || tokens.len() > sequence.left() {
                return Err(Error::Msg(format!("{} tokens where {} fit", tokens.len(), sequence.left())));
            }
            spans.push(Span { start: ids.len(), length: tokens.len(), position: sequence.tokens.len() });
            ids.extend_from_slice(tokens);
        }
        let count = ids.len();
        let mut x = floats(&self.embeddings.embedding(&Tensor::from_vec(ids, count, &Device::Cpu)?)?)?;
        x.iter_mut().for_each(|x| *x *= self.shape.embedding_scale);
        for (index, layer) in self.layers.iter().enumerate() {
            let layers: Vec<_> =
                texts.iter().filter_map(|(sequence, _)| sequence.layers.get(index)).collect();
            layer.forward(&mut x, &spans, &layers, &self.shape)?;
        }
        for (sequence, tokens) in texts {
            sequence.tokens.extend_from_slice(tokens);
        }
        let hidden = self.shape.hidden;
        let last = spans
            .iter()
            .flat_map(|span| x[(span.start + span.length - 1) * hidden..][..hidden].iter().copied());
        let mut last: Vec<f32> = last.collect();
        rms_norm(&mut last, &self.norm, self.shape.epsilon);
        self.output.forward(&rows(last, hidden)?)?.to_vec2()
    }
}

impl Shape {
    fn read(content: &Content, context: usize) -> Result<Self> {
        let family = content.metadata.get("general.architecture").and_then(|name| name.to_string().ok());
        let family = family.map(String::as_str).unwrap_or_default();
        let get = |name: &str| content.metadata.get(&format!("{family}.{name}"));
        let size = |name: &str| {
            let value = get(name).ok_or_else(|| missing(name))?;
            Ok::<_, Error>(value.to_u32()? as usize)
        };
        let float = |name: &str| get(name).and_then(|value| value.to_f32().ok());
        let hidden = size("embedding_length")?;
        let heads = size("attention.head_count")?;
        let head = size("attention.key_length").unwrap_or(hidden / heads.max(1));
        let context = context.min(size("context_length").unwrap_or(context));
        let gemma = match family {
            "qwen2" => false,
            "gemma3" => true,
            other => {
                return Err(Error::Msg(format!(
                    "models of the family {other:?} are not known: qwen2, gemma3 are"
                )));
            }
        };
        let base = float("rope.freq_base").unwrap_or(1e6);
        let stretched = match get("rope.scaling.type") {
            Some(Value::String(kind)) if kind == "linear" => float("rope.scaling.factor").unwrap_or(1.0),
            _ => 1.0,
        };
        let shape = Self {
            layers: size("block_count")?,
            hidden,
            feed: size("feed_forward_length")?,
            heads,
            kv_heads: size("attention.head_count_kv")?,
            head,
            epsilon: float("attention.layer_norm_rms_epsilon").unwrap_or(1e-6),
            activation: if gemma { Activation::Gelu } else { Activation::Silu },
            embedding_scale: if gemma { (hidden as f32).sqrt() } else { 1.0 },
            window: if gemma { Some(size("attention.sliding_window")?) } else { None },
            rope: Rope::new(head, base, stretched, context),
            rope_in_window: gemma.then(|| Rope::new(head, 10_000.0, 1.0, context)),
            context,
        };
        // Divided by below and in the layers.
        if shape.kv_heads == 0
            || !shape.heads.is_multiple_of(shape.kv_heads)
            || shape.head < 2
            || context == 0
        {
            return Err(Error::Msg(format!("{} heads on {} make no sense", shape.heads, shape.kv_heads)));
        }
        Ok(shape)
    }

    /// Tokens that the layer looks back at.
    pub fn window_of(&self, layer: usize) -> Option<usize> {
        self.window.filter(|_| !(layer + 1).is_multiple_of(6))
    }

    pub fn rope(&self, in_window: bool) -> &Rope {
        self.rope_in_window.as_ref().filter(|_| in_window).unwrap_or(&self.rope)
    }
}

impl Tensors<'_> {
    pub fn get(&mut self, name: &str) -> Result<QTensor> {
        self.content.tensor(&mut self.file, name, &Device::Cpu)
    }

    /// `None` where the file has none of this name.
    pub fn floats(&mut self, name: &str) -> Result<Option<Vec<f32>>> {
        if !has(self.content, name) {
            return Ok(None);
        }
        floats(&self.get(name)?.dequantize(&Device::Cpu)?).map(Some)
    }
}

fn missing(name: &str) -> Error {
    Error::Msg(format!("the file has no {name}"))
}
