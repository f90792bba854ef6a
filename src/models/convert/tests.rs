use std::io::Cursor;

use super::*;
use crate::models::ct2::tests::file;

const TOKENIZER: &[u8] = br#"{"model": {"vocab": {"a": 0, "b": 1, "<|endoftext|>": 2}}}"#;

/// A model of state 2 with one layer a side, every number 1.0 but for the key biases.
fn tiny(key_bias: u8) -> Vec<u8> {
    let mut variables: Vec<(String, Vec<u32>)> = Vec::new();
    let mut add = |name: &str, dims: &[u32]| variables.push((name.to_owned(), dims.to_vec()));
    add("decoder/embeddings/weight", &[3, 2]);
    for (side, context) in [("encoder", 4), ("decoder", 5)] {
        add(&format!("{side}/position_encodings/encodings"), &[context, 2]);
        let mut norms = vec![side.to_owned()];
        let mut linears = vec![("self_attention/linear_0", 6, 2), ("self_attention/linear_1", 2, 2)];
        linears.extend([("ffn/linear_0", 8, 2), ("ffn/linear_1", 2, 8)]);
        norms.extend(["self_attention", "ffn"].map(|part| format!("{side}/layer_0/{part}")));
        if side == "decoder" {
            linears.extend([
                ("attention/linear_0", 2, 2),
                ("attention/linear_1", 4, 2),
                ("attention/linear_2", 2, 2),
            ]);
            norms.push(format!("{side}/layer_0/attention"));
        }
        for (linear, outputs, inputs) in linears {
            add(&format!("{side}/layer_0/{linear}/weight"), &[outputs, inputs]);
            add(&format!("{side}/layer_0/{linear}/bias"), &[outputs]);
        }
        for norm in norms {
            add(&format!("{norm}/layer_norm/gamma"), &[2]);
            add(&format!("{norm}/layer_norm/beta"), &[2]);
        }
    }
    for (conv, inputs) in [("conv1", 80), ("conv2", 2)] {
        add(&format!("encoder/{conv}/weight"), &[2, inputs, 3]);
        add(&format!("encoder/{conv}/bias"), &[2]);
    }
    let mut data: Vec<_> = variables
        .into_iter()
        .map(|(name, dims)| {
            let mut halves = [0x00, 0x3c].repeat(dims.iter().product::<u32>() as usize);
            let key = match name.as_str() {
                name if name.ends_with("self_attention/linear_0/bias") => 4..8,
                name if name.ends_with("/attention/linear_1/bias") => 0..4,
                _ => 0..0,
            };
            halves[key].fill(key_bias);
            (name, dims, 4, halves)
        })
        .collect();
    data.extend(["encoder", "decoder"].map(|side| (format!("{side}/num_heads"), vec![], 2, vec![1, 0])));
    let borrowed: Vec<_> =
        data.iter().map(|(name, dims, kind, data)| (name.as_str(), &dims[..], *kind, &data[..])).collect();
    file(&borrowed)
}

#[test]
fn a_whole_model_is_rewritten_with_every_tensor_that_whisper_cpp_expects() {
    let mut out = Vec::new();
    whisper(Cursor::new(tiny(0)), TOKENIZER, &mut out, &mut |_| ()).unwrap();
    let numbers: Vec<u32> =
        out[..48].chunks(4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap())).collect();
    assert_eq!(numbers, [0x6767_6d6c, 3, 4, 2, 1, 1, 5, 2, 1, 1, 80, 1]);

    // whisper.cpp wants 15 tensors a layer of the encoder, 24 of the decoder and 11 besides.
    let mut at = 48 + 8 + 80 * 201 * 4 + 4 + 5 + 5;
    let mut names = Vec::new();
    while at < out.len() {
        let number = |at: usize| u32::from_le_bytes(out[at..at + 4].try_into().unwrap()) as usize;
        let (rank, length, kind) = (number(at), number(at + 4), number(at + 8));
        let count: usize = (0..rank).map(|n| number(at + 12 + 4 * n)).product();
        let name = at + 12 + 4 * rank;
        names.push(String::from_utf8(out[name..name + length].to_vec()).unwrap());
        at = name + length + count * if kind == 0 { 4 } else { 2 };
    }
    assert_eq!((at, names.len()), (out.len(), 15 + 24 + 11));
    assert!(!names.iter().any(|name| name.ends_with("key.bias")));
}

#[test]
fn a_key_bias_that_would_be_lost_is_an_error() {
    let error = whisper(Cursor::new(tiny(0x3c)), TOKENIZER, &mut Vec::new(), &mut |_| ()).unwrap_err();
    assert!(matches!(error, ConvertError::KeyBias(_)), "{error}");
    whisper(Cursor::new(tiny(0)), b"[]", &mut Vec::new(), &mut |_| ()).unwrap_err();
}

#[test]
fn a_model_without_a_layers_part_or_of_another_shape_is_refused() {
    let empty = whisper(Cursor::new(file(&[])), TOKENIZER, &mut Vec::new(), &mut |_| ()).unwrap_err();
    assert!(empty.to_string().contains("decoder/embeddings/weight"), "{empty}");
    let flat = file(&[("decoder/embeddings/weight", &[2], 4, &[0; 4])]);
    let flat = whisper(Cursor::new(flat), TOKENIZER, &mut Vec::new(), &mut |_| ()).unwrap_err();
    assert!(matches!(flat, ConvertError::Shape(_)), "{flat}");
}
