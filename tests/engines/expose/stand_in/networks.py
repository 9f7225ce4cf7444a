"""Random weights for the image networks and the regressors, at the scale of trained ones."""

import json
import math
from functools import cache
from pathlib import Path

import numpy as np

from tests.engines.expose.stand_in.noise import f32, noise, raw16, unit, zero_sum

HERE = Path(__file__).resolve().parent


def _table():
    """state_dict.tsv: name, shape, kind, and for batch norms the typical variance of what comes in."""
    for line in (HERE / "state_dict.tsv").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, shape, kind, *value = line.split("\t")
            sizes = tuple(int(s) for s in shape.split("x"))
            yield name, sizes, kind, float(value[0]) if value and value[0] else 1.0


@cache
def backbones():
    """Weights of the three image networks by name; the same in both configurations."""
    out = {}
    for name, shape, kind, var in _table():
        if kind in ("bn", "bnr"):  # bnr: last one of a residual branch, damped
            (n,) = shape
            g = 0.6 + 0.8 * unit(name + ".weight", n)
            out[name + ".weight"] = f32(g * 0.5 if kind == "bnr" else g)
            out[name + ".bias"] = f32(noise(name + ".bias", n, std=0.2))
            out[name + ".running_mean"] = f32(
                noise(name + ".running_mean", n, std=0.15) * math.sqrt(var)
            )
            out[name + ".running_var"] = f32((0.8 + 0.45 * unit(name + ".running_var", n)) * var)
            out[name + ".num_batches_tracked"] = np.array(
                1000 + int(raw16(name + ".num_batches_tracked", 1)[0]) % 9000, np.int64
            )
        elif kind == "bias":
            out[name] = f32(noise(name, *shape, std=0.1))
        else:  # conv0: 3 input channels; conv: no answer to a constant; conv1: short cut without batch norm
            fan = math.prod(shape[1:])
            std = math.sqrt((1 if kind == "conv1" else 2) / fan)
            out[name] = f32(
                noise(name, *shape, std=std)
                if kind == "conv0"
                else zero_sum(name, shape[0], fan, std).reshape(shape)
            )
    return out


# wanted spread of the numbers that a regressor gives, per group
SPREAD = {
    "body": [
        (6, .2), (126, .12), (90, .15), (90, .15), (6, .12), (10, .8), (10, .8), (1, .08), (2, .06),
    ],
    "hand": [(6, .2), (90, .15), (10, .6), (3, .2)],
    "head": [(6, .15), (6, .12), ("betas", .6), ("expression", .8), (3, .2)],
}  # fmt: skip


def last_layers(config):
    """Factors and shifts of the last layers, measured once, that give answers of the wanted spread around zero."""
    return json.loads((HERE / "last_layers.json").read_text())[config]


def regressor(prefix, seed, part, features, c, last):
    groups = [
        ({"betas": c["head_betas"], "expression": c["head_expression"]}.get(n, n), s)
        for n, s in SPREAD[part]
    ]
    target = np.concatenate([np.full(n, s) for n, s in groups])
    dim = len(target)
    n0 = features + dim
    name = prefix + "module."
    w0 = np.concatenate(
        [
            zero_sum(seed + name + "0.features", 1024, features, 1 / math.sqrt(n0)),
            noise(seed + name + "0.params", 1024, dim, std=1 / math.sqrt(n0)),
        ],
        1,
    )
    out = {
        "layer_000.0.weight": f32(w0),
        "layer_000.0.bias": f32(noise(seed + name + "0.bias", 1024, std=0.05)),
        "layer_001.0.weight": f32(zero_sum(seed + name + "1", 1024, 1024, 1 / 32)),
        "layer_001.0.bias": f32(noise(seed + name + "1.bias", 1024, std=0.05)),
        "output_layer.weight": f32(
            zero_sum(seed + name + "out", dim, 1024, last["factor"] / 32) * target[:, None]
        ),
        "output_layer.bias": f32(last["shift"]),
    }
    return {name + k: v for k, v in out.items()}
