"""Pixels to body: detectors, regressors, smoothers and the SMPL-X body. Pure computation."""
