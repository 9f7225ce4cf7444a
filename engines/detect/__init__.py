"""Persons, hands and faces in a frame."""
