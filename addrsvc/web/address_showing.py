"""Pure: what the permanent page of an address shows beside the address itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.admin_units.conversion import PresentCommune
from addrsvc.codes.code import DigitalCode
from addrsvc.codes.schemes import SCHEMES, Scheme
from addrsvc.errors import Language
from addrsvc.planning.model import Planned
from addrsvc.registry.links import COMPUTED, Link, LinkScheme
from addrsvc.registry.model import Address
from addrsvc.web.planning_showing import ShownPlanned, shown_planned
from addrsvc.web.search_words import DIGIT_NAMES
from addrsvc.web.words import words

_COMMUNES_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class ShownAlias:
    """Another name of the place."""

    name: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class ShownMore:
    """What stands on the permanent page alone."""

    spoken: str
    aliases: tuple[ShownAlias, ...]
    planned: ShownPlanned | None
    """None: the place is not known well enough."""
    former_communes: tuple[str, ...]


def shown_more(
    address: Address,
    links: Sequence[Link],
    planned: Planned | None,
    former: Sequence[PresentCommune],
    language: Language,
) -> ShownMore:
    """Give it in words; ``links`` are those anybody may see."""
    names = [each.name for each in former[:_COMMUNES_SHOWN]]
    if len(former) > _COMMUNES_SHOWN:
        names.append("…")
    return ShownMore(
        spoken=spoken(DigitalCode.of(str(address.code)), language),
        aliases=tuple(
            _alias(each, language)
            for each in links
            if (each.scheme, each.value) != (LinkScheme.CODE, address.code)
        ),
        planned=None if planned is None else shown_planned(planned, language),
        former_communes=tuple(names) if names != [address.commune_name] else (),
    )


def spoken(code: DigitalCode, language: Language) -> str:
    """Write a code the way it is read aloud.

    >>> spoken(DigitalCode.of("7512304827"), "vi")
    'bảy năm một hai ba, không bốn tám hai bảy, số kiểm tra bảy'
    """
    say = words(language)
    check = say.spoken_check.format(digit=_digits(code.check_digit, language))
    return f"{_digits(code.prefix, language)}, {_digits(code.suffix, language)}, {check}"


def _digits(digits: str, language: Language) -> str:
    return " ".join(DIGIT_NAMES[int(each)].in_(language) for each in digits)


def _alias(link: Link, language: Language) -> ShownAlias:
    say = words(language)
    if link.scheme is LinkScheme.CODE:
        return ShownAlias(say.alias_former_code, DigitalCode.of(link.value).plate, "")
    rule = SCHEMES[Scheme(link.scheme.value)]
    note = say.alias_computed if link.source == COMPUTED else ""
    return ShownAlias(rule.label.in_(language), link.value, note)
