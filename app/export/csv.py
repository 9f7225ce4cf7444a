"""Comma-separated values (RFC 4180): one row for each frame, so that ten minutes still fit a spreadsheet's rows."""

from typing import BinaryIO, Final

import numpy as np

from app.export.options import ExportOptions
from app.export.shaping import motion_for_export, with_up_axis
from app.export.table import columns
from app.takes.take import Take
from app.takes.watch import Watch

_ROWS_AT_ONCE: Final = 512
_FORMATS: Final = {"i": "%d", "b": "%d", "f": "%.6f"}
"""Kind of number -> how it is written."""


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write the names of the columns, and one line for each frame."""
    motion = with_up_axis(motion_for_export(take, options), options.up or "y")
    watch.reached(0.05)
    table = dict(columns(motion))
    file.write((",".join(table) + "\r\n").encode("ascii"))
    line = ",".join(_FORMATS[values.dtype.kind] for values in table.values()) + "\r\n"
    for part in watch.between(0.1, 1.0).parts(len(motion), _ROWS_AT_ONCE):
        rows = np.stack([values[part].astype(np.float64) for values in table.values()], axis=1)
        text = "".join(line % tuple(row) for row in (rows.round(6) + 0.0).tolist())
        file.write(text.encode("ascii"))
