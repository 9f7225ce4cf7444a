"""The result of evaluating motion: a table for people, JSON for programs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.evaluation.motion_measures import (
    Measures,
    body_measures,
    delay_ms,
    place_measures,
    steadiness_measures,
)
from app.evaluation.motion_run import LANDMARKS, LIVE_ENDING, MotionRun
from app.evaluation.motion_truth import MotionTruth
from app.evaluation.picture_measures import picture_measures
from engines.body.model import BodyModel

_COLUMNS = {
    "mpjpe_mm": "MPJPE",
    "pa_mpjpe_mm": "PA",
    "x_mm": "x",
    "y_mm": "y",
    "z_mm": "z",
    "in_plane_mm": "plane",
    "body_angle_deg": "body°",
    "finger_angle_deg": "finger°",
    "pve_mm": "PVE",
    "pa_v2v_all_mm": "V2V",
    "pa_v2v_body_mm": "body",
    "pa_v2v_hands_mm": "hands",
    "pa_v2v_face_mm": "face",
    "acceleration_m_s2": "acc",
    "jitter_m_s3": "jitter",
    "foot_slide_mm": "slide",
    "still_speed_mm_s": "still",
    "added_delay_ms": "delay",
    "off_head_pct": "head%",
    "off_shoulders_pct": "shoul%",
    "off_elbows_pct": "elbow%",
    "off_wrists_pct": "wrist%",
    "off_right_pct": "right%",
    "off_down_pct": "down%",
    "missing": "miss",
}
_LEGEND = (
    "MPJPE (hips on hips), PA (best similarity) and the parts x y z plane of MPJPE: mm, twelve joints. body° finger°: "
    "joint angles. PVE, and V2V (all) body hands face (best similarity of the part): mm of surface. acc: m/s2. jitter: "
    "third difference, m/s3. slide: mm a frame of standing feet. still: mm/s of a still person's joints. delay: "
    "ms that live smoothing adds, by cross-correlation. %: of the shoulders' width, how far the body's landmarks lie "
    "from those seen in the picture; right and down: to which side, head and shoulders. miss: frames."
)


@dataclass(frozen=True, slots=True)
class MotionReport:
    """Measures of each method on each clip."""

    clips: Mapping[str, Mapping[str, Measures]]
    """Clip, then method, then measure."""

    def to_json(self) -> dict[str, object]:
        """Return plain numbers; what could not be measured is left out."""
        return {
            clip: {method: _finite(measures) for method, measures in methods.items()}
            for clip, methods in {**self.clips, "mean": self.mean()}.items()
        }

    def mean(self) -> dict[str, Measures]:
        """Return the mean of each measure over the clips that have it."""
        means: dict[str, Measures] = {}
        for method in next(iter(self.clips.values()), {}):
            rows = [methods[method] for methods in self.clips.values()]
            names = {name: None for row in rows for name in row}
            means[method] = {
                name: float(
                    np.mean([row[name] for row in rows if math.isfinite(row.get(name, math.nan))])
                )
                for name in names
                if any(math.isfinite(row.get(name, math.nan)) for row in rows)
            }
        return means

    def table(self) -> str:
        """Return the report as text, a block for each clip."""
        blocks = dict(self.clips)
        if len(blocks) > 1:
            blocks["mean"] = self.mean()
        return "\n".join([*(_block(clip, methods) for clip, methods in blocks.items()), _LEGEND])


def measure_clip(
    model: BodyModel, runs: Mapping[str, MotionRun], truth: MotionTruth | None
) -> dict[str, Measures]:
    """Return all measures of each method that ran on a clip; those that need no truth where there is none."""
    measured = {}
    for method, run in runs.items():
        if truth is None and method == LANDMARKS:
            continue
        measures = _without_truth(run) if truth is None else place_measures(run, truth)
        if truth is not None and method != LANDMARKS:
            measures |= body_measures(model, run, truth)
            measures |= steadiness_measures(run, truth)
        if run.offsets is not None:
            measures |= picture_measures(run.offsets)
        if method.endswith(LIVE_ENDING):
            raw = runs[method.removesuffix(LIVE_ENDING)]
            measures["added_delay_ms"] = delay_ms(
                _about_hips(run), _about_hips(raw), run.frame_rate
            )
        measured[method] = measures
    return measured


def _without_truth(run: MotionRun) -> Measures:
    missing = ~np.isfinite(run.limbs).all(axis=(1, 2))
    return {"frames": float(len(run.frames)), "missing": float(missing.sum())}


def _about_hips(run: MotionRun) -> np.ndarray:
    return run.limbs - run.limbs[:, 6:8].mean(axis=1, keepdims=True)


def _finite(measures: Measures) -> Measures:
    return {name: value for name, value in measures.items() if math.isfinite(value)}


def _block(clip: str, methods: Mapping[str, Measures]) -> str:
    columns = {
        name: title
        for name, title in _COLUMNS.items()
        if any(math.isfinite(measures.get(name, math.nan)) for measures in methods.values())
    }
    width = max(len(method) for method in methods)
    frames = next(iter(methods.values())).get("frames", math.nan)
    lines = [f"{clip} ({frames:.0f} frames)"]
    lines.append(" " * (width + 2) + "".join(f"{title:>8}" for title in columns.values()))
    for method, measures in methods.items():
        cells = (measures.get(name, math.nan) for name in columns)
        texts = ("-" if math.isnan(value) else f"{value:.1f}" for value in cells)
        lines.append(f"  {method:<{width}}" + "".join(f"{text:>8}" for text in texts))
    return "\n".join(lines)
