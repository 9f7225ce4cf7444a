"""Takes: recording that survives a kill, the files of a take, loading and replaying them."""
