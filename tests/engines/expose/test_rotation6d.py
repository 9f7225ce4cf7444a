"""6-D rotations against the authors' code."""

import torch

from engines.expose.rotation6d import chain_product, decode, encode, mirror
from tests.engines.expose.limits import assert_close


def test_decode_encode_and_mirror_are_golden(operations):
    numbers = torch.from_numpy(operations["rot6d.in"])
    rotations = decode(numbers)
    answers = {
        "rot6d.out": rotations,
        "rot6d.encode": encode(rotations),
        "rot.flip": mirror(rotations),
    }
    assert_close(operations, answers)


def test_parallel_columns_give_finite_numbers():
    assert torch.isfinite(decode(torch.zeros(1, 6))).all()
    assert torch.isfinite(decode(torch.ones(1, 6))).all()


def test_chains_are_golden(operations):
    names = ("global_orient", "body_pose")
    pose = torch.cat([torch.from_numpy(operations[f"smplx.in.{n}"]) for n in names], dim=1)
    chains = {
        "right_wrist": (0, 3, 6, 9, 14, 17, 19, 21),
        "left_wrist": (0, 3, 6, 9, 13, 16, 18, 20),
        "neck": (0, 3, 6, 9, 12),
    }
    answers = {f"chain.{n}.global": chain_product(pose, chain) for n, chain in chains.items()}
    assert_close(operations, answers)
