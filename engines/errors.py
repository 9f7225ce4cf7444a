"""Errors that a user can act on. The message names the thing, the value, and the way out."""


class MocapError(Exception):
    """Anything that stops ExPose Live for a reason a user can understand."""

    exit_code = 1


class UsageError(MocapError):
    """The call, or a file given with it, is wrong."""

    exit_code = 2


class ConfigError(UsageError):
    """A setting is unknown or has an unusable value."""


class ModelError(UsageError):
    """A model file given by the user cannot be used."""


class DatasetError(UsageError):
    """An evaluation data set given by the user is incomplete or not laid out as its owner ships it."""


class EngineUnavailable(MocapError):
    """An engine or device cannot run on this machine."""

    exit_code = 2


class ModelMissing(MocapError):
    """A model file that should be there is not, or is damaged."""


class CaptureError(MocapError):
    """A source cannot be opened or read."""


class SourceNotFound(CaptureError, UsageError):
    """The source named in the call does not exist or is not what it claims to be."""

    exit_code = 2


class OpenGlUnavailable(MocapError):
    """Nothing on this machine, or in this window, draws with OpenGL 3.3."""


class CalibrationError(MocapError):
    """A calibration step did not succeed."""


class SinkError(MocapError):
    """A sink cannot be opened or stopped working."""


class TakeError(MocapError):
    """A take cannot be written or read."""


class TakeUnreadable(TakeError, UsageError):
    """A take named in the call is not there, or is damaged."""

    exit_code = 2


class StageError(MocapError):
    """A pipeline stage failed."""


class SkipFrame(Exception):
    """This one frame cannot be processed; go on with the next. Counted by the pipeline."""
