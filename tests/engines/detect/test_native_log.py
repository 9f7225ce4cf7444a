"""What C++ code writes to the terminal goes to the log."""

import logging
import os

from engines.detect.native_log import native_stderr_to_log


def test_lines_go_to_the_log_and_not_to_the_terminal(capfd, caplog):
    with caplog.at_level(logging.DEBUG), native_stderr_to_log():
        os.write(2, b"INFO: Created delegate\nE0000 something failed\n")
    assert capfd.readouterr().err == ""
    levels = {record.getMessage(): record.levelno for record in caplog.records}
    assert levels["MediaPipe: INFO: Created delegate"] == logging.DEBUG
    assert levels["MediaPipe: E0000 something failed"] == logging.WARNING


def test_terminal_is_back_after_a_failure(capfd):
    try:
        with native_stderr_to_log():
            raise ValueError
    except ValueError:
        pass
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"
