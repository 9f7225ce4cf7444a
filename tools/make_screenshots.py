"""Makes the README's pictures of the window, on the shipped clip, with settings of its own in a temporary folder.

xvfb-run -a -s "-screen 0 1600x1000x24" python -m tools.make_screenshots     # or on any desktop, without xvfb-run
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.numba_cache import use_own_cache
from app.paths import CHECKOUT, DEMO_CLIP, DEMO_PROFILE

FOLDER = CHECKOUT / "docs" / "images"
SIZE = (1440, 860)
QUALITY = 88
TARGETS = ("vmc://127.0.0.1:39539?profile=vseeface", "ws://127.0.0.1:8765")
START_TIMEOUT_S = 180.0


def main() -> None:
    """Open the window, bring it into each state, and write what it shows."""
    use_own_cache()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("CONFIG", "DATA", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = str(Path(folder) / name.lower())
        take_pictures(Path(folder))


def take_pictures(folder: Path) -> None:
    """Write all pictures; `folder` holds settings and takes meanwhile."""
    from app.config import AppConfig
    from app.profiles import profile_path
    from app.viewer.boot import Mistakes, create_application
    from app.viewer.main_window import MainWindow
    from app.viewer.settings import (
        EngineSettings,
        RecordingSettings,
        SourceSettings,
        TargetSettings,
        TrackingSettings,
        ViewSettings,
        WindowSettings,
    )
    from app.viewer.studio import Studio
    from app.viewer.theme import apply_theme
    from app.viewer.translation import use_language
    from engines.body.model import load_body
    from engines.model_store import model_path

    profile = profile_path("demo")
    profile.parent.mkdir(parents=True)
    shutil.copy(DEMO_PROFILE, profile)
    application = create_application()
    apply_theme(application, "dark")
    use_language(application, "en")
    settings = WindowSettings(
        first_run_done=True,
        source=SourceSettings(spec=str(DEMO_CLIP)),
        engine=EngineSettings(profile="demo"),
        tracking=TrackingSettings(mirror_motion=False),
        view=ViewSettings(mirror_picture=False, show_box=True),
        recording=RecordingSettings(folder=str(folder / "takes"), countdown_s=0),
        targets=tuple(TargetSettings(text, is_on=True) for text in TARGETS),
    )
    studio = Studio(settings, AppConfig())
    mistakes = Mistakes()
    mistakes.install()
    window = MainWindow(
        studio, mistakes, load_body(model_path("open_body")), folder / "window.toml"
    )
    window.resize(*SIZE)
    window.show()

    def wait(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            application.processEvents()
            time.sleep(0.01)

    def until(condition: Callable[[], bool]) -> None:
        end = time.monotonic() + START_TIMEOUT_S
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the session did not start")
            wait(0.1)

    def write(name: str) -> None:
        path = FOLDER / name
        window.grab().save(str(path), None, QUALITY)
        print(path)

    studio.start()
    until(lambda: studio.newest is not None and studio.recorder is not None)
    window.docks.show("tracking")
    wait(6)
    write("window-dark.jpg")
    window.docks.show("streaming")
    wait(2)
    write("window-streaming.jpg")
    window.desk.toggle()
    window.docks.show("record")
    wait(5)
    write("window-record.jpg")
    window.desk.toggle()
    wait(3)
    window.docks.show("takes")
    wait(3)
    write("window-takes.jpg")
    studio.change(replace(studio.settings, view=replace(studio.settings.view, theme="light")))
    window.docks.show("calibration")
    wait(4)
    write("window-light.jpg")
    window.close()


if __name__ == "__main__":
    main()
