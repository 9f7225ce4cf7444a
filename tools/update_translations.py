"""Brings the window's translations up to date: texts from the sources into .ts files, .ts files into .qm files.

    python tools/update_translations.py

Translate what is marked unfinished in `app/viewer/i18n/window_*.ts` (Qt Linguist, or any editor), and run it again.
A new language begins as a copy of `window_en.ts` under its own name. Needs `lrelease` (Debian: qttools5-dev-tools).
"""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VIEWER = CHECKOUT / "app" / "viewer"
FOLDER = VIEWER / "i18n"
ENGLISH = FOLDER / "window_en.ts"
LRELEASE = shutil.which("lrelease") or "/usr/lib/qt5/bin/lrelease"


def update(path: Path) -> None:
    """Take the texts of the sources over into one .ts file."""
    sources = sorted(str(source.relative_to(VIEWER)) for source in VIEWER.rglob("*.py"))
    target = str(path.relative_to(VIEWER))
    command = [sys.executable, "-m", "PyQt5.pylupdate_main", "-noobsolete", *sources, "-ts", target]
    subprocess.run(command, cwd=VIEWER, env=os.environ | {"LC_ALL": "C.UTF-8"}, check=True)
    tidy(path, plurals_only=path == ENGLISH)


def tidy(path: Path, *, plurals_only: bool) -> None:
    """Leave out line numbers, which change with every edit; and in English all but "1 frame", "2 frames"."""
    tree = ET.parse(path)
    root = tree.getroot()
    for context in root.findall("context"):
        for message in context.findall("message"):
            for location in message.findall("location"):
                message.remove(location)
            if plurals_only and message.get("numerus") != "yes":
                context.remove(message)
        if context.find("message") is None:
            root.remove(context)
    ET.indent(tree, space=" ")
    text = ET.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{text}\n')


def main() -> int:
    """Update every language there is."""
    if not Path(LRELEASE).exists():
        print("lrelease is missing (Debian: apt-get install qttools5-dev-tools)", file=sys.stderr)
        return 1
    for path in sorted(FOLDER.glob("window_*.ts")):
        update(path)
        subprocess.run(
            [LRELEASE, "-silent", str(path), "-qm", str(path.with_suffix(".qm"))], check=True
        )
        unfinished = path.read_text(encoding="utf-8").count('type="unfinished"')
        print(f"{path.name}: {unfinished} texts without a translation")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
