"""Data shipped with the application; `models.toml` describes each model file."""
