"""Draws the axes of each convention beside a person: docs/images/axes-*.svg. Run from the checkout, no arguments."""

from pathlib import Path

import numpy as np

from engines.body.model import load_body
from engines.body.skeleton import PARENTS
from engines.model_store import model_path

OUT = Path(__file__).resolve().parent.parent / "docs" / "images"
SIZE = 260
SCALE = 105.0
ORIGIN = (130.0, 205.0)
COLORS = {"x": "#d23b3b", "y": "#2f9e44", "z": "#2563c9"}

# axis -> its direction for a person who faces you: your right, up, towards you
CONVENTIONS = {
    "world": ("World, body at rest, glTF", {"x": (1, 0, 0), "y": (0, 1, 0), "z": (0, 0, 1)}),
    "camera": ("Camera", {"x": (1, 0, 0), "y": (0, -1, 0), "z": (0, 0, -1)}),
    "unity": ("Unity, VMC, VRChat", {"x": (-1, 0, 0), "y": (0, 1, 0), "z": (0, 0, 1)}),
    "unreal": ("Unreal", {"x": (0, 0, 1), "y": (-1, 0, 0), "z": (0, 1, 0)}),
    "amass": ("AMASS, Blender", {"x": (1, 0, 0), "y": (0, 0, -1), "z": (0, 1, 0)}),
}


def main() -> None:
    """Write all pictures."""
    joints = load_body(model_path("open_body")).rest_joints(np.zeros(10))
    joints = joints - [0, joints[:, 1].min(), 0]
    for name, (title, axes) in CONVENTIONS.items():
        path = OUT / f"axes-{name}.svg"
        path.write_text("\n".join(_picture(title, joints, axes)) + "\n", encoding="utf-8")
        print(path.name)


def _picture(title: str, joints: np.ndarray, axes: dict[str, tuple[int, int, int]]) -> list[str]:
    handed = "left-handed" if np.linalg.det(list(axes.values())) < 0 else "right-handed"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" font-family="sans-serif">',
        f'<rect width="{SIZE}" height="{SIZE}" fill="#f6f7f9"/>',
        f'<text x="10" y="20" font-size="14" fill="#222">{title}</text>',
        f'<text x="10" y="{SIZE - 10}" font-size="12" fill="#555">{handed}; the person faces you</text>',
    ]
    for joint, parent in enumerate(PARENTS):
        if parent >= 0:
            lines.append(_line(_place(joints[parent]), _place(joints[joint]), "#9aa1ab", 2))
    for name, direction in axes.items():
        end = _place(0.62 * np.array(direction))
        lines.append(_line(_place(np.zeros(3)), end, COLORS[name], 3))
        x, y = _place(0.72 * np.array(direction))
        lines.append(
            f'<text x="{x - 4:.1f}" y="{y + 5:.1f}" font-size="15" fill="{COLORS[name]}">{name}</text>'
        )
    return [*lines, "</svg>"]


def _place(point: np.ndarray) -> tuple[float, float]:
    """Return where a point is on the page: what comes towards you goes down and to the left."""
    right, up, towards = point
    x = ORIGIN[0] + SCALE * (right - 0.45 * towards)
    return x, ORIGIN[1] - SCALE * (up - 0.30 * towards)


def _line(start: tuple[float, float], end: tuple[float, float], color: str, width: int) -> str:
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
        f'stroke="{color}" stroke-width="{width}" stroke-linecap="round"/>'
    )


if __name__ == "__main__":
    main()
