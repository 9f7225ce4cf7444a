"""The window: PyQt5, and nothing outside this package may know it."""
