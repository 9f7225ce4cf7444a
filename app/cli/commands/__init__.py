"""One module for each command: `add(parser)` declares its flags, `run(arguments)` does it."""
