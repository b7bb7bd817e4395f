"""Write an address the way people do: shortened, without accents or commas, mistyped.

Made from how people write, with no look at how the product reads. Every change takes a generator,
so that the same seed gives the same text.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.synthetic.communes import Unit
from benchmarks.synthetic.folding import fold, unaccented

_KNOWN_BY_LETTERS = {
    "Cách Mạng Tháng Tám": ("CMT8", "CMT 8", "CM Tháng 8", "C.M.T.8"),
    "Xô Viết Nghệ Tĩnh": ("XVNT", "X.V.N.T"),
    "Điện Biên Phủ": ("ĐBP", "Đ.B.Phủ"),
    "Nam Kỳ Khởi Nghĩa": ("NKKN",),
    "Huỳnh Văn Nghệ": ("HVN", "H.V.Nghệ"),
}
_KIND_SHORT = {
    "Phường": ("P.", "P. ", "P ", "p."),
    "Xã": ("X.", "X. ", "x."),
    "Thị trấn": ("TT.", "TT ", "tt."),
    "Quận": ("Q.", "Q. ", "q "),
    "Huyện": ("H.", "H. ", "huyện "),
    "Thị xã": ("TX.", "TX ", "tx."),
    "Thành phố": ("TP.", "TP ", "Tp. ", "tp "),
    "Tỉnh": ("T.", "tỉnh ", ""),
    "Đặc khu": ("ĐK ", "đặc khu "),
}
_PROVINCE_SHORT = {
    "Hồ Chí Minh": ("TPHCM", "TP.HCM", "TP. HCM", "HCM", "Tp HCM"),
    "Bình Dương": ("BD", "B.Dương", "T.Bình Dương", "TBình Dương"),
    "Bà Rịa - Vũng Tàu": ("BRVT", "BR-VT"),
}
_LOCALITY_SHORT = {
    "Khu phố": ("KP", "KP ", "KP.", "K.P ", "kp "),
    "Ấp": ("Ấp ", "ấp ", "A."),
    "Tổ": ("Tổ ", "tổ "),
}
_STREET_SHORT = ("Đ.", "Đ. ", "đg ", "Đg. ", "")
_OLD_TONE = {"òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ",
             "òe": "oè", "óe": "oé", "ỏe": "oẻ", "ọe": "oẹ",
             "ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ"}  # fmt: skip
_LETTERS = "abcdefghiklmnopqrstuvxy"
_CODE_LIKE = re.compile(r"^[0-9/]+[A-Za-z]?$|^[A-ZĐ]{1,3} ?[0-9]|^[Ss]ố [0-9]")
_HAS_ITS_WORD = frozenset({"duong", "quoc", "dai", "tinh", "huong", "ql", "hem"})
_ROADS = {"Đại lộ": ("ĐL", "Đ.L"), "Quốc lộ": ("QL", "QL.", "Q.lộ")}


@dataclass(frozen=True, slots=True)
class Written:
    """An address taken apart, as someone is about to write it; empty: not written."""

    number: str
    street: str
    """Without the word before it."""
    locality: str
    commune: Unit
    district: Unit
    province: Unit
    street_word: str = ""
    commas: bool = True


NOTHING = Unit("", "")


def code_like(street: str) -> bool:
    """Tell whether nobody would write the name without a word before it.

    >>> code_like("22"), code_like("D5"), code_like("30/4"), code_like("Lê Lợi")
    (True, True, True, False)
    """
    return _CODE_LIKE.match(street) is not None


def text(written: Written) -> str:
    """Join the parts as they stand."""
    street = _join(written.street_word, written.street)
    gap = " " if street else ""
    parts = [
        f"{written.number}{gap}{street}",
        written.locality,
        *(_join(each.kind, each.name) for each in (written.commune, written.district)),
        _join(written.province.kind, written.province.name),
    ]
    joined = (", " if written.commas else " ").join(part for part in parts if part.strip())
    return " ".join(joined.split())


def plainly(written: Written, draw: random.Random) -> Written:
    """Choose among the complete ways to write an address."""
    word = written.street_word
    if written.street and (code_like(written.street) or draw.random() < 0.45):
        word = _word_before(written.street)
    number = written.number
    if number and draw.random() < 0.15:
        number = f"{draw.choice(('Số', 'số', 'Số nhà'))} {number}"
    elif number.count("/") == 1 and draw.random() < 0.05 and written.street:
        alley, _, house = number.partition("/")
        number, word = f"Số {house} hẻm {alley}", _word_before(written.street)
    return replace(written, number=number, street_word=word)


def _word_before(street: str) -> str:
    return "" if fold(street).split()[0] in _HAS_ITS_WORD else "Đường"


def old_tones(line: str) -> str:
    """Put tones where they stood until the eighties, as many keyboards still do.

    >>> old_tones("Phú Hòa, Thủy"), old_tones("Hoàng")
    ('Phú Hoà, Thuỷ', 'Hoàng')
    """

    def moved(found: re.Match[str]) -> str:
        return _OLD_TONE.get(found[0], found[0])

    return re.sub(
        r"(?:[òóỏõọ][ae]|[ùúủũụ]y)(?![a-zà-ỹ])", moved, unicodedata.normalize("NFC", line)
    )


def without_accents(written: Written) -> Written:
    """Drop the accents everywhere."""

    def plain(unit: Unit) -> Unit:
        return Unit(unaccented(unit.kind), unaccented(unit.name))

    return replace(
        written,
        number=unaccented(written.number),
        street=unaccented(written.street),
        street_word=unaccented(written.street_word),
        locality=unaccented(written.locality),
        commune=plain(written.commune),
        district=plain(written.district),
        province=plain(written.province),
    )


def shortened(written: Written, draw: random.Random) -> Written:
    """Shorten the words before names, and names where people do."""
    word = written.street_word
    if word and draw.random() < 0.6 and not code_like(written.street):
        word = draw.choice(_STREET_SHORT)
    province = written.province
    if province.name in _PROVINCE_SHORT and draw.random() < 0.6:
        province = Unit("", draw.choice(_PROVINCE_SHORT[province.name]))
    else:
        province = _short_unit(province, draw)
    return replace(
        written,
        street=short_street(written.street, draw),
        street_word=word,
        locality=_short_locality(written.locality, draw),
        commune=_short_unit(written.commune, draw),
        district=_short_unit(written.district, draw),
        province=province,
    )


def short_street(name: str, draw: random.Random) -> str:
    """Shorten a street named after a person: ``N.T.M.Khai``, ``Ng. T. Minh Khai``, ``Ng Trãi``.

    >>> short_street("Nguyễn Thị Minh Khai", random.Random(1))
    'N.T.M.Khai'
    >>> short_street("Đường số 5", random.Random(1))
    'Đường số 5'
    """
    if name in _KNOWN_BY_LETTERS and draw.random() < 0.8:
        return draw.choice(_KNOWN_BY_LETTERS[name])
    words = name.split()
    for road, shorts in _ROADS.items():
        if fold(name).startswith(fold(road)):
            return f"{draw.choice(shorts)} {' '.join(words[2:])}"
    if len(words) < 2 or not all(word.isalpha() and word[0].isupper() for word in words):
        return name
    if len(words) == 2:
        return f"{draw.choice(('Ng.', 'Ng', 'Ng. '))} {words[1]}" if words[0] == "Nguyễn" else name
    fate = draw.random()
    if fate < 0.6:
        dot = draw.choice((".", ".", ". "))
        return "".join(f"{word[0]}{dot}" for word in words[:-1]) + words[-1]
    first = "Ng." if words[0] == "Nguyễn" else words[0]
    middle = [f"{word[0]}." if word in {"Thị", "Văn"} else word for word in words[1:-1]]
    return " ".join([first, *middle, words[-1]])


def initials(name: str) -> tuple[str, ...]:
    """Give what a shortened name still says, to see whether two streets would look the same."""
    words = fold(name).split()
    return (*(word[0] for word in words[:-1]), *words[-1:])


def mistyped(name: str, draw: random.Random) -> str:
    """Make one slip in one word: a letter left out, put in, put wrong, or two swapped.

    >>> [mistyped("Nguyễn Trãi", random.Random(seed)) for seed in (1, 2, 3)]
    ['Nguyn Trãi', 'guyễn Trãi', 'Nguymễn Trãi']
    """
    words = name.split()
    able = [at for at, word in enumerate(words) if len(word) >= 3 and word.isalpha()]
    if not able:
        return name
    at = draw.choice(able)
    words[at] = _slip(words[at], draw)
    return " ".join(words)


def _slip(word: str, draw: random.Random) -> str:
    at = draw.randrange(len(word))
    match draw.choice(("drop", "insert", "replace", "swap")):
        case "drop":
            return word[:at] + word[at + 1 :]
        case "insert":
            return word[:at] + draw.choice(_LETTERS) + word[at:]
        case "replace":
            return word[:at] + draw.choice(_LETTERS) + word[at + 1 :]
        case _:
            at = min(at, len(word) - 2)
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _short_unit(unit: Unit, draw: random.Random) -> Unit:
    if not unit.name or unit.kind not in _KIND_SHORT or draw.random() < 0.25:
        return unit
    short = draw.choice(_KIND_SHORT[unit.kind])
    if unit.name.isdigit():
        return Unit("", f"{short.strip()}{unit.name}")
    return Unit("", f"{short}{unit.name}")


def _short_locality(locality: str, draw: random.Random) -> str:
    for word, shorts in _LOCALITY_SHORT.items():
        if locality.startswith(word):
            return draw.choice(shorts) + locality[len(word) :].lstrip()
    return locality


def _join(word: str, name: str) -> str:
    return f"{word} {name}".strip() if name else ""


def recased(line: str, draw: random.Random) -> str:
    """Leave the case as it is, or forget it."""
    fate = draw.random()
    if fate < 0.25:
        return line.lower()
    return line.upper() if fate < 0.3 else line


def is_confusable(name: str, others: Sequence[str]) -> bool:
    """Tell whether a changed name has become another one's."""
    return fold(name) in {fold(other) for other in others}
