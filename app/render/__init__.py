"""Pictures of the body: no window needed."""
