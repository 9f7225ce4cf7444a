"""Sources of frames: cameras, files, folders, streams and a synthetic person."""
