"""Pure: rules on the parts of an address: number, street, khu phố, and what it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from addrsvc.errors import Text
from addrsvc.findings import Finding
from addrsvc.parsing.house_number import HouseNumber, parse_house_number
from addrsvc.parsing.normalise import fold
from addrsvc.parsing.parts_words import words
from addrsvc.registry.model import KIND_NAMES, Kind
from addrsvc.registry.quality import kinds_links
from addrsvc.registry.quality import kinds_parts as kinds
from addrsvc.registry.quality.subject import Subject

_PARTS: Final = frozenset({Kind.APARTMENT, Kind.BOARDING_ROOM})
_COUNTED: Final = frozenset({Kind.DWELLING, Kind.ENTERPRISE, Kind.STATE_OFFICE})
"""Kinds that have a number where the street has one."""
_MAX_DEPTH: Final = 8
_MAX_STREET: Final = 80

_BELOW: Final = re.compile(
    r"(?<![a-z])(?:khu pho|kp|ap|thon|to dan pho|to(?= ?\d)|khom|xom|khu dan cu|kdc|khu cong nghiep"
    r"|kcn|phuong|xa|thi tran|quan|huyen|tp|thanh pho|tinh)(?![a-z])"
)
"""Words of parts that have a field of their own."""
_WORDS: Final = re.compile(r"[a-z]{2,}")
_LOT_WORDS: Final = words(
    "so nha lo dat thua to ban do bd hem ngo ngach kiet bis ter can ho tang block khu day va mat"
    " tien"
)
_RANGE: Final = re.compile(r"(\d+)-(\d+)")
_NUMBER_FIRST: Final = re.compile(r"(?:so )?\d+[a-z]?(?:/\d+[a-z]?)*[, ]+(?!thang |\d)[a-z]{2,}")
_NO_STREET: Final = re.compile(
    r"(?:khu phố|khu pho|kp|ấp|thôn|tổ(?= ?\d)|khóm|khu dân cư|kdc|khu công nghiệp|kcn|phường|xã"
    r"|thị trấn)(?!\w)"
)
"""Accents told apart: Tỉnh lộ, Xa lộ and Xa La are streets."""
_ASIDE: Final = re.compile(r" *\([^()]*\)?")

_HOLDS_BELOW: Final = Text(
    "có cả khu phố, ấp, phường hoặc xã trong đó.", "it holds a khu phố, ấp or commune as well."
)
_HOLDS_STREET: Final = Text("có cả tên đường trong đó.", "it holds the name of a street as well.")
_NO_DIGIT: Final = Text("không có chữ số nào.", "it has no digit.")
_NOT_READ: Final = Text("không đọc được như một số nhà.", "it cannot be read as a number.")
_REVERSED: Final = Text("khoảng số viết ngược.", "its range runs backwards.")
_TOO_DEEP: Final = Text("quá nhiều lớp hẻm.", "it has too many alleys.")
_SEVERAL: Final = Text("có nhiều hơn một tên.", "it holds more than one name.")
_HOLDS_NUMBER: Final = Text("có cả số nhà trong đó.", "it holds a house number as well.")
_TOO_LONG: Final = Text("quá dài cho một tên đường.", "it is too long for the name of a street.")


def number_is_a_number(subject: Subject) -> Iterator[Finding]:
    """Check the form of the house number."""
    number = subject.document.components.house_number
    if number is None:
        return
    why = odd_number(number)
    if why is not None:
        yield Finding(kinds.NUMBER_ODD, {"number": number[:60], "why": why})


def odd_number(number: str) -> Text | None:
    """Say what is odd in a house number; None: nothing.

    >>> odd_number("12/3A"), odd_number("12 khu phố 9").en
    (None, 'it holds a khu phố, ấp or commune as well.')
    """
    read = parse_house_number(number)
    if read is not None:
        return _odd_chain(read)
    folded = fold(number)
    if _BELOW.search(folded):
        return _HOLDS_BELOW
    if not any(sign.isdigit() for sign in folded):
        return _NO_DIGIT
    named = [word for word in _WORDS.findall(folded) if word not in _LOT_WORDS]
    return _HOLDS_STREET if len(named) > 1 else _NOT_READ


def _odd_chain(read: HouseNumber) -> Text | None:
    if len(read.steps) > _MAX_DEPTH:
        return _TOO_DEEP
    found = _RANGE.fullmatch(read.steps[-1]) if read.steps else None
    return _REVERSED if found is not None and int(found[1]) > int(found[2]) else None


def number_counts_along_something(subject: Subject) -> Iterator[Finding]:
    """Check that a number has a street, khu phố or ấp, and a street its number."""
    parts, kind = subject.document.components, subject.document.kind
    if subject.parent is not None or subject.document.parent is not None:
        return
    if parts.house_number is not None:
        if subject.keys[0] is None:
            yield Finding(kinds.NUMBER_WITHOUT_STREET, {"number": parts.house_number[:60]})
    elif parts.thoroughfare is not None and kind in _COUNTED and subject.keys[1] is None:
        yield Finding(kinds.NUMBER_MISSING)


def something_is_named(subject: Subject) -> Iterator[Finding]:
    """Check that something below the commune says which address it is."""
    document = subject.document
    parts = document.components
    named = (
        document.name,
        document.parent,
        document.text,
        parts.building,
        parts.unit,
        *subject.keys,
    )
    if all(each is None for each in named):
        yield Finding(kinds.NOTHING_BELOW_COMMUNE)


def street_is_a_street(subject: Subject) -> Iterator[Finding]:
    """Check the form of the street's name, and that the register knows it."""
    street = subject.document.components.thoroughfare
    if street is None:
        return
    why = odd_street(street)
    if why is not None:
        yield Finding(kinds.STREET_ODD, {"street": street[:_MAX_STREET], "why": why})
        return
    said = subject.street
    if said is None or said.is_known is not False:
        return
    facts = {"street": street, "commune": subject.commune.name}
    if said.elsewhere:
        facts["elsewhere"] = ", ".join(said.elsewhere)
        yield Finding(kinds.STREET_NOT_IN_COMMUNE, facts)
    else:
        yield Finding(kinds.STREET_NOT_IN_REGISTER, facts)


def odd_street(street: str) -> Text | None:
    """Say what is odd in the name of a street; None: nothing.

    >>> odd_street("30 tháng 4"), odd_street("12 Lê Lợi").en
    (None, 'it holds a house number as well.')
    >>> odd_street("Tỉnh lộ 743"), odd_street("Ấp 1").en
    (None, 'it holds a khu phố, ấp or commune as well.')
    """
    plain = " ".join(_ASIDE.sub("", street.lower()).split())
    first, _, rest = plain.partition(",")
    if any(_NO_STREET.match(part.strip()) for part in (first, rest)):
        return _HOLDS_BELOW
    if _NUMBER_FIRST.match(fold(plain)):
        return _HOLDS_NUMBER
    if rest:
        return _SEVERAL
    return _TOO_LONG if len(street) > _MAX_STREET else None


def localities_are_known(subject: Subject) -> Iterator[Finding]:
    """Check that the register knows the khu phố or ấp, where it knows any there."""
    for name in subject.unknown_localities:
        facts = {"locality": name, "commune": subject.commune.name}
        yield Finding(kinds.LOCALITY_NOT_IN_REGISTER, facts)


def parts_have_buildings(subject: Subject) -> Iterator[Finding]:
    """Check that a unit belongs to a building and has a number."""
    document = subject.document
    parts = document.components
    if document.parent is None:
        what = _part_of(document.kind, parts.unit, parts.floor)
        if what is not None:
            yield Finding(kinds_links.PART_WITHOUT_BUILDING, {"part": what})
    elif document.kind in _PARTS and parts.unit is None:
        yield Finding(kinds_links.PART_WITHOUT_NUMBER, {"kind": KIND_NAMES[document.kind]})


def _part_of(kind: Kind, unit: str | None, floor: str | None) -> Text | None:
    """Say what makes an address a part; None: it is whole."""
    if kind in _PARTS:
        return Text(KIND_NAMES[kind].vi.lower(), f"of kind {KIND_NAMES[kind].en.lower()}")
    if unit is not None:
        return Text(f"“{unit}” trong một tòa nhà", f"“{unit}” in a building")
    return None if floor is None else Text(f"một phần của tầng {floor}", f"on floor {floor}")


RULES: Final = (
    number_is_a_number,
    number_counts_along_something,
    something_is_named,
    street_is_a_street,
    localities_are_known,
    parts_have_buildings,
)
