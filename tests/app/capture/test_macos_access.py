import sys
import types
from collections.abc import Callable

import pytest

from app.capture.macos_access import require_access
from engines.errors import CaptureError

UNDECIDED, RESTRICTED, DENIED, ALLOWED = range(4)


class Device:
    """What `AVCaptureDevice` does with a user who answers a dialog, or does not."""

    def __init__(self, status: int, answer: int | None = None) -> None:
        self.status = status
        self.answer = answer
        self.dialogs = 0

    def authorizationStatusForMediaType_(self, media: str) -> int:  # noqa: N802
        assert media == "vide"
        return self.status

    def requestAccessForMediaType_completionHandler_(  # noqa: N802
        self, media: str, handler: Callable[[bool], None]
    ) -> None:
        self.dialogs += 1
        if self.answer is not None:
            self.status = self.answer
            handler(self.answer == ALLOWED)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[Device], Device]:
    def install_device(device: Device) -> Device:
        module = types.SimpleNamespace(AVCaptureDevice=device, AVMediaTypeVideo="vide")
        monkeypatch.setitem(sys.modules, "AVFoundation", module)
        return device

    return install_device


def test_the_user_is_asked_once(install: Callable[[Device], Device]) -> None:
    device = install(Device(UNDECIDED, ALLOWED))
    require_access(1.0)
    require_access(1.0)
    assert device.dialogs == 1


@pytest.mark.parametrize("device", [Device(UNDECIDED, DENIED), Device(DENIED), Device(RESTRICTED)])
def test_a_refusal_says_where_to_allow_it(
    install: Callable[[Device], Device], device: Device
) -> None:
    install(device)
    with pytest.raises(CaptureError, match="allow it under System Settings"):
        require_access(1.0)


def test_a_dialog_without_an_answer_is_not_waited_for_for_ever(
    install: Callable[[Device], Device],
) -> None:
    install(Device(UNDECIDED))
    with pytest.raises(CaptureError, match="macOS asks"):
        require_access(0.01)
