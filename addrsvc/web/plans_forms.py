"""Pure: the form that describes a plan: its fields as sent, read, and back into the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from addrsvc.errors import Language, Pointer
from addrsvc.planning.model import Described, Level, PlanKind
from addrsvc.web.words import words

FIELDS: Final = (
    "name",
    "kind",
    "level",
    "code_list",
    "issuer",
    "decision_number",
    "decision_date",
    "scale",
    "period_from",
    "period_to",
    "note",
    "is_synthetic",
)

_NUMBERS: Final = ("scale", "period_from", "period_to")


@dataclass(frozen=True, slots=True)
class Sent:
    """A description as sent, and what of it cannot be read."""

    given: Mapping[str, str]
    """By field, as it goes back into the form."""
    fields: Mapping[str, Any]
    """Fields of ``Described``; only there if nothing is wrong."""
    wrong: Mapping[str, str]
    """Sentences by field."""


def empty_form() -> dict[str, str]:
    """Give the fields of a plan nothing is said of yet."""
    return {
        **dict.fromkeys(FIELDS, ""),
        "kind": PlanKind.LAND_USE.value,
        "level": Level.COMMUNE.value,
        "code_list": "land-use-2024",
    }


def form_of(described: Described) -> dict[str, str]:
    """Give the fields of a description as a form shows them."""
    shown: dict[str, str] = {}
    for name in FIELDS:
        value = getattr(described, name)
        if name == "is_synthetic":
            shown[name] = "1" if value else ""
        else:
            shown[name] = "" if value is None else str(value)
    return shown


def read_form_of_plan(form: Mapping[str, str], language: Language) -> Sent:
    """Read a description; what it must be beyond that, the register of plans says."""
    say = words(language)
    given = {name: form.get(name, "").strip() for name in FIELDS}
    fields: dict[str, Any] = {name: given[name] or None for name in FIELDS}
    wrong: dict[str, str] = {}
    fields["name"], fields["is_synthetic"] = given["name"], bool(given["is_synthetic"])
    if not given["name"]:
        wrong["name"] = say.plan_name_missing
    for name, values in (("kind", PlanKind), ("level", Level)):
        try:
            fields[name] = values(given[name])
        except ValueError:
            wrong[name] = say.plan_choice_missing
    for name in _NUMBERS:
        if given[name]:
            number = read_number(given[name])
            fields[name] = number
            if number is None:
                wrong[name] = say.plan_number_bad
    if given["decision_date"]:
        try:
            fields["decision_date"] = date.fromisoformat(given["decision_date"])
        except ValueError:
            wrong["decision_date"] = say.plan_day_bad
    return Sent(given, fields, wrong)


def read_number(text: str) -> int | None:
    """Read a whole number as people write it; a scale may come with its ``1:``.

    >>> read_number("2000"), read_number("1:2.000"), read_number("1/25 000"), read_number("2,5x")
    (2000, 2000, 25000, None)
    """
    kept = text.strip().removeprefix("1:").removeprefix("1/")
    for separator in (".", ",", " ", "\u00a0"):
        kept = kept.replace(separator, "")
    return int(kept) if kept.isascii() and kept.isdigit() and len(kept) <= 9 else None


def wrong_of(pointers: Iterable[Pointer], language: Language) -> dict[str, str]:
    """Give what is wrong by the field it stands beside; of no field: under the empty name."""
    wrong: dict[str, str] = {}
    for each in pointers:
        name = each.pointer.lstrip("/").partition("/")[0]
        wrong.setdefault(name if name in FIELDS else "", each.detail.in_(language))
    return wrong
