"""Apache Parquet: the table of the CSV with types, a tenth of the size."""

import json
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from app.export.options import ExportOptions
from app.export.shaping import motion_for_export, with_up_axis
from app.export.table import columns
from app.paths import version
from app.takes.take import Take
from app.takes.watch import Watch

_ROWS_IN_GROUP: Final = 3600
"""One minute at 60 frames a second."""


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write one table; what is not a number of a frame stands in the metadata, as JSON under `expose_live`."""
    up = options.up or "y"
    motion = with_up_axis(motion_for_export(take, options), up)
    watch.reached(0.3)
    about = {
        "generator": f"ExPose Live {version()}",
        "fps": motion.fps,
        "up_axis": up,
        "betas": take.betas.tolist(),
        "body_model": take.body_model,
        "expression_space": take.expression_space,
    }
    table = pa.table(dict(columns(motion)), metadata={"expose_live": json.dumps(about)})
    watch.reached(0.5)
    pq.write_table(table, file, row_group_size=_ROWS_IN_GROUP, compression="zstd")
