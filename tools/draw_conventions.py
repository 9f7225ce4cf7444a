"""Draws the axes of each convention beside a person, and the angles of a head: docs/images/axes-*.svg, angles-*.svg.

Run from the checkout, no arguments.
"""

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

# which way a head that faces you goes where an angle is positive: the nose (1 up), the face (1 to its own left, your
# right), the top of the head (1 to its own left)
ANGLES = {
    "unity": ("Unity, VMC, VRChat", ("x", -1), ("y", -1), ("z", 1)),
    "ifacialmocap": ("iFacialMocap", ("x", -1), ("y", 1), ("z", -1)),
    "live-link-face": ("Live Link Face", ("pitch", 1), ("yaw", 1), ("roll", -1)),
}
HEAD = (130.0, 130.0)
RADIUS = 48.0


def main() -> None:
    """Write all pictures."""
    joints = load_body(model_path("open_body")).rest_joints(np.zeros(10))
    joints = joints - [0, joints[:, 1].min(), 0]
    for name, (title, axes) in CONVENTIONS.items():
        _write(f"axes-{name}.svg", _picture(title, joints, axes))
    for name, (title, pitch, yaw, roll) in ANGLES.items():
        _write(f"angles-{name}.svg", _head(title, pitch, yaw, roll))


def _write(name: str, lines: list[str]) -> None:
    (OUT / name).write_text("\n".join([*lines, "</svg>"]) + "\n", encoding="utf-8")
    print(name)


def _picture(title: str, joints: np.ndarray, axes: dict[str, tuple[int, int, int]]) -> list[str]:
    handed = "left-handed" if np.linalg.det(list(axes.values())) < 0 else "right-handed"
    lines = _frame(title, f"{handed}; the person faces you")
    start = np.array([0.0, 0.9 if axes["y"][1] < 0 else 0.0, 0.0])  # what points down needs room
    for joint, parent in enumerate(PARENTS):
        if parent >= 0:
            lines.append(_line(_place(joints[parent]), _place(joints[joint]), "#9aa1ab", 2))
    for name, direction in axes.items():
        end = _place(start + 0.62 * np.array(direction))
        lines.append(_line(_place(start), end, COLORS[name], 3))
        x, y = _place(start + 0.72 * np.array(direction))
        lines.append(_text(name, x - 4, y + 5, COLORS[name]))
    return lines


def _head(
    title: str, pitch: tuple[str, int], yaw: tuple[str, int], roll: tuple[str, int]
) -> list[str]:
    lines = _frame(title, "positive angles; the person faces you")
    x, y = HEAD
    lines += [
        f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="none" stroke="#9aa1ab" stroke-width="2"/>',
        f'<circle cx="{x - 17}" cy="{y - 12}" r="4" fill="#9aa1ab"/>',
        f'<circle cx="{x + 17}" cy="{y - 12}" r="4" fill="#9aa1ab"/>',
        _line((x, y - 4), (x, y + 8), "#9aa1ab", 2),
        _line((x - 14, y + 24), (x + 14, y + 24), "#9aa1ab", 2),
    ]
    up, left, top = pitch[1], yaw[1], roll[1]
    lines += _arrow((x + 70, y + 24 * up), (x + 70, y - 24 * up), COLORS["x"])
    lines.append(_text(pitch[0], x + 80, y + 5, COLORS["x"]))
    lines += _arrow((x - 30 * left, y + 70), (x + 30 * left, y + 70), COLORS["y"])
    lines.append(_text(yaw[0], x - 8, y + 92, COLORS["y"]))
    lines += _arrow((x - 30 * top, y - 64), (x + 30 * top, y - 64), COLORS["z"], bend=-18)
    lines.append(_text(roll[0], x - 8, y - 82, COLORS["z"]))
    return lines


def _frame(title: str, words: str) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" font-family="sans-serif">',
        f'<rect width="{SIZE}" height="{SIZE}" fill="#f6f7f9"/>',
        f'<text x="10" y="20" font-size="14" fill="#222">{title}</text>',
        f'<text x="10" y="{SIZE - 10}" font-size="12" fill="#555">{words}</text>',
    ]


def _text(words: str, x: float, y: float, color: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="15" fill="{color}">{words}</text>'


def _arrow(
    start: tuple[float, float], end: tuple[float, float], color: str, bend: float = 0.0
) -> list[str]:
    """Return a curve, bent by some pixels downwards, with a head at its end."""
    a, b = np.array(start), np.array(end)
    control = (a + b) / 2 + (0, bend)
    along = (b - control) / np.linalg.norm(b - control)
    across = np.array([-along[1], along[0]])
    points = " ".join(
        f"{x:.1f},{y:.1f}" for x, y in (b + 8 * along, b + 5 * across, b - 5 * across)
    )
    return [
        f'<path d="M {a[0]:.1f} {a[1]:.1f} Q {control[0]:.1f} {control[1]:.1f} {b[0]:.1f} {b[1]:.1f}" '
        f'fill="none" stroke="{color}" stroke-width="3"/>',
        f'<polygon points="{points}" fill="{color}"/>',
    ]


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
