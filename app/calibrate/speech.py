"""Speaks a line with what the system has for it: spd-say on Linux, say on macOS, SAPI on Windows."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

_TEXT: Final = "EXPOSE_LIVE_SAY"
"""Windows' shell takes the text from this variable: nothing in it can be read as a command."""
_SAPI: Final = (
    "powershell", "-NoProfile", "-NonInteractive", "-Command",
    f"Add-Type -AssemblyName System.Speech; (New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak($env:{_TEXT})",
)  # fmt: skip


class Speaker:
    """Says one thing at a time; what is new cuts off what is old."""

    def __init__(self, command: Sequence[str], *, takes_text: bool = True) -> None:
        """Use a command; the text is its last argument, or in the environment where it takes none."""
        self._command = tuple(command)
        self._takes_text = takes_text
        self._speaking: subprocess.Popen[bytes] | None = None

    def say(self, text: str) -> None:
        """Begin to speak; does not wait."""
        self.stop()
        quiet = subprocess.DEVNULL
        words = (*self._command, text) if self._takes_text else self._command
        self._speaking = subprocess.Popen(
            words, stdin=quiet, stdout=quiet, stderr=quiet, env={**os.environ, _TEXT: text}
        )

    def stop(self) -> None:
        """Be silent; may be called twice."""
        if self._speaking is not None:
            self._speaking.terminate()
            self._speaking.wait()
            self._speaking = None


def find_speaker() -> Speaker | None:
    """Return what can speak on this computer; None where nothing can."""
    if sys.platform == "win32":
        shell = shutil.which(_SAPI[0])
        return None if shell is None else Speaker((shell, *_SAPI[1:]), takes_text=False)
    if sys.platform == "darwin":
        say = shutil.which("say")
        return None if say is None else Speaker((say, "--"))
    spd_say = shutil.which("spd-say")
    return None if spd_say is None else Speaker((spd_say, "--wait", "--"))
