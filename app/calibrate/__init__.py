"""Measures camera, floor and performer from a live or recorded source: what the command line and the window call."""
