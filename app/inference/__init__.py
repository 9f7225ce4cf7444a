"""Keeps an engine running: plans built in another process, and the next best engine when one fails."""
