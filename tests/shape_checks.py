"""The type checker behind jaxtyping's shapes in tests."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
"""As mypy, it takes an int where a float is asked for."""
