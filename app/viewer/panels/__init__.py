"""The docks of the window, one module each."""
