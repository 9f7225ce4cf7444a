"""Laws of putting the part networks' answers in the place of the body's."""

import torch

from engines.expose.layout import BODY_LAYOUT
from engines.expose.rotation6d import chain_product, decode, mirror
from engines.expose.stages import MergeStage, body_rotations
from tests.engines.expose.small import small_config

RIGHT_ARM, LEFT_ARM = (0, 3, 6, 9, 14, 17, 19, 21), (0, 3, 6, 9, 13, 16, 18, 20)


def vectors():
    generator = torch.Generator().manual_seed(3)
    body, hands, heads = ((2, BODY_LAYOUT.size), (4, 109), (2, 39))
    return [torch.randn(size, generator=generator) for size in (body, hands, heads)]


def merge(*use, **changes):
    return MergeStage(small_config(**changes))(*vectors(), torch.tensor([use, use]))


def test_nothing_used_is_the_body():
    body = vectors()[0]
    merged = merge(False, False, False)
    assert torch.equal(merged.rotations, body_rotations(body))
    assert torch.equal(merged.shape, body[:, BODY_LAYOUT.shape])


def test_wrists_turn_to_where_the_hand_network_saw_them():
    merged, hands = merge(True, True, True), vectors()[1]
    wrists = decode(hands[:, :6])[:, 0]
    right = chain_product(merged.rotations, RIGHT_ARM)
    left = chain_product(merged.rotations, LEFT_ARM)
    assert torch.allclose(right, wrists[:2], atol=1e-5)
    assert torch.allclose(mirror(left), wrists[2:], atol=1e-5)


def test_each_part_is_used_on_its_own():
    nothing, everything = merge(False, False, False).rotations, merge(True, True, True).rotations
    of_part = {0: [21, *range(40, 55)], 1: [20, *range(25, 40)], 2: [22]}
    for part, joints in of_part.items():
        merged = merge(*(k == part for k in range(3)))
        others = [joint for joint in range(55) if joint not in joints]
        assert torch.equal(merged.rotations[:, joints], everything[:, joints])
        assert torch.equal(merged.rotations[:, others], nothing[:, others])
        changed = not torch.equal(merged.shape, vectors()[0][:, BODY_LAYOUT.shape])
        assert changed == (part == 2)


def test_wrists_can_stay_the_body_s():
    merged, body = merge(True, True, True, update_wrists=False), merge(False, False, False)
    assert torch.equal(merged.rotations[:, 20:22], body.rotations[:, 20:22])
    assert not torch.equal(merged.rotations[:, 25:], body.rotations[:, 25:])
