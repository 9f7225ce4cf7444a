"""The model card and the manifest that go with weights."""

import json
from pathlib import Path
from typing import Any, Final

from engines.model_store import model_cards
from training.expose.plan import PLANS
from training.kit import CMU_CREDIT, Asset, Kit, read_manifest, write_manifest

MANIFEST: Final = "manifest.csv"
CARD: Final = "MODEL_CARD.md"
MEASURED: Final = "measured.json"
"""What `python -m training.expose.evaluate` found, in the work folder: test -> measure -> value."""


def note_materials(work: Path, kit: Kit) -> None:
    """Add the kit's files that were used to the manifest in a work folder, which holds those of all runs."""
    path = work / MANIFEST
    before = read_manifest(path) if path.is_file() else {}
    after = before | {asset.path: asset for asset in (*kit.used, _open_body())}
    write_manifest(path, (after[name] for name in sorted(after)))


def note_figures(work: Path, test: str, figures: dict[str, float]) -> None:
    """Keep figures for the card."""
    work.mkdir(parents=True, exist_ok=True)
    kept = measured(work) | {test: figures}
    (work / MEASURED).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def measured(work: Path) -> dict[str, dict[str, float]]:
    """Return the figures that were kept."""
    path = work / MEASURED
    kept: Any = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return dict(kept)


def write_card(work: Path, plan: str, folder: Path) -> None:
    """Write the card and the manifest of the weights of a work folder beside them."""
    manifest = work / MANIFEST
    assets = list(read_manifest(manifest).values()) if manifest.is_file() else [_open_body()]
    write_manifest(folder / MANIFEST, assets)
    (folder / CARD).write_text(_card(plan, measured(work), assets), encoding="utf-8")


def _open_body() -> Asset:
    card = model_cards()["open_body"]
    return Asset(f"assets/{card.file}", card.sha256, card.licence, "this project", card.source)


def _card(plan: str, figures: dict[str, dict[str, float]], assets: list[Asset]) -> str:
    rows = [
        f"| {test} | {name} | {value:.1f} |"
        for test, values in figures.items()
        for name, value in values.items()
    ]
    files = "\n".join(f"| {each.path} | {each.licence} | {each.sha256[:12]} |" for each in assets)
    table = "\n".join(["| test | measure | value |", "|---|---|---|", *rows])
    return f"""# Model card: ExPose-style networks, own weights

**What it is.** The three networks of ExPose (Choutas et al., ECCV 2020) with weights of our own, for the open body:
`{plan}`, {PLANS[plan]}. It is not the authors' release and shares no weights, code or data with it.

**What it was trained on.** Synthetic data only: rendered people of the kit below. No picture of a real person, no
licensed body, no pose of a licensed data set, no pretrained network. {CMU_CREDIT}

**Licence.** Apache-2.0; the open body in it is CC0-1.0.

**What it does not know.** Children, people with other limbs, skirts and coats, several people in one crop; skins,
clothes, hair and backgrounds are few (the kit's own list). Betas and expression are the open body's ten and ten, not
SMPL-X's. Errors on renders say nothing about real pictures: only the rows of real clips do.

## Figures

{table if rows else "None yet: nothing has been measured, so nothing may be claimed."}

## Materials

| file | licence | SHA-256 |
|---|---|---|
{files}
"""
