"""Heads with known turns, gazes and expressions: what the face solver is measured on."""
