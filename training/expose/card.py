"""The model card and the manifest that go with weights."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from engines.model_store import model_cards
from training.expose.gates import Gate, measured_of
from training.expose.plan import PLANS
from training.kit import CMU_CREDIT, Asset, Kit, read_manifest, write_manifest

MANIFEST: Final = "manifest.csv"
CARD: Final = "MODEL_CARD.md"
NOTHING: Final = "None: nothing has been measured, so nothing may be claimed."
NOT_PASSED: Final = "**Not all are passed: these files were made for a test. Do not ship them.**"


def note_materials(work: Path, kit: Kit) -> None:
    """Add the kit's files that were used to the manifest in a work folder, which holds those of all runs."""
    path = work / MANIFEST
    before = read_manifest(path) if path.is_file() else {}
    after = before | {asset.path: asset for asset in (*kit.used, _open_body())}
    write_manifest(path, (after[name] for name in sorted(after)))


def write_card(work: Path, plan: str, folder: Path) -> None:
    """Write the card, still without figures, and the manifest of the weights of a work folder beside them."""
    manifest = work / MANIFEST
    assets = list(read_manifest(manifest).values()) if manifest.is_file() else [_open_body()]
    write_manifest(folder / MANIFEST, assets)
    (folder / CARD).write_text(_card(plan, assets), encoding="utf-8")


def write_shipped_card(
    folder: Path, out: Path, judged: Sequence[Gate], clips: Mapping[str, Mapping[str, float]]
) -> None:
    """Write the card of a data folder beside what is shipped of it, with figures and gates; and its manifest.

    Args:
        folder: The data folder.
        out: Where to.
        judged: Its gates.
        clips: Real clip -> engine -> PA-MPJPE in mm.
    """
    rows = [
        f"| {test} | {name} | {value:.1f} |"
        for test, values in {**measured_of(folder), **clips}.items()
        for name, value in values.items()
    ]
    table = "\n".join(
        ["| test | measure, or engine: PA-MPJPE mm | value |", "|---|---|---|", *rows]
    )
    passed = "All are passed." if all(gate.is_passed for gate in judged) else NOT_PASSED
    lines = "\n".join(f"- {gate}" for gate in judged)
    card = (folder / CARD).read_text(encoding="utf-8")
    card += f"\n## Figures\n\n{table if rows else NOTHING}\n\n## Gates\n\n{lines}\n\n{passed}\n"
    (out / CARD).write_text(card, encoding="utf-8")
    (out / MANIFEST).write_bytes((folder / MANIFEST).read_bytes())


def _open_body() -> Asset:
    card = model_cards()["open_body"]
    return Asset(f"assets/{card.file}", card.sha256, card.licence, "this project", card.source)


def _card(plan: str, assets: list[Asset]) -> str:
    files = "\n".join(f"| {each.path} | {each.licence} | {each.sha256[:12]} |" for each in assets)
    return f"""# Model card: ExPose-style networks, own weights

**What it is.** The three networks of ExPose (Choutas et al., ECCV 2020) with weights of our own, for the open body:
`{plan}`, {PLANS[plan]}. It is not the authors' release and shares no weights, code or data with it.

**What it was trained on.** Synthetic data only: rendered people of the kit below. No picture of a real person, no
licensed body, no pose of a licensed data set, no pretrained network. {CMU_CREDIT}

**Licence.** Apache-2.0; the open body in it is CC0-1.0.

**What it does not know.** Children, people with other limbs, skirts and coats, several people in one crop; skins,
clothes, hair and backgrounds are few (the kit's own list). Betas and expression are the open body's ten and ten, not
SMPL-X's. Errors on renders say nothing about real pictures: only the rows of real clips do.

## Materials

| file | licence | SHA-256 |
|---|---|---|
{files}
"""
