"""A calibration profile: camera, floor and performer in one TOML document, versioned."""

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from calibration.camera import CameraCalibration
from calibration.floor import FloorCalibration
from calibration.performer import PerformerCalibration
from calibration.quality import Quality
from engines.errors import CalibrationError
from engines.types import Camera

PROFILE_VERSION: Final = 1
"""Version of the document; a change that older programs would misread raises it."""

_SAME_ASPECT: Final = 0.01
_LEAN_IS_GONE: Final = Quality(
    "yellow", "lean was measured on the floor before; measure the performer once more"
)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What is known of one place: its camera, its floor, and who performs there."""

    name: str
    """What the user calls it."""
    camera: CameraCalibration | None = None
    """The camera; None where nobody measured it."""
    floor: FloorCalibration | None = None
    """Floor and facing, as seen from that camera where it stands."""
    performer: PerformerCalibration | None = None
    """The person."""

    def with_camera(self, camera: CameraCalibration) -> "Profile":
        """Return the profile with another camera; the floor goes where it was another one's."""
        floor = self.floor if self.camera is None or _is_same(self.camera, camera) else None
        return dataclasses.replace(self, camera=camera, floor=floor)

    def with_floor(self, floor: FloorCalibration) -> "Profile":
        """Return the profile with another floor; a lean goes that was measured on the one before."""
        performer = self.performer
        if performer is not None and performer.lean_deg:
            performer = dataclasses.replace(performer, lean_deg=0.0, quality=_LEAN_IS_GONE)
        return dataclasses.replace(self, floor=floor, performer=performer)

    def with_performer(self, performer: PerformerCalibration) -> "Profile":
        """Return the profile with another performer."""
        return dataclasses.replace(self, performer=performer)


def profile_to_toml(profile: Profile) -> str:
    """Return the document."""
    lines = [f"version = {PROFILE_VERSION}", f"name = {_toml(profile.name)}"]
    for part in ("camera", "floor", "performer"):
        record = getattr(profile, part)
        if record is not None:
            lines += ["", f"[{part}]"]
            lines += [f"{key} = {_toml(value)}" for key, value in _flat(record).items()]
    return "\n".join(lines) + "\n"


def profile_from_toml(text: str, where: str) -> Profile:
    """Return the profile of a document; `where` names it in errors.

    Raises:
        CalibrationError: it is no profile, damaged, or of a newer program.
    """
    try:
        table = tomllib.loads(text)
        version = table.get("version")
        if not isinstance(version, int) or version < 1:
            raise ValueError(f"version {version!r} is none of a profile")
        if version > PROFILE_VERSION:
            raise ValueError(
                f"version {version}, and this program reads up to {PROFILE_VERSION}; update ExPose Live"
            )
        return Profile(
            name=str(table.get("name", "")),
            camera=_part(CameraCalibration, table, "camera"),
            floor=_part(FloorCalibration, table, "floor"),
            performer=_part(PerformerCalibration, table, "performer"),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise CalibrationError(
            f"{where}: not a usable calibration profile ({error}); calibrate again or remove it"
        ) from error


def _is_same(a: CameraCalibration, b: CameraCalibration) -> bool:
    same_shape = abs(a.camera.width * b.camera.height / (a.camera.height * b.camera.width) - 1)
    same_device = (
        (a.device_name, a.device_path) == (b.device_name, b.device_path)
        if a.device_name and b.device_name
        else a.source == b.source
    )
    return same_device and same_shape < _SAME_ASPECT


def _flat(record: Any) -> dict[str, Any]:
    """Return the fields of a record, those of `Camera` and `Quality` among them without another level."""
    table: dict[str, Any] = {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Camera | Quality):
            table |= dataclasses.asdict(value)
        elif value is not None:
            table[field.name] = value
    return table


_Record = typing.TypeVar("_Record")


def _part(kind: type[_Record], table: Mapping[str, Any], part: str) -> _Record | None:
    if part not in table:
        return None
    values = table[part]
    if not isinstance(values, dict):
        raise ValueError(f"{part} is not a table")
    return _record(kind, values, part)


def _record(kind: type[_Record], values: Mapping[str, Any], part: str) -> _Record:
    hints = typing.get_type_hints(kind)
    arguments: dict[str, Any] = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        hint = hints[field.name]
        if hint in (Camera, Quality):
            arguments[field.name] = _record(hint, values, part)
        elif field.name in values:
            arguments[field.name] = _value(hint, values[field.name], f"{part}.{field.name}")
        elif type(None) in typing.get_args(hint):
            arguments[field.name] = None
        elif field.default is dataclasses.MISSING:
            raise ValueError(f"{part}.{field.name} is missing")
    return kind(**arguments)


def _value(hint: Any, value: Any, path: str) -> Any:
    """Return a value of the type asked for; whole numbers serve as numbers, lists as tuples of the right length."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _value(inner[0], value, path)
    if origin is typing.Literal:
        if value not in inner:
            raise ValueError(f"{path} is {value!r}, not one of {', '.join(map(str, inner))}")
        return value
    if origin is tuple:
        many = inner[-1] is ...
        if not isinstance(value, list) or not (many or len(value) == len(inner)):
            raise ValueError(f"{path} is not a list of {'numbers' if many else len(inner)}")
        kinds = [inner[0]] * len(value) if many else list(inner)
        return tuple(_value(kind, each, path) for kind, each in zip(kinds, value, strict=True))
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise ValueError(f"{path} is {value!r}, not {getattr(hint, '__name__', hint)}")
    if hint is float and not abs(value) < 1e9:  # NaN is not less either
        raise ValueError(f"{path} is {value!r}, not a usable number")
    return value


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, str):
        return _toml_text(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    raise TypeError(f"{type(value).__name__} has no form in a profile")


def _toml_text(text: str) -> str:
    """Return a basic string (TOML 1.0): quote, backslash and control characters escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    )
