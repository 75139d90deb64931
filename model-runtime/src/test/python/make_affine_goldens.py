#!/usr/bin/env python3
"""Writes src/test/resources/checkpoint/affine.safetensors: small matrices that MLX quantised, and what MLX makes of them.

Needs `pip install "mlx[cpu]" numpy`. For each number of bits and each group size: NAME.weight, NAME.scales, NAME.biases
as MLX stores them and NAME.expected, mx.dequantize in float32 of the widened scales and biases. numpy confirms that
`expected` is fl(fl(scale * q) + bias), that is, without a fused multiply-add.
"""
import os
import sys

import mlx.core as mx
import numpy as np

ROWS, COLUMNS = 2, 256
DTYPES = [mx.float16, mx.bfloat16, mx.float32]


def integers(packed, bits):
    """The bit stream of each row, lowest bit of the lowest byte first, cut into integers."""
    octets = np.ascontiguousarray(packed).view(np.uint8)
    stream = np.unpackbits(octets, axis=1, bitorder="little").reshape(packed.shape[0], -1, bits)
    return (stream.astype(np.uint32) << np.arange(bits, dtype=np.uint32)).sum(-1)


def main(path):
    rng = np.random.default_rng(20)
    tensors = {}
    for index, bits in enumerate([2, 3, 4, 5, 6, 8]):
        for group, dtype in zip([32, 64, 128], DTYPES[index % 3 :] + DTYPES[: index % 3]):
            values = mx.array(rng.standard_normal((ROWS, COLUMNS)).astype(np.float32)).astype(dtype)
            packed, scales, biases = mx.quantize(values, group_size=group, bits=bits)
            wide_scales, wide_biases = scales.astype(mx.float32), biases.astype(mx.float32)
            expected = mx.dequantize(packed, wide_scales, wide_biases, group_size=group, bits=bits)
            by_hand = integers(np.array(packed), bits).astype(np.float32)
            by_hand = by_hand * np.repeat(np.array(wide_scales), group, axis=1) + np.repeat(np.array(wide_biases), group, axis=1)
            assert np.array_equal(by_hand, np.array(expected)), (bits, group, np.abs(by_hand - np.array(expected)).max())
            name = f"bits{bits}.group{group}"
            tensors |= {f"{name}.weight": packed, f"{name}.scales": scales, f"{name}.biases": biases, f"{name}.expected": expected}
    mx.save_safetensors(path, tensors, {"mlx": mx.__version__})


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "resources", "checkpoint", "affine.safetensors"))
