"""How far an answer may be from the authors' code, by the names of the golden files. Largest absolute difference."""

import fnmatch

import numpy as np

END_TO_END = [
    ("pre.*", 1e-4),
    ("body.net_input*", 1e-6),
    ("body.hrnet_*", 3e-4),
    ("body.feat", 1e-4),
    ("body.params", 3e-4),
    ("stage_*.vertices*", 5e-5),
    ("stage_*.joints", 5e-5),
    ("stage_*", 3e-4),
    ("camera.*", 1e-4),
    ("attn.*.center", 1e-2),
    ("attn.*.size", 1e-2),
    ("attn.*.joints_in_crop", 1e-2),
    ("attn.*.crop*", 2e-2),
    ("*.cond", 3e-4),
    ("hand.parent_rots", 3e-4),
    ("*_chmean", 5e-3),
    ("*.feat", 5e-3),
    ("*.params", 1e-2),
    ("head.last.expression", 1e-2),
    ("*.last.*", 3e-3),
    ("final.vertices*", 2e-4),
    ("final.joints", 2e-4),
    ("final.betas", 3e-4),
    ("final.global_orient", 3e-4),
    ("final.expression", 1e-2),
    ("final.*", 3e-3),
    ("out.hd_proj_joints", 5e-2),
    ("out.final_proj_joints", 2e-4),
    ("hd.transl", 3e-3),
    ("hd.*", 1e-4),
    ("box.ul", 0),
    ("box.br", 0),
    ("box.*", 1e-3),
    ("rot*", 5e-6),
    ("tocrops.*", 1e-2),
    ("crop.*", 1e-3),
    ("smplx.*", 2e-5),
    ("chain.*", 5e-6),
]
"""First pattern that fits. Differences grow along the way: a part crop moves with the body vector."""

OF_ONE_MODULE = 2e-5
"""Of the largest value, for a module that is fed golden inputs."""


def assert_close(golden, answers):
    """Assert that every answer is golden; golden names that have no answer are fine."""
    for key in sorted(answers):
        want, got = np.asarray(golden[key], np.float64), np.asarray(answers[key], np.float64)
        assert want.size == got.size, key
        limit = next(limit for pattern, limit in END_TO_END if fnmatch.fnmatchcase(key, pattern))
        difference = np.abs(want.ravel() - got.ravel()).max()
        assert difference <= limit, f"{key}: {difference:.2e} is over {limit:g}"


def assert_module_close(want, got):
    want = np.asarray(want, np.float64)
    difference = np.abs(want.ravel() - np.asarray(got, np.float64).ravel()).max()
    assert difference <= OF_ONE_MODULE * max(1.0, np.abs(want).max())
