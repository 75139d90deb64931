#!/usr/bin/env python3
"""Checks the prompt sets of this directory against the demo model, independently of Patchgrid.

    python3 data/prompts/check_prompts.py        needs numpy and tokenizers (PyPI); a few seconds

Every set must be what make_prompts.py writes. For every pair: equal token lengths, exactly one differing token, answer
and foil of one token each, label texts that occur once, label ranges inside the prompt, and a model whose top token is
the answer (clean) and the foil (corrupted).
The forward pass is a Llama in numpy, float64. Prints a line for every failure, then the number of pairs by token length.
"""
from __future__ import annotations

import collections
import json
import os
import pathlib
import struct
import sys

# Matrices this small are slower on several threads, by far where the machine is busy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import tokenizers

import make_prompts

HERE = pathlib.Path(__file__).resolve().parent
MODEL = HERE.parent / "models" / "atlas-6l"


class Llama:
    """The demo model. Axes: T positions, D model width, H query heads, K key-value heads, E head width, V vocabulary."""

    def __init__(self, directory: pathlib.Path):
        self.config = json.loads((directory / "config.json").read_text())
        data = (directory / "model.safetensors").read_bytes()
        (header_length,) = struct.unpack("<Q", data[:8])
        self.weights = {}
        for name, entry in json.loads(data[8 : 8 + header_length]).items():
            if name == "__metadata__":
                continue
            if entry["dtype"] != "BF16":
                raise ValueError(f"{name} is {entry['dtype']}, not BF16")
            begin, end = (8 + header_length + offset for offset in entry["data_offsets"])
            halves = np.frombuffer(data[begin:end], dtype="<u2").astype(np.uint32)
            self.weights[name] = (halves << 16).view(np.float32).astype(np.float64).reshape(entry["shape"])

    def norm(self, x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + self.config["rms_norm_eps"]) * self.weights[f"{name}.weight"]

    def project(self, x, name):
        return x @ self.weights[f"{name}.weight"].T

    def rotate(self, x):  # [T, heads, E]
        width = x.shape[-1]
        frequencies = self.config["rope_parameters"]["rope_theta"] ** (-np.arange(0, width, 2) / width)
        angles = np.outer(np.arange(x.shape[0]), frequencies)
        cos, sin = (np.concatenate([f(angles)] * 2, -1)[:, None, :] for f in (np.cos, np.sin))
        return x * cos + np.concatenate([-x[..., width // 2 :], x[..., : width // 2]], -1) * sin

    def attention(self, x, name):
        heads, groups = self.config["num_attention_heads"], self.config["num_key_value_heads"]
        length, width = x.shape[0], self.config["head_dim"]
        q = self.rotate(self.project(x, f"{name}.q_proj").reshape(length, heads, width))
        k = self.rotate(self.project(x, f"{name}.k_proj").reshape(length, groups, width)).repeat(heads // groups, 1)
        v = self.project(x, f"{name}.v_proj").reshape(length, groups, width).repeat(heads // groups, 1)
        scores = np.einsum("qhe,khe->hqk", q, k) / np.sqrt(width) + np.triu(np.full((length, length), -np.inf), 1)
        pattern = np.exp(scores - scores.max(-1, keepdims=True))
        pattern /= pattern.sum(-1, keepdims=True)
        return self.project(np.einsum("hqk,khe->qhe", pattern, v).reshape(length, -1), f"{name}.o_proj")

    def mlp(self, x, name):
        gate = self.project(x, f"{name}.gate_proj")
        return self.project(gate / (1 + np.exp(-gate)) * self.project(x, f"{name}.up_proj"), f"{name}.down_proj")

    def last_logits(self, ids):
        x = self.weights["model.embed_tokens.weight"][ids]  # [T, D]
        for layer in range(self.config["num_hidden_layers"]):
            name = f"model.layers.{layer}"
            x = x + self.attention(self.norm(x, f"{name}.input_layernorm"), f"{name}.self_attn")
            x = x + self.mlp(self.norm(x, f"{name}.post_attention_layernorm"), f"{name}.mlp")
        return self.weights["model.embed_tokens.weight"] @ self.norm(x[-1], "model.norm")  # [V], tied head


def problems(pair: dict, tokenizer: tokenizers.Tokenizer, model: Llama):
    clean, corrupted = (tokenizer.encode(pair[side]).ids for side in ("clean", "corrupted"))
    if len(clean) != len(corrupted):
        yield f"{len(clean)} and {len(corrupted)} tokens"
        return
    differing = sum(a != b for a, b in zip(clean, corrupted))
    if differing != 1:
        yield f"{differing} differing tokens"
    for name, label in pair.get("labels", {}).items():
        if isinstance(label, list):
            if not 1 <= label[0] < label[1] <= len(clean):
                yield f"label {name}: {label} is not inside {len(clean)} tokens"
        else:
            for side in ("clean", "corrupted"):
                if pair[side].count(label[side]) != 1:
                    yield f"label {name}: {label[side]!r} occurs {pair[side].count(label[side])} times in {pair[side]!r}"
    if "answer" not in pair:
        return
    for side, ids, word in (("clean", clean, pair["answer"]), ("corrupted", corrupted, pair["foil"])):
        continued = tokenizer.encode(pair[side] + word).ids
        if continued[:-1] != ids:
            yield f"{word!r} is not one token after {pair[side]!r}"
            continue
        top = int(model.last_logits(ids).argmax())
        if top != continued[-1]:
            yield f"after {pair[side]!r} comes {tokenizer.decode([top])!r}, not {word!r}"


def main() -> int:
    tokenizer = tokenizers.Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    model = Llama(MODEL)
    failures = 0
    for path in sorted(HERE.glob("*.jsonl")):
        text = path.read_bytes().decode("utf-8")
        if path.name not in make_prompts.SETS or text != make_prompts.text(path.name):
            failures += 1
            print(f"{path.name}: is not what make_prompts.py writes")
        pairs = [json.loads(line) for line in text.splitlines()]
        for name, count in collections.Counter(pair["id"] for pair in pairs).items():
            if count > 1:
                failures += 1
                print(f"{path.name}: {name}: {count} times")
        for pair in pairs:
            for problem in problems(pair, tokenizer, model):
                failures += 1
                print(f"{path.name}: {pair['id']}: {problem}")
        lengths = collections.Counter(len(tokenizer.encode(pair["clean"]).ids) for pair in pairs)
        print(f"{path.name}: {len(pairs)} pairs; tokens: " + ", ".join(f"{n} ({lengths[n]})" for n in sorted(lengths)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
