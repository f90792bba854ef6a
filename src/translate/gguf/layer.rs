//! One layer: attention to what was read before, then the feed-forward block. The rows of several texts go through the
//! matrices together, since reading the weights is what costs; only attention is each text's own.

use candle_core::quantized::{QMatMul, gguf_file::Content};
use candle_core::{Device, Module, Result, Tensor};

use super::model::{Shape, Tensors};
use super::ops::{Rope, add, rms_norm, softmax};
use super::sequence::Kv;

#[derive(Debug)]
pub(super) struct Layer {
    q: Linear,
    k: Linear,
    v: Linear,
    o: Linear,
    gate: Linear,
    up: Linear,
    down: Linear,
    attention_norm: Vec<f32>,
    feed_norm: Vec<f32>,
    /// These four are Gemma's.
    q_norm: Option<Vec<f32>>,
    k_norm: Option<Vec<f32>>,
    attention_post_norm: Option<Vec<f32>>,
    feed_post_norm: Option<Vec<f32>>,
    /// Tokens that are looked back at; `None`: all.
    window: Option<usize>,
}

/// A matrix, with what is added to each row of its product.
#[derive(Debug)]
struct Linear {
    weight: QMatMul,
    bias: Option<Vec<f32>>,
}

/// The rows of one text among those that are worked on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub start: usize,
    pub length: usize,
    /// Of the first of them in its text.
    pub position: usize,
}

impl Layer {
    pub fn load(tensors: &mut Tensors<'_>, index: usize, shape: &Shape) -> Result<Self> {
        let mut linear = |name: &str| {
            let weight = QMatMul::from_qtensor(tensors.get(&format!("blk.{index}.{name}.weight"))?)?;
            let bias = tensors.floats(&format!("blk.{index}.{name}.bias"))?;
            Ok::<_, candle_core::Error>(Linear { weight, bias })
        };
        let (q, k, v, o) = (linear("attn_q")?, linear("attn_k")?, linear("attn_v")?, linear("attn_output")?);
        let (gate, up, down) = (linear("ffn_gate")?, linear("ffn_up")?, linear("ffn_down")?);
        let mut norm = |name: &str| tensors.floats(&format!("blk.{index}.{name}.weight"));
        let needed = |norm: Option<Vec<f32>>, name: &str| {
            norm.ok_or_else(|| candle_core::Error::Msg(format!("layer {index} has no {name}")))
        };
        Ok(Self {
            q,
            k,
            v,
            o,
            gate,
            up,
            down,
            attention_norm: needed(norm("attn_norm")?, "attn_norm")?,
            feed_norm: needed(norm("ffn_norm")?, "ffn_norm")?,
            q_norm: norm("attn_q_norm")?,
            k_norm: norm("attn_k_norm")?,
            attention_post_norm: norm("post_attention_norm")?,
            feed_post_norm: norm("post_ffw_norm")?,
            window: shape.window_of(index),
        })
    }

    /// Takes the rows `x` one layer further.
    pub fn forward(&self, x: &mut [f32], spans: &[Span], texts: &[&Kv], shape: &Shape) -> Result<()> {
        let rope = shape.rope(self.window.is_some());
        let normed = self.normed(x, &self.attention_norm, shape)?;
        let mut q = self.q.apply(&normed)?;
        let mut k = self.k.apply(&normed)?;
        let v = self.v.apply(&normed)?;
        if let Some(norm) = &self.q_norm {
            rms_norm(&mut q, norm, shape.epsilon);
        }
        if let Some(norm) = &self.k_norm {
            rms_norm(&mut k, norm, shape.epsilon);
        }
        let mut mixed = vec![0.0; q.len()];
        for (span, kv) in spans.iter().zip(texts) {
            self.attend(*span, &mut q, &mut k, &v, kv, rope, shape, &mut mixed)?;
        }
        let mut attended = self.o.apply(&rows(mixed, shape.heads * shape.head)?)?;
        if let Some(norm) = &self.attention_post_norm {
            rms_norm(&mut attended, norm, shape.epsilon);
        }
        add(x, &attended);

        let normed = self.normed(x, &self.feed_norm, shape)?;
        let mut gate = self.gate.apply(&normed)?;
        shape.activation.apply(&mut gate, &self.up.apply(&normed)?);
        let mut fed = self.down.apply(&rows(gate, shape.feed)?)?;
        if let Some(norm) = &self.feed_post_norm {
            rms_norm(&mut fed, norm, shape.epsilon);
        }
        add(x, &fed);
        Ok(())
    }

    fn normed(&self, x: &[f32], norm: &[f32], shape: &Shape) -> Result<Tensor> {
        let mut normed = x.to_vec();
        rms_norm(&mut normed, norm, shape.epsilon);
        rows(normed, shape.hidden)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "they are one layer's state, taken apart for the borrow checker"
    )]
    fn attend(
        &self,
        span: Span,
        q: &mut [f32],
        k: &mut [f32],
        v: &[f32],
        kv: &Kv,
        rope: &Rope,
        shape: &Shape,
        mixed: &mut [f32],
    ) -> Result<()> {
        let (head, group) = (shape.head, shape.heads / shape.kv_heads);
        let (q_width, kv_width) = (shape.heads * head, shape.kv_heads * head);
        let q = &mut q[span.start * q_width..(span.start + span.length) * q_width];
        let k = &mut k[span.start * kv_width..(span.start + span.length) * kv_width];
        let v = &v[span.start * kv_width..(span.start + span.length) * kv_width];
        for (at, (q, k)) in q.chunks_exact_mut(q_width).zip(k.chunks_exact_mut(kv_width)).enumerate() {
            rope.turn(q, span.position + at);
            rope.turn(k, span.position + at);
        }
        let by_head = |x: &[f32]| {
            Tensor::from_vec(
                heads_first(x, shape.kv_heads, head),
                (shape.kv_heads, span.length, head),
                &Device::Cpu,
            )
        };
        let (keys, values) = kv.extend(&by_head(k)?, &by_head(v)?, span.position)?;

        // The heads that share keys are rows of one product.
        let scale = (head as f32).sqrt().recip();
        let mut grouped = heads_first(q, shape.heads, head);
        grouped.iter_mut().for_each(|x| *x *= scale);
        let q = Tensor::from_vec(grouped, (shape.kv_heads, group * span.length, head), &Device::Cpu)?;
        let seen = span.position + span.length;
        let mut scores = floats(&q.matmul(&keys.t()?)?)?;
        for (row, scores) in scores.chunks_exact_mut(seen).enumerate() {
            let valid = span.position + row % span.length + 1;
            softmax(scores, valid.saturating_sub(self.window.unwrap_or(valid)), valid);
        }
        let scores = Tensor::from_vec(scores, (shape.kv_heads, group * span.length, seen), &Device::Cpu)?;
        let out = floats(&scores.matmul(&values)?)?;
        let mixed = &mut mixed[span.start * q_width..(span.start + span.length) * q_width];
        for (row, out) in out.chunks_exact(head).enumerate() {
            let (of_head, at) = (row / span.length, row % span.length);
            mixed[at * q_width + of_head * head..][..head].copy_from_slice(out);
        }
        Ok(())
    }
}

impl Linear {
    fn apply(&self, x: &Tensor) -> Result<Vec<f32>> {
        let mut y = floats(&self.weight.forward(x)?)?;
        if let Some(bias) = &self.bias {
            add(&mut y, bias);
        }
        Ok(y)
    }
}

/// Rows of `width` as a matrix.
pub(super) fn rows(x: Vec<f32>, width: usize) -> Result<Tensor> {
    let count = x.len() / width;
    Tensor::from_vec(x, (count, width), &Device::Cpu)
}

pub(super) fn floats(x: &Tensor) -> Result<Vec<f32>> {
    x.flatten_all()?.to_vec1()
}

/// From tokens × heads × head to heads × tokens × head.
fn heads_first(x: &[f32], heads: usize, head: usize) -> Vec<f32> {
    let width = heads * head;
    (0..heads)
        .flat_map(|of| {
            x.chunks_exact(width).flat_map(move |row| row[of * head..(of + 1) * head].iter().copied())
        })
        .collect()
}

/// Whether the file has a tensor of this name.
pub(super) fn has(content: &Content, name: &str) -> bool {
    content.tensor_infos.contains_key(name)
}
