"""Pictures of dressed people with exact labels, made from the training kit on the CPU."""
