"""What the editor of receivers offers: the options that each protocol's sink knows.

A test asks the sinks whether they know exactly these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from app.sinks.catalog import SINKS
from app.sinks.smplx_osc import MAX_PERSONS
from app.sinks.vmc_options import PARTS as VMC_PARTS
from app.sinks.vmc_options import PROFILES as VMC_PROFILES
from app.sinks.vrchat import PARTS as VRCHAT_PARTS
from app.sinks.vrchat import ROLES
from app.viewer.panels.presets import PRESETS

CONTEXT: Final = "TargetForms"
"""Qt's name for the texts of this module."""


@dataclass(frozen=True, slots=True)
class OptionForm:
    """One option of a TARGET, as a form shows it."""

    name: str
    """Its name in the TARGET."""
    kind: Literal["choice", "names", "flag", "number", "place", "file", "text"]
    """`names`: several of the choices; `place`: a port or address:port of this computer."""
    label: str
    """For people, untranslated."""
    tip: str
    """What it does, untranslated."""
    choices: tuple[str, ...] = ()
    """What can be chosen."""
    default: str = ""
    """What counts where it is not written."""
    low: float = 0.0
    """Least number."""
    high: float = 0.0
    """Greatest number."""
    decimals: int = 0
    """Decimal places of the number."""


PACE_FORMS: Final = (
    OptionForm(
        "rate",
        "text",
        QT_TRANSLATE_NOOP("TargetForms", "Rate"),
        QT_TRANSLATE_NOOP("TargetForms", "Most frames a second: 1 to 200, or native"),
        default="native",
    ),
    OptionForm(
        "retime",
        "flag",
        QT_TRANSLATE_NOOP("TargetForms", "Even rate"),
        QT_TRANSLATE_NOOP(
            "TargetForms", "Make frames in between, so that exactly so many are sent; needs a rate"
        ),
        default="no",
    ),
)
"""Options of every protocol."""

FORMS: Final[dict[str, tuple[OptionForm, ...]]] = {
    "vmc": (
        OptionForm(
            "profile",
            "choice",
            QT_TRANSLATE_NOOP("TargetForms", "Receiver"),
            QT_TRANSLATE_NOOP("TargetForms", "The program that receives: sets what it likes"),
            choices=tuple(VMC_PROFILES),
            default="default",
        ),
        OptionForm(
            "parts",
            "names",
            QT_TRANSLATE_NOOP("TargetForms", "Send"),
            QT_TRANSLATE_NOOP("TargetForms", "What is sent; face is the expressions"),
            choices=VMC_PARTS,
            default=",".join(VMC_PARTS),
        ),
        OptionForm(
            "blendshapes",
            "names",
            QT_TRANSLATE_NOOP("TargetForms", "Face names"),
            QT_TRANSLATE_NOOP(
                "TargetForms", "Names of expressions; a model that knows two sets moves twice"
            ),
            choices=("vrm0", "vrm1", "both", "perfectsync", "arkit"),
            default="vrm0",
        ),
        OptionForm(
            "vrm",
            "file",
            QT_TRANSLATE_NOOP("TargetForms", "My avatar"),
            QT_TRANSLATE_NOOP(
                "TargetForms", "A .vrm file: the motion is fitted to that avatar's skeleton"
            ),
        ),
        OptionForm(
            "turn",
            "choice",
            QT_TRANSLATE_NOOP("TargetForms", "Turn"),
            QT_TRANSLATE_NOOP("TargetForms", "180 for an avatar that faces backwards"),
            choices=("0", "180"),
            default="0",
        ),
        OptionForm(
            "mode",
            "choice",
            QT_TRANSLATE_NOOP("TargetForms", "Role"),
            QT_TRANSLATE_NOOP(
                "TargetForms", "assistant sends face and fingers only, to another performer"
            ),
            choices=("performer", "assistant"),
            default="performer",
        ),
        OptionForm(
            "packets",
            "choice",
            QT_TRANSLATE_NOOP("TargetForms", "Packets"),
            QT_TRANSLATE_NOOP(
                "TargetForms", "split: small bundles; frame: one bundle a frame; messages: none"
            ),
            choices=("split", "frame", "messages"),
            default="split",
        ),
        OptionForm(
            "root",
            "choice",
            QT_TRANSLATE_NOOP("TargetForms", "Root form"),
            QT_TRANSLATE_NOOP("TargetForms", "2.1 adds scale and offset"),
            choices=("2.0", "2.1"),
            default="2.0",
        ),
        OptionForm(
            "receive",
            "place",
            QT_TRANSLATE_NOOP("TargetForms", "Listen at"),
            QT_TRANSLATE_NOOP(
                "TargetForms", "Port at which commands of the receiver are heeded; empty for none"
            ),
        ),
    ),
    "vrchat": (
        OptionForm(
            "parts",
            "names",
            QT_TRANSLATE_NOOP("TargetForms", "Send"),
            QT_TRANSLATE_NOOP("TargetForms", "Trackers, gaze, and face parameters of avatars"),
            choices=VRCHAT_PARTS,
            default=",".join(VRCHAT_PARTS),
        ),
        OptionForm(
            "trackers",
            "names",
            QT_TRANSLATE_NOOP("TargetForms", "Trackers"),
            QT_TRANSLATE_NOOP("TargetForms", "Fewer often look better"),
            choices=tuple(ROLES),
            default="hip,feet,chest",
        ),
        OptionForm(
            "height",
            "number",
            QT_TRANSLATE_NOOP("TargetForms", "Your height"),
            QT_TRANSLATE_NOOP("TargetForms", "Metres: everything is scaled to it"),
            low=0.5,
            high=2.8,
            decimals=2,
        ),
        OptionForm(
            "prefix",
            "text",
            QT_TRANSLATE_NOOP("TargetForms", "Prefix"),
            QT_TRANSLATE_NOOP("TargetForms", "Before v2/ in parameter names; some want FT/"),
        ),
        OptionForm(
            "receive",
            "place",
            QT_TRANSLATE_NOOP("TargetForms", "Listen at"),
            QT_TRANSLATE_NOOP(
                "TargetForms", "Port to which VRChat sends the headset's pose, usually 9001"
            ),
        ),
        OptionForm(
            "oscquery",
            "flag",
            QT_TRANSLATE_NOOP("TargetForms", "Announce"),
            QT_TRANSLATE_NOOP("TargetForms", "Let VRChat find that port by itself (OSCQuery)"),
            default="no",
        ),
    ),
    "osc": (
        OptionForm(
            "persons",
            "number",
            QT_TRANSLATE_NOOP("TargetForms", "Persons"),
            QT_TRANSLATE_NOOP("TargetForms", "Most persons that are sent"),
            low=1,
            high=MAX_PERSONS,
        ),
    ),
    "ws": (
        OptionForm(
            "origins",
            "text",
            QT_TRANSLATE_NOOP("TargetForms", "Web sites"),
            QT_TRANSLATE_NOOP(
                "TargetForms", "Sites whose pages may read your motion: https://your.site"
            ),
        ),
    ),
    "livelinkface": (
        OptionForm(
            "subject",
            "text",
            QT_TRANSLATE_NOOP("TargetForms", "Subject"),
            QT_TRANSLATE_NOOP("TargetForms", "The name that Unreal lists"),
            default="ExPoseLive",
        ),
        OptionForm(
            "angles",
            "choice",
            QT_TRANSLATE_NOOP("TargetForms", "Angles"),
            QT_TRANSLATE_NOOP("TargetForms", "What a degree of the head is to the receiver"),
            choices=("metahuman", "radians", "half-turns"),
            default="metahuman",
        ),
    ),
    "ifacialmocap": (
        OptionForm(
            "version",
            "choice",
            QT_TRANSLATE_NOOP("TargetForms", "Form"),
            QT_TRANSLATE_NOOP("TargetForms", "Form of the message, as the receiver wants it"),
            choices=("1", "2"),
            default="1",
        ),
        OptionForm(
            "listen",
            "place",
            QT_TRANSLATE_NOOP("TargetForms", "Listen at"),
            QT_TRANSLATE_NOOP(
                "TargetForms", "Answer greetings there as the phone does; empty for not"
            ),
        ),
    ),
}
"""Scheme -> its options, those that most people want first."""

SCHEME_NAMES: Final = {
    "vmc": "VMC",
    "vrchat": "VRChat",
    "osc": "OSC (SMPL-X)",
    "ws": "WebSocket",
    "livelinkface": "Live Link Face",
    "ifacialmocap": "iFacialMocap",
}
"""Scheme -> its proper name."""

_PROFILE_NAMES: Final = {
    preset.text.partition("profile=")[2]: preset.name
    for preset in PRESETS
    if "profile=" in preset.text
}


def forms_of(scheme: str) -> tuple[OptionForm, ...]:
    """Return the options of a protocol, those of its pace last."""
    return (*FORMS[scheme], *PACE_FORMS)


def default_of(form: OptionForm, scheme: str, options: Mapping[str, str]) -> str:
    """Return what counts where an option is not written, with the others as they are."""
    rate = SINKS[scheme].default_rate
    if form.name == "rate" and rate is not None:
        return str(rate)
    if scheme != "vmc":
        return form.default
    if form.name == "parts" and options.get("mode") == "assistant":
        return "fingers,face"
    return VMC_PROFILES.get(options.get("profile", "default"), {}).get(form.name, form.default)


def receiver_name(scheme: str, options: Mapping[str, str]) -> str:
    """Return how people call what a TARGET goes to."""
    profile = options.get("profile", "") if scheme == "vmc" else ""
    known = _PROFILE_NAMES.get(profile)
    return f"{SCHEME_NAMES[scheme]} · {known}" if known else SCHEME_NAMES[scheme]


def choice_name(form: OptionForm, choice: str) -> str:
    """Return a choice for people."""
    if form.name == "profile":
        return _PROFILE_NAMES.get(
            choice, str(QCoreApplication.translate("TargetForms", "any other"))
        )
    return choice
