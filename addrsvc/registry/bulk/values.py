"""Pure: read single values as people write them in files."""

from __future__ import annotations

import re
from typing import Final

from addrsvc.codes.schemes import Scheme, normalise
from addrsvc.parsing.normalise import name_key
from addrsvc.registry.bulk.row_errors import NumberInvalid, ValueUnknown
from addrsvc.registry.fields import clean
from addrsvc.registry.model import KIND_NAMES, Kind, Marks, Method, Status, Visibility

_KIND_WORDS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.DWELLING: ("nha", "nha o ca nhan", "ho gia dinh", "nha rieng", "house", "residential"),
    Kind.APARTMENT: ("chung cu", "can ho chung cu", "flat"),
    Kind.BOARDING_ROOM: ("nha tro", "phong tro", "day tro"),
    Kind.STATE_OFFICE: (
        "tru so",
        "co quan",
        "uy ban",
        "ubnd",
        "tru so co quan",
        "commune hq",
        "office",
        "government",
        "institution",
        "commune hq",
    ),
    Kind.ENTERPRISE: ("cong ty", "business", "company", "cua hang", "shop", "co so kinh doanh"),
    Kind.PRODUCTION_SITE: ("nha may", "xuong", "factory", "co so san xuat kinh doanh"),
    Kind.PUBLIC_FACILITY: (
        "truong hoc",
        "truong",
        "school",
        "university",
        "tram y te",
        "benh vien",
        "hospital",
        "clinic",
        "cho",
        "market",
        "nha van hoa",
        "co so ton giao",
        "chua",
        "nha tho",
        "bus stop",
        "tram xe buyt",
        "cong trinh cong cong",
    ),
    Kind.WORKS: ("cong trinh", "tram dien", "cau", "tower"),
    Kind.PLACE: ("place locality", "locality", "dia diem", "dia danh", "place"),
}
KINDS: Final[dict[str, str]] = {
    name_key(word): kind.value
    for kind in Kind
    for word in (kind.value, kind.value.replace("_", " "), *KIND_NAMES[kind], *_KIND_WORDS[kind])
}
"""Folded word → kind; synonyms as they occur in lists of offices and collectors."""

METHODS: Final[dict[str, str]] = {
    **{name_key(method.value): method.value for method in Method},
    "gps": "gnss",
    "do dac": "survey",
    "ban do": "map",
    "anh ve tinh": "imagery",
    "khong ro": "unknown",
}
MARKS: Final[dict[str, str]] = {
    **{name_key(marks.value): marks.value for marks in Marks},
    "cong": "entrance",
    "loi vao": "entrance",
    "nha": "building",
    "thua dat": "parcel",
}
VISIBILITIES: Final[dict[str, str]] = {
    **{name_key(each.value): each.value for each in Visibility},
    "cong khai": "public",
    "han che": "restricted",
    "mat": "secret",
}
STATUSES: Final[dict[str, str]] = {name_key(each.value): each.value for each in Status}

_LOCALITY_WORDS: Final[tuple[tuple[str, str, str], ...]] = (
    # folded beginning, kind, how it is written in full
    ("khu pho", "khu_pho", "Khu phố"),
    ("kp", "khu_pho", "Khu phố"),
    ("to dan pho", "khu_pho", "Tổ dân phố"),
    ("ap", "ap", "Ấp"),
    ("thon", "thon", "Thôn"),
    ("to", "to", "Tổ"),
    ("khu cong nghiep", "industrial_area", "Khu công nghiệp"),
    ("kcn", "industrial_area", "Khu công nghiệp"),
    ("cum cong nghiep", "industrial_area", "Cụm công nghiệp"),
    ("khu dan cu", "residential_area", "Khu dân cư"),
    ("kdc", "residential_area", "Khu dân cư"),
    ("khu do thi", "residential_area", "Khu đô thị"),
    ("kdt", "residential_area", "Khu đô thị"),
)
LOCALITY_KINDS: Final = frozenset({kind for _, kind, _ in _LOCALITY_WORDS} | {"place"})
_TITLES: Final = {"khu_pho": "Khu phố", "ap": "Ấp", "thon": "Thôn", "to": "Tổ"}

_GLUED = re.compile(r"(?<=[^\W\d_])(?=\d)")
_BLANK = re.compile(r",?\s+")


def number(field: str, text: str) -> float:
    """Read a number; a decimal comma will do. ``nan`` and ``inf`` are read as they are.

    Raises:
        NumberInvalid: it is none.

    >>> number("lon", "106,6519")
    106.6519
    """
    plain = text.replace(",", ".") if text.count(",") == 1 else text
    if "_" in plain or not plain.isascii():  # Python reads 1_000, and digits of other scripts
        raise NumberInvalid(field=field)
    try:
        return float(plain)
    except ValueError:
        raise NumberInvalid(field=field) from None


def pair(text: str) -> tuple[float, float]:
    """Read two coordinates of one cell, in the order written.

    >>> pair("10.9804, 106.6519")
    (10.9804, 106.6519)

    Raises:
        NumberInvalid: not two numbers.
    """
    plain = text.strip().strip("()[]")
    parts = plain.split(";") if ";" in plain else _BLANK.split(plain)
    parts = plain.split(",") if len(parts) == 1 else [part for part in parts if part]
    if len(parts) != 2:
        raise NumberInvalid(field="coordinates")
    return number("coordinates", parts[0]), number("coordinates", parts[1])


def word(field: str, text: str, known: dict[str, str]) -> str:
    """Read a value of a list, accents and case ignored.

    Raises:
        ValueUnknown: it is none of them.
    """
    found = known.get(name_key(text))
    if found is None:
        raise ValueUnknown(
            field=field, given=text[:40], known=", ".join(sorted(set(known.values())))
        )
    return found


def locality(text: str, kind: str | None = None) -> list[str]:
    """Read one locality: kind and name, both as kept.

    ``kind`` is what the column says; None: the words say it.

    >>> locality("KP 3"), locality("3", "khu_pho"), locality("to:Tổ 5")
    (['khu_pho', 'Khu phố 3'], ['khu_pho', 'Khu phố 3'], ['to', 'Tổ 5'])
    """
    before, colon, after = text.partition(":")
    if colon and before.strip() in LOCALITY_KINDS:
        return [before.strip(), clean("localities", after)]
    kept = clean("localities", text)
    folded = name_key(_GLUED.sub(" ", kept))
    for begin, found, title in _LOCALITY_WORDS:
        if folded.startswith(f"{begin} ") and (kind is None or kind == found):
            rest = _after(kept, begin.count(" ") + 1)
            return [found, f"{title} {rest}"]
    if kind is None:
        return ["place", kept]
    return [kind, f"{_TITLES[kind]} {kept}"]


def _after(text: str, words: int) -> str:
    """Give what follows the first words of a name; ``KP3`` counts as two words."""
    parts = text.replace(".", " ").split()
    if len(parts) <= words:
        parts = _GLUED.sub(" ", " ".join(parts)).split()
    return " ".join(parts[words:])


def localities(text: str) -> list[list[str]]:
    """Read localities divided by semicolons, or by commas where there is no semicolon."""
    sign = ";" if ";" in text or ":" in text else ","
    return [locality(part) for part in text.split(sign) if part.strip()]


def aliases(text: str) -> tuple[tuple[str, str], ...]:
    """Read other identifiers: ``scheme:value`` divided by semicolons.

    Raises:
        ValueUnknown: no such scheme.
        InvalidInput: a value is not of its scheme's form.
    """
    found = []
    for part in text.split(";"):
        scheme, _, value = part.strip().partition(":")
        if scheme not in _SCHEMES:
            raise ValueUnknown(field="aliases", given=scheme[:40], known=", ".join(_SCHEMES))
        found.append((scheme, normalise(Scheme(scheme), value)))
    return tuple(found)


_SCHEMES = tuple(each.value for each in Scheme)
