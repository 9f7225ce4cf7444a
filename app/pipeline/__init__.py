"""Packets, channels, stages and the threads that run them."""
