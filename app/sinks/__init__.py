"""Consumers of published packets: network targets and recorders."""
