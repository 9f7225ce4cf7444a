"""Networks of our own that are shipped with the program, trained on openly licensed synthetic people.

A folder of small files: the four networks with their weights in few bits, `conf.json`, and `figures.json`, the errors
that were measured on real clips. Nothing of it is the authors', and nothing of it needs torch.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from engines.errors import ModelError, ModelMissing
from engines.expose.build_files import BUILD_VERSION, STAGES, Build
from engines.expose.config import ExposeConfig, read_config
from engines.model_store import ASSETS, model_path
from engines.whole_files import renamed_when_done

SHIPPED: Final = ASSETS / "expose_open"
"""Where they are when they are shipped."""
CONFIGURATION: Final = "conf.json"
FIGURES: Final = "figures.json"
"""`{"clips": {clip: {"expose-open": mm, "landmarks": mm}}}`: mean joint errors after the best similarity transform."""


class ShippedNetworks:
    """The networks in one folder, which may not be there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = [folder / graph.file for graph in STAGES] + [folder / CONFIGURATION]

    def why_not(self) -> str | None:
        """Return what is missing; None when nothing."""
        missing = [file.name for file in self._files if not file.is_file()]
        if not missing:
            return None
        return (
            f"{self._folder}: no {', '.join(missing)}; no weights are shipped with this version "
            "(docs/training-expose.md: how they are trained and put there)"
        )

    def config(self) -> ExposeConfig:
        """Return their configuration. Raises `ModelError`."""
        return read_config(self._folder / CONFIGURATION)

    def beat_landmarks(self) -> bool:
        """Return whether they may be the default: better than the landmarks on every real clip, on two at least."""
        clips = self._clips()
        return len(clips) > 1 and all(clip["expose-open"] < clip["landmarks"] for clip in clips)

    def unpacked(
        self, cache: Path, progress: Callable[[str, float], None] = lambda _step, _done: None
    ) -> Build:
        """Return the networks with plain weights, unpacked now as far as the cache does not hold them.

        Raises:
            ModelMissing: they are not there.
            ModelError: a file is damaged.
        """
        reason = self.why_not()
        if reason is not None:
            raise ModelMissing(reason)
        from engines.runtime.onnxruntime_session import unpack_weights

        build = Build(cache / f"expose-open-{BUILD_VERSION}-{self._digest()[:16]}")
        build.folder.mkdir(parents=True, exist_ok=True)
        for index, graph in enumerate(STAGES):
            if not build.path(graph).is_file():
                progress(f"unpacking {graph.file}", index / len(STAGES))
                with renamed_when_done(build.path(graph)) as path:
                    unpack_weights(self._folder / graph.file, path)
        if not build.body_model.is_file():
            with renamed_when_done(build.body_model) as path:
                shutil.copyfile(model_path("open_body"), path)
        progress("done", 1)
        return build

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for file in (*self._files, model_path("open_body")):
            with file.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
        return digest.hexdigest()

    def _clips(self) -> list[dict[str, float]]:
        path = self._folder / FIGURES
        if not path.is_file():
            return []
        try:
            clips = json.loads(path.read_text(encoding="utf-8"))["clips"].values()
            return [
                {engine: float(clip[engine]) for engine in ("expose-open", "landmarks")}
                for clip in clips
            ]
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise ModelError(f"{path}: not the figures of shipped networks ({error})") from error
