"""The form offers what the sinks know: no option is missing, none is made up, every choice is taken."""

import re

import pytest

pytest.importorskip("PyQt5", reason="the texts are Qt's to translate")

from app.sinks.catalog import SINKS, create_sink
from app.sinks.vmc_options import PROFILES, VmcOptions
from app.viewer.panels.target_light import _PARTS
from app.viewer.target_forms import (
    FORMS,
    SCHEME_NAMES,
    default_of,
    forms_of,
    receiver_name,
)
from app.viewer.target_text import TargetParts, parts_of, text_of
from engines.errors import UsageError

SCHEMES = sorted(SINKS)


def with_option(scheme, **options):
    return text_of(TargetParts(scheme, options=options))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_options_are_those_of_the_sink(scheme):
    with pytest.raises(UsageError) as refused:
        create_sink(with_option(scheme, bogus="1"))
    known = re.search(r"knows (.*)$", str(refused.value)).group(1).split(", ")
    assert sorted(form.name for form in forms_of(scheme)) == sorted(known)
    assert scheme in SCHEME_NAMES
    assert list(FORMS) == list(SINKS)


def cases(kind):
    return [
        pytest.param(scheme, form, id=f"{scheme}-{form.name}")
        for scheme in SCHEMES
        for form in forms_of(scheme)
        if form.kind == kind
    ]


@pytest.mark.parametrize(("scheme", "form"), cases("choice") + cases("names"))
def test_each_choice_is_taken_and_no_other_is(scheme, form):
    for choice in form.choices:
        create_sink(with_option(scheme, **{form.name: choice}))
    with pytest.raises(UsageError) as refused:
        create_sink(with_option(scheme, **{form.name: "bogus"}))
    listed = re.search(r"(?:choose one of|choose from) (.*)$", str(refused.value)).group(1)
    assert listed.removesuffix(", or none").split(", ") == list(form.choices)


@pytest.mark.parametrize(("scheme", "form"), cases("number"))
def test_numbers_have_the_limits_of_the_sink(scheme, form):
    for value in (form.low, form.high):
        create_sink(with_option(scheme, **{form.name: f"{value:g}"}))
    for value in (form.low - 0.3, form.high + 0.3):
        with pytest.raises(UsageError):
            create_sink(with_option(scheme, **{form.name: f"{value:g}"}))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_usual_may_be_written_too(scheme):
    usual = {
        form.name: default_of(form, scheme, {})
        for form in forms_of(scheme)
        if default_of(form, scheme, {})
    }
    create_sink(with_option(scheme, **usual))


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_what_a_profile_sets_is_shown_as_usual(profile):
    options = {"profile": profile}
    usual = {
        form.name: default_of(form, "vmc", options)
        for form in FORMS["vmc"]
        if form.kind in ("choice", "names")
    }
    written = parts_of(with_option("vmc", **(usual | options)))
    plain = parts_of(with_option("vmc", **options))
    assert vmc_options(written) == vmc_options(plain)


def vmc_options(parts):
    from app.sinks.target import parse_target

    return VmcOptions.from_target(parse_target(text_of(parts), {"vmc": 39539}))


def test_receivers_are_called_as_people_call_them():
    assert receiver_name("vmc", {"profile": "warudo"}) == "VMC · Warudo"
    assert receiver_name("vmc", {}) == "VMC"
    assert receiver_name("livelinkface", {}) == "Live Link Face"


def test_the_translators_know_all_parts_of_the_pattern():
    from app.sinks.test_pattern import PARTS

    assert tuple(part.name for part in PARTS) == _PARTS
