"""Accuracy against truth: the measures and data sets of the paper."""
