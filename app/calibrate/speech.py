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

    def __init__(
        self, command: Sequence[str], *, takes_text: bool = True, silence: Sequence[str] = ()
    ) -> None:
        """Use a command.

        Args:
            command: Speaks, and ends when it has spoken.
            takes_text: The text is its last argument; else it is in the environment.
            silence: Ends the speech of a service, which cuts off what is old by itself, and speaks on when the
                command is ended; empty where ending the command ends the speech.
        """
        self._command = tuple(command)
        self._takes_text = takes_text
        self._silence = tuple(silence)
        self._speaking: subprocess.Popen[bytes] | None = None
        self._ending: list[subprocess.Popen[bytes]] = []

    def say(self, text: str) -> None:
        """Begin to speak; does not wait."""
        if self._silence:
            self._leave()
        else:
            self.stop()
        words = (*self._command, text) if self._takes_text else self._command
        self._speaking = _begin(words, text)

    def stop(self) -> None:
        """Be silent; may be called twice."""
        speaking = self._speaking
        if speaking is not None and not self._silence:
            speaking.terminate()
            speaking.wait()
        elif speaking is not None and speaking.poll() is None:
            self._ending.append(_begin(self._silence))
        self._leave()

    def _leave(self) -> None:
        """Let a command end in its own time: a service that loses one may fall silent in the middle of the next."""
        if self._speaking is not None:
            self._ending.append(self._speaking)
            self._speaking = None
        self._ending = [each for each in self._ending if each.poll() is None]


def _begin(command: Sequence[str], text: str = "") -> "subprocess.Popen[bytes]":
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        command, stdin=quiet, stdout=quiet, stderr=quiet, env={**os.environ, _TEXT: text}
    )


def find_speaker(language: str = "") -> Speaker | None:
    """Return what can speak on this computer; None where nothing can.

    A language (`ja`) is told where a voice can be chosen by it; elsewhere, and without one, it is the system's voice.
    """
    if sys.platform == "win32":
        shell = shutil.which(_SAPI[0])
        return None if shell is None else Speaker((shell, *_SAPI[1:]), takes_text=False)
    if sys.platform == "darwin":
        say = shutil.which("say")
        return None if say is None else Speaker((say, "--"))
    spd_say = shutil.which("spd-say")
    if spd_say is None:
        return None
    voice = ("-l", language) if language else ()
    return Speaker((spd_say, "--wait", *voice, "--"), silence=(spd_say, "-S"))
