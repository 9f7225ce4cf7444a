"""Measures the camera, the floor and the performer."""
