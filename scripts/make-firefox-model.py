#!/usr/bin/env python3
"""Makes a translation model in the files that Firefox Translations ships: for tests and for measuring speed.

    make-firefox-model.py OUT FROM TO DICTIONARY [--size toy|tiny|base] [--split-vocab]

writes OUT/model.FROMTO.intgemm.alphas.bin (Marian's binary form, 8-bit weights) and OUT/vocab.FROMTO.spm
(SentencePiece, unigram; srcvocab and trgvocab with --split-vocab). DICTIONARY has one token a line, `source TAB target`, with `_` for a
space inside a token; a line without a tab is copied. Digits and what ends a sentence are always copied.

The weights are not trained but written down, so that the model translates token by token:
- A token's embedding is one spike in a dimension of its own. One dimension takes the same spike with the other sign,
  which keeps the mean at zero and so makes layer normalisation a mere scaling.
- The fast quarter of the positional encoding is kept free of tokens. The last decoder layer's cross-attention compares
  these dimensions, so that output step t looks at source token t; its output projection maps the source token's
  dimension to the target token's.
- Every other sublayer computes on random weights and is multiplied by zero at its end: the work is that of a real model
  of the size, the result is that of the dictionary. `tiny` and `base` have the dimensions of the shipped models and
  32,000 tokens, of which those without an entry in the dictionary are noise.

Only the standard library is needed. Same arguments, same bytes.
"""
import argparse
import math
import random
import struct
from pathlib import Path

# Embedding, feed-forward, encoder layers, decoder layers, vocabulary.
SIZES = {
    "toy": (128, 64, 1, 1, 0),
    "tiny": (256, 1536, 6, 2, 32000),
    "base": (512, 2048, 6, 2, 32000),
}
HEADS = 8
COPIED = ["▁"] + list("0123456789") + list(".,!?%-")
# How hard the position is looked for: 12 gives the right token a lead of about 15 before the softmax.
SHARPNESS = 12.0
# The attended token's spike against that of the token before, which comes through the residual.
GAIN = 4.0
FLOAT, INT8, INTGEMM8 = 0x404, 0x101, 0x4101


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("dictionary", type=Path)
    parser.add_argument("--size", choices=SIZES, default="toy")
    parser.add_argument("--split-vocab", action="store_true")
    args = parser.parse_args()
    dim, ffn, encoders, decoders, vocabulary = SIZES[args.size]
    entries = read_dictionary(args.dictionary)
    source = tokens([s for s, _ in entries], vocabulary)
    target = tokens([t for _, t in entries], vocabulary)
    if not args.split_vocab:
        source = target = tokens([s for s, _ in entries] + [t for _, t in entries], vocabulary)
    model = Model(dim, ffn, encoders, decoders, source, target, args.split_vocab)
    model.translate({"</s>": "</s>", "<unk>": "<unk>"} | dict(entries))
    pair = args.source + args.target
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / f"model.{pair}.intgemm.alphas.bin").write_bytes(model.file())
    for name, words in [("srcvocab", source), ("trgvocab", target)] if args.split_vocab else [("vocab", source)]:
        (args.out / f"{name}.{pair}.spm").write_bytes(sentencepiece(words))


def read_dictionary(path):
    entries = [(piece, piece) for piece in COPIED]
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            source, _, target = line.replace("_", "▁").partition("\t")
            entries.append((source, target or source))
    return entries


def tokens(words, vocabulary):
    """Marian's order: the end of the sentence, the unknown, the words; then noise up to the vocabulary's size."""
    known = list(dict.fromkeys(["</s>", "<unk>", *words]))
    return known + [f"▁noise{i}" for i in range(len(known), vocabulary)]


class Model:
    def __init__(self, dim, ffn, encoders, decoders, source, target, split):
        self.dim, self.ffn, self.encoders, self.decoders = dim, ffn, encoders, decoders
        self.source, self.target, self.split = source, target, split
        self.items = []
        self.random = random.Random(7)
        half = dim // 2
        # Frequencies above about 0.1: these tell neighbouring positions apart.
        self.band = half // 4
        free = [c for c in range(dim) if c % half >= self.band]
        self.dump, self.places = free[-1], free[:-1]
        known = max(sum(not word.startswith("▁noise") for word in words) for words in (source, target))
        if known > len(self.places):
            raise SystemExit(f"{known} tokens, but there is room for {len(self.places)} only: take a larger --size")

    def translate(self, dictionary):
        """Writes all weights down."""
        names = ("encoder_Wemb", "decoder_Wemb") if self.split else ("Wemb",)
        for name, words in zip(names, (self.source, self.target)):
            self.embedding(name, words)
        source, target = ({word: i for i, word in enumerate(words)} for words in (self.source, self.target))
        mapped = [(self.places[source[s]], self.places[target[t]]) for s, t in dictionary.items()]
        for layer in range(1, self.encoders + 1):
            self.attention(f"encoder_l{layer}_self", None)
            self.norm(f"encoder_l{layer}_self_Wo", recentre=layer == 1)
            self.feed_forward(f"encoder_l{layer}_ffn")
        for layer in range(1, self.decoders + 1):
            self.matrix(f"decoder_l{layer}_rnn_W", self.dim, self.dim, {}, 8)
            self.matrix(f"decoder_l{layer}_rnn_Wf", self.dim, self.dim, None, 8)
            self.vector(f"decoder_l{layer}_rnn_bf", [0.0] * self.dim)
            self.norm(f"decoder_l{layer}_rnn_ffn", recentre=layer == 1)
            self.attention(f"decoder_l{layer}_context", mapped if layer == self.decoders else None)
            self.norm(f"decoder_l{layer}_context_Wo")
            self.feed_forward(f"decoder_l{layer}_ffn")
        self.vector("decoder_ff_logit_out_b", [0.0] * len(self.target))
        spike = math.sqrt(self.dim)
        if self.split:
            # Split vocabularies have this number as an 8-bit one.
            self.items.append(("decoder_Wemb_QuantMultA", INTGEMM8, (1, 1), struct.pack("<bf", 127, spike)))
        else:
            self.vector("none_QuantMultA", [127 / spike])
        yml = (
            f"dim-emb: {self.dim}\ntransformer-heads: {HEADS}\nenc-depth: {self.encoders}\ndec-depth: {self.decoders}\n"
            f"transformer-dim-ffn: {self.ffn}\ntransformer-decoder-autoreg: rnn\ndec-cell: ssru\n"
        ).encode() + b"\0"
        self.items.append(("special:model.yml", INT8, (len(yml),), yml))

    def embedding(self, name, words):
        rows = bytearray(len(words) * self.dim)
        for row, word in enumerate(words):
            at = row * self.dim
            if word.startswith("▁noise"):
                rows[at : at + self.dim] = bytes(self.random.choices((0, 1, 255), k=self.dim))
            else:
                rows[at + self.places[row]] = 127
                rows[at + self.dump] = 129
        # A spike of 1.0; the engine multiplies it with the root of the dimension.
        self.items.append((name, INTGEMM8, (len(words), self.dim), bytes(rows) + struct.pack("<f", 127.0)))

    def attention(self, name, mapped):
        """With `mapped`: step t takes source token t, from the first dimension of a pair to the second."""
        query = value = out = None if mapped else {}
        slots = None
        if mapped:
            size = self.dim // HEADS
            slots = {}
            for head in range(HEADS):
                for i in range(size // 2):
                    wave = i * self.band // (size // 2)
                    slots[(wave, head * size + 2 * i)] = SHARPNESS
                    slots[(wave + self.dim // 2, head * size + 2 * i + 1)] = SHARPNESS
            query, value = slots, {(c, c): 1.0 for c, _ in mapped}
            out = {(c, to): GAIN for c, to in mapped}
        for part in "qk":
            self.matrix(f"{name}_W{part}", self.dim, self.dim, query if mapped else None, 2.5)
        self.matrix(f"{name}_Wv", self.dim, self.dim, value if mapped else None, 16)
        self.matrix(f"{name}_Wo", self.dim, self.dim, out, 16)
        for part in "qkvo":
            self.vector(f"{name}_b{part}", [0.0] * self.dim)

    def feed_forward(self, name):
        self.matrix(f"{name}_W1", self.dim, self.ffn, None, 8)
        self.vector(f"{name}_b1", [0.0] * self.ffn)
        self.matrix(f"{name}_W2", self.ffn, self.dim, {}, 8)
        self.vector(f"{name}_b2", [0.0] * self.dim)
        self.norm(f"{name}_ffn")

    def norm(self, name, recentre=False):
        """`recentre` gives the position's dimensions back what normalisation takes off with the mean."""
        self.vector(f"{name}_ln_scale", [1.0] * self.dim)
        bias = [0.0] * self.dim
        if recentre:
            half, places = self.dim // 2, range(30)
            wave = lambda c, pos: math.sin(pos * 1e-4 ** ((c % half) / (half - 1)) + (c // half) * math.pi / 2)
            mean = sum(wave(c, pos) for c in range(self.dim) for pos in places) / self.dim / len(places)
            deviation = math.sqrt(0.5 - mean**2 + 2.0)
            for c in range(self.dim):
                if c % half < self.band:
                    bias[c] = mean / deviation
        self.vector(f"{name}_ln_bias", bias)

    def matrix(self, name, rows, columns, entries, largest):
        """8-bit weights, stored transposed. `entries`: (row, column) to weight; `None`: random. `largest`: the input's
        magnitude above which the engine clips it."""
        data, unit = bytearray(rows * columns), 1.0
        if entries is None:
            data[:] = self.random.randbytes(rows * columns)
            unit = 0.001
        elif entries:
            unit = max(entries.values()) / 127
            for (row, column), weight in entries.items():
                data[column * rows + row] = round(weight / unit) & 0xFF
        # The engine bars -128.
        data = bytes(data).replace(b"\x80", b"\x81")
        self.items.append((name, INTGEMM8, (rows, columns), data + struct.pack("<f", 1 / unit)))
        self.vector(f"{name}_QuantMultA", [127 / largest])

    def vector(self, name, values):
        self.items.append((name, FLOAT, (1, len(values)), struct.pack(f"<{len(values)}f", *values)))

    def file(self):
        names = [name.encode() + b"\0" for name, *_ in self.items]
        # Marian pads each block to 256 bytes.
        blocks = [data + bytes(-len(data) % 256) for *_, data in self.items]
        out = bytearray(struct.pack("<QQ", 1, len(self.items)))
        for name, (_, kind, shape, _), block in zip(names, self.items, blocks):
            out += struct.pack("<QQQQ", len(name), kind, len(shape), len(block))
        out += b"".join(names)
        for _, _, shape, _ in self.items:
            out += struct.pack(f"<{len(shape)}i", *shape)
        gap = -(len(out) + 8) % 256
        return bytes(out + struct.pack("<Q", gap) + bytes(gap) + b"".join(blocks))


def sentencepiece(words):
    """A ModelProto with the pieces and the defaults of everything else."""
    out = bytearray()
    for word in words:
        text = word.encode()
        kind = {"</s>": 3, "<unk>": 2}.get(word, 1)
        # One token costs the same, however long: the fewest tokens win.
        piece = b"\x0a" + varint(len(text)) + text + b"\x15" + struct.pack("<f", -1.0) + b"\x18" + varint(kind)
        out += b"\x0a" + varint(len(piece)) + piece
    return bytes(out)


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out + bytes([n]))


if __name__ == "__main__":
    main()
