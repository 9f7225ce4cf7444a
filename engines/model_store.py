"""Model cards: which file is which model, whether it is intact, whose it is, and how to get it."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from engines.errors import ModelMissing

ASSETS = Path(__file__).resolve().parent.parent / "assets"
"""Folder of the shipped models."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One shipped model file."""

    name: str
    """Key in models.toml."""
    file: str
    """File name inside assets."""
    sha256: str
    """Digest of the file."""
    licence: str
    """SPDX identifier."""
    source: str
    """Where it comes from."""

    @property
    def path(self) -> Path:
        """Where the file is, whether or not it exists."""
        return ASSETS / self.file


def model_cards() -> dict[str, ModelCard]:
    """Return all cards of assets/models.toml by name."""
    with (ASSETS / "models.toml").open("rb") as file:
        table = tomllib.load(file)
    return {name: ModelCard(name=name, **fields) for name, fields in table.items()}


def model_path(name: str) -> Path:
    """Return the path of a shipped model.

    Raises:
        ModelMissing: the file is not there.
    """
    card = model_cards()[name]
    if not card.path.is_file():
        raise ModelMissing(
            f"{card.path}: missing; restore it with 'git checkout -- assets/{card.file}'"
        )
    return card.path


def is_intact(card: ModelCard) -> bool:
    """Return whether the file is there and its digest is the card's."""
    if not card.path.is_file():
        return False
    with card.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == card.sha256
