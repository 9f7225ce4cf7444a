"""Smoothing of vectors, rotations and whole estimates on real time steps."""
