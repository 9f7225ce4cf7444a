"""A take to files of other tools."""
