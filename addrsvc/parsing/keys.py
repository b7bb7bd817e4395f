"""Search keys of house numbers, streets and localities: stored, and probed by text. Pure.

One key for every way a name or number is written. Keys compare byte by byte (``COLLATE "C"``): the
order of number keys is the order of houses, and all addresses of an alley share its key and ``/``
as their beginning. Alleys with numbers (``Hẻm 95 Lê Lợi``) are no thoroughfares: they are steps of
the house number (see ``house_number``), so that ``Hẻm 95 số 3 Lê Lợi`` is ``95/3 Lê Lợi``.

>>> number_key("Hẻm 123/45, số 6A"), alley_prefixes("00123/00045/00006a")
('00123/00045/00006a', ('00123/00045', '00123'))
>>> thoroughfare_key("Đường Cách Mạng Tháng Tám"), thoroughfare_key("Tỉnh lộ 743C")
('cach mang thang 8', 'dt 743c')
>>> locality_key("khu_pho", "KP. 03"), base_key(None, [("to", "Tổ 11"), ("ap", "Ấp Bình Phú")])
('khu_pho:3', 'ap:binh phu')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from addrsvc.parsing.house_number import padded, parse_house_number
from addrsvc.parsing.normalise import fold, name_key
from addrsvc.parsing.parts_localities import LOCALITY_WORDS

KEYS_VERSION: Final = 1
"""Raised with every change of what any key comes out as: stored keys are then made anew."""

# --- numbers ---------------------------------------------------------------------------------

_FIRST: Final = re.compile(r"(\d{5,})")
_UNIT_WORDS: Final = re.compile(
    r"^(?:(?:can ho|can|phong|p|ch|so|ma can|apartment|apt|room|unit|tang|lau|floor)"
    r"(?![a-z])[.:\s]*)+"
)
_UNIT: Final = re.compile(
    r"([a-z]{0,2})[-.\s]*(?:(\d{1,2})(\d\d)|(\d{1,2}[a-z]?)\s*[-.]\s*(\d{1,3}[a-z]?))"
)


def number_key(number: str) -> str:
    """Give the key of a house number, lot or parcel; text that is none gives its folded self.

    >>> {number_key(each) for each in ("123/45/6 a", "K123/45/6a", "nhà số 0123/45/6A")}
    {'00123/00045/00006a'}
    >>> number_key("12-14"), number_key("Lô B2-36"), number_key("thửa 602, tờ 39")
    ('00012-00014', 'lo b00002-00036', 'thua 00602 to 00039')
    """
    found = parse_house_number(number)
    return found.key if found is not None else padded(name_key(number))


def unit_key(unit: str) -> str:
    """Give the key of an apartment or room: floor and number where the text says both.

    >>> unit_key("Căn hộ 25 - 06"), unit_key("2506"), unit_key("Phòng 7")
    ('00025-00006', '00025-00006', '00007')
    """
    folded = _UNIT_WORDS.sub("", fold(unit).strip())
    found = _UNIT.fullmatch(folded)
    if found is None:
        return padded(name_key(folded))
    return padded(f"{found[1]}{found[2] or found[4]}-{found[3] or found[5]}")


def alley_prefixes(key: str) -> tuple[str, ...]:
    """Give the keys of the alleys a number lies in, nearest first; houses on the street: none.

    >>> alley_prefixes("00095/"), alley_prefixes("00012-00014")
    (('00095',), ())
    """
    steps = key.split("/")[:-1]
    return tuple("/".join(steps[:end]) for end in range(len(steps), 0, -1))


def street_number(key: str) -> int | None:
    """Give the number on the street itself, for parity and interpolation.

    The first of a range, the alley's for a house in an alley; None: a lot, parcel or series with
    a letter before it (``A12``), which do not count along a street.

    >>> street_number("00123/00045"), street_number("00012-00014"), street_number("lo 00005")
    (123, 12, None)
    """
    found = _FIRST.match(key)
    return None if found is None or len(found[1]) > 5 else int(found[1])


# --- thoroughfares ---------------------------------------------------------------------------

_ROADS: Final = {
    "ql": r"quoc lo|q\.? ?l",
    "dt": r"duong tinh(?: lo)?|tinh lo|d\.? ?t|t\.? ?l",
    "dh": r"duong huyen|d\.? ?h",
    "hl": r"huong lo|h\.? ?l",
    "dx": r"duong xa|d\.? ?x",
}
_ROAD: Final = re.compile(
    f"(?:{'|'.join(f'(?P<{key}>{words})' for key, words in _ROADS.items())})"
    r"(?: so|[ .:_-])*0*(?P<number>\d{1,4})[ -]?(?P<letter>[a-z]?)"
)
_PROVINCIAL: Final = re.compile(r"(?:so )?(7[4-8]\d) ?([a-z]?)")
"""741 to 789 are provincial roads of the south-east: ``Đường 743B`` is ĐT 743B."""
_DATE: Final = re.compile(r"(?:ngay )?0?(\d{1,2})(?: ?[/.-] ?| thang )0?(\d{1,2})")
_SERIAL: Final = re.compile(r"(?:so )?0*(\d+) ?([a-z]?)")
_GENERIC: Final = re.compile(
    r"(?:(?:mat tien|duong|pho|street)[ .:]+(?=\S)|d[. ]+(?=[a-z]{2})|so (?=[a-z]{1,3} ?\d))+"
)
_PERSON: Final = re.compile(
    r"duong (?:dinh nghe|dinh hoi|dinh cuc|ba trac|ba cung|quang ham|quang dong|tu giang|tu minh"
    r"|tu quan|khue|van nga|van an|van duong|van cam|bach mai|thi xuan quy|thieu tuoc|cong khi"
    r"|cong trung|tan tuoc|cat loi|duc hien|hien quyen|thi muoi|lam|minh chau|tri trach)"
    r"|pho (?:duc chinh|co dieu|minh)"
)
"""Dương and Phó as names of people, written without accents."""
_NAME_ACCENTS: Final = re.compile(r"(?:dương|phó|phổ)\s", re.IGNORECASE)
_MONTHS: Final = {
    "gieng": "1", "hai": "2", "ba": "3", "tu": "4", "nam": "5", "sau": "6", "bay": "7",
    "tam": "8", "chin": "9", "muoi": "10", "muoi mot": "11", "muoi hai": "12", "chap": "12",
}  # fmt: skip
_MONTH: Final = re.compile(rf"(?<=thang )({'|'.join(_MONTHS)})$")
_DAYS: Final = {
    "mot": "1", "hai": "2", "ba": "3", "bon": "4", "nam": "5", "sau": "6", "bay": "7", "tam": "8",
    "chin": "9", "muoi": "10",
}  # fmt: skip
_DAY: Final = re.compile(rf"^({'|'.join(_DAYS)})(?= thang \d)")
_INITIALS: Final = {
    "cmt8": "cach mang thang 8", "cmt 8": "cach mang thang 8", "cmtt": "cach mang thang 8",
    "cm thang 8": "cach mang thang 8", "cm t8": "cach mang thang 8",
    "cach mang t8": "cach mang thang 8", "cmthang 8": "cach mang thang 8",
    "xvnt": "xo viet nghe tinh", "nkkn": "nam ky khoi nghia", "ntmk": "nguyen thi minh khai",
    "dlbd": "dai lo binh duong", "dl binh duong": "dai lo binh duong",
    "dai lo bd": "dai lo binh duong", "dbp": "dien bien phu", "thd": "tran hung dao",
}  # fmt: skip
_CUT_SURNAME: Final = re.compile(r"^ng (?=[a-z])")
_ROMAN: Final = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
    "xi": "11", "xii": "12",
}  # fmt: skip
_ROMAN_END: Final = re.compile(rf"(?<=[a-z] )({'|'.join(_ROMAN)})(?=$| [a-z]$)")
_GLUED: Final = re.compile(r"(?<=[a-z]{4})(?=\d)")
_CODE: Final = re.compile(r"^([a-z]{1,3}) (?=\d)")
_LETTER: Final = re.compile(r"(?<=\d) (?=[a-z]$)")
_ZEROS: Final = re.compile(r"(?<!\d)0+(?=\d)")
_SHORT_I: Final = re.compile(r"(?<![a-z])(qu|[hklmst])i(?![a-z0-9])")
_ASIDE: Final = re.compile(r"\([^()]*\)?")
_ALLEY: Final = re.compile(
    r"(?:duong )?(?P<alleys>(?:(?:hem|ngo|ngach|kiet)[ .]+(?:so )?\d[0-9a-z/-]*[ ,]*)+)"
    r"(?P<street>.*)"
)


@lru_cache(maxsize=65_536)
def thoroughfare_key(name: str) -> str:
    """Give the key of a street or numbered road, the word for street dropped.

    >>> [thoroughfare_key(each) for each in ("Quốc lộ 13", "QL.13", "ĐX-043", "đường ĐX43")]
    ['ql 13', 'ql 13', 'dx 43', 'dx 43']
    >>> [thoroughfare_key(each) for each in ("Đường số 5", "Đường 30-4", "30 tháng Tư", "D 1")]
    ['so 5', '30 thang 4', '30 thang 4', 'd1']
    >>> thoroughfare_key("Dương Đình Nghệ"), thoroughfare_key("CMT8")
    ('duong dinh nghe', 'cach mang thang 8')
    """
    plain = _ASIDE.sub("", name).strip() or name.strip("( )")
    folded = " ".join(fold(plain).split())
    if (road := _road(folded)) is not None:
        return road
    generic = _GENERIC.match(folded)
    if generic is not None and not (_NAME_ACCENTS.match(plain) or _PERSON.fullmatch(folded)):
        folded = folded[generic.end() :]
        if (road := _road(folded)) is not None:
            return road
    return _INITIALS.get(key := _tidied(folded), key)


def _road(folded: str) -> str | None:
    """Read a road named by a number or a date; None: it is not one."""
    if (road := _ROAD.fullmatch(folded)) is not None:
        road_class = next(key for key in _ROADS if road[key] is not None)
        return f"{road_class} {road['number']}{road['letter']}"
    if (date := _DATE.fullmatch(folded)) is not None:
        day, month = int(date[1]), int(date[2])
        if 1 <= day <= 31 and 1 <= month <= 12:
            return f"{day} thang {month}"
    if (road := _PROVINCIAL.fullmatch(folded)) is not None:
        return f"dt {road[1]}{road[2]}"
    if (road := _SERIAL.fullmatch(folded)) is not None:
        return f"so {road[1]}{road[2]}"
    return None


def _tidied(folded: str) -> str:
    """Give a name's key: numbers, codes and numerals in one spelling."""
    key = name_key(folded)
    if not key.replace(" ", "").isalpha():
        key = _GLUED.sub(" ", _ZEROS.sub("", key))
        key = _LETTER.sub("", _CODE.sub(r"\1", key))
    key = _CUT_SURNAME.sub("nguyen ", key)
    key = _ROMAN_END.sub(lambda found: _ROMAN[found[1]], key)
    if "thang " in key:
        key = _MONTH.sub(lambda found: _MONTHS[found[1]], key)
        key = _DAY.sub(lambda found: _DAYS[found[1]], key)
    return _SHORT_I.sub(r"\1y", _LETTER.sub("", key))


# --- localities ------------------------------------------------------------------------------

_WORD: Final = re.compile(
    rf"({'|'.join(sorted(LOCALITY_WORDS, key=len, reverse=True))})(?: |(?=\d))(?:so (?=\d))?(?=\S)"
)
_INITIALS_ROMAN: Final = re.compile(r"^kp(i{1,3}|iv|vi{0,3}|ix|x)$")
_NUMERALS: Final = {
    **_ROMAN, "v": "5", "x": "10", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "sau": "6",
    "bay": "7", "tam": "8", "chin": "9", "muoi": "10",
}  # fmt: skip
_ACCENTED: Final = {"năm": "5", "tư": "4"}
"""``nam`` and ``tu`` without accents may be words of their own: ấp Nam, khu phố Tự."""


_ACCENTS: Final = {
    "ap": "ấp", "to": "tổ", "cum": "cụm", "thon": "thôn", "xom": "xóm", "ban": "bản",
    "khom": "khóm", "buon": "buôn", "lang": "làng", "doi": "đội",
}  # fmt: skip
"""Words that are also the first of names: ``Tô Hiệu`` is no tổ."""
_SHORT: Final = frozenset(("to", "cum", "ban", "lang", "doi"))


@lru_cache(maxsize=65_536)
def locality_key(kind: str, name: str) -> str:
    """Give the key of a locality: its kind, a colon, its name without the words of the kind.

    What the words say goes before ``kind``.

    >>> locality_key("khu_pho", "Khu phố 02"), locality_key("place", "KPI")
    ('khu_pho:2', 'khu_pho:1')
    >>> locality_key("place", "Dự án KDC Bình Chuẩn"), locality_key("place", "KCN VSIP II-A")
    ('residential_area:binh chuan', 'industrial_area:vsip 2a')
    """
    key = _INITIALS_ROMAN.sub(r"kp \1", name_key(name))
    if (only := LOCALITY_WORDS.get(key)) is not None:
        return f"{only.kind}:"
    while (word := _WORD.match(key)) is not None and _says_kind(word, kind, name):
        kind, key = LOCALITY_WORDS[word[1]].kind, key[word.end() :]
        if word[1] not in {"du an", "khu"}:
            break
    last = name.lower().rsplit(maxsplit=1)[-1:]
    if last and last[0] in _ACCENTED and " " not in key:
        return f"{kind}:{_ACCENTED[last[0]]}"
    key = _NUMERALS.get(key) or _tidied(key)
    return f"{kind}:{key.replace('viet nam singapore', 'vsip')}"


def _says_kind(word: re.Match[str], kind: str, name: str) -> bool:
    accented = _ACCENTS.get(word[1])
    if accented is None:
        return True
    composed = unicodedata.normalize("NFC", name.lower()).strip()
    first = re.split(r"[\s.\d]", composed, maxsplit=1)[0]
    if first != word[1]:
        return first == accented
    return (
        word[1] not in _SHORT
        or LOCALITY_WORDS[word[1]].kind == kind
        or word.string[word.end()].isdigit()
    )


def base_key(thoroughfare: str | None, localities: Sequence[tuple[str, str]]) -> str | None:
    """Give the key of what a house number counts along.

    The street; else the innermost locality, innermost first in ``localities`` as in a label, a tổ
    only where nothing else is named (people leave it out); None: nothing is named.
    """
    return search_keys(None, thoroughfare, localities)[0]


def search_keys(
    house_number: str | None, thoroughfare: str | None, localities: Sequence[tuple[str, str]]
) -> tuple[str | None, str | None]:
    """Give the keys an address is found by: what its number counts along, and the number.

    An alley kept with the street's name moves to the number.

    >>> search_keys("3", "Hẻm 95 Lê Lợi", [])
    ('le loi', '00095/00003')
    """
    number = house_number
    street = thoroughfare
    if thoroughfare is not None:
        alley = _ALLEY.fullmatch(" ".join(fold(thoroughfare).split()))
        if alley is not None:
            street = alley["street"].strip(" ,") or None
            number = " ".join((alley["alleys"], f"số {house_number}" if house_number else ""))
    key = None if number is None else number_key(number)
    if street is not None:
        return thoroughfare_key(street), key
    keys = [locality_key(kind, name) for kind, name in localities]
    return next((each for each in keys if not each.startswith("to:")), next(iter(keys), None)), key
