"""The words around names of units: what says a unit follows, and what says none does. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from addrsvc.parsing.lexicon import ROMAN, match_key
from addrsvc.parsing.model import Token
from addrsvc.parsing.normalise import fold
from addrsvc.types import Level


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A word of administration before a name."""

    kinds: frozenset[str]
    """Kinds of unit it may stand for."""
    levels: frozenset[Level]
    written_out: bool
    """A whole word (``phường``), which hardly means anything else."""


_COMMUNE, _DISTRICT, _PROVINCE = Level.COMMUNE, Level.DISTRICT, Level.PROVINCE


def _mark(kinds: str, *levels: Level, whole: bool) -> Mark:
    return Mark(frozenset(kinds.split()), frozenset(levels), whole)


_CITY = "thanh_pho thi_xa thanh_pho_truc_thuoc_trung_uong"
_ONE: Mapping[str, Mark] = {
    **dict.fromkeys(("p", "f", "ph"), _mark("phuong", _COMMUNE, whole=False)),
    **dict.fromkeys(("phường", "phuong", "phừơng"), _mark("phuong", _COMMUNE, whole=True)),
    "x": _mark("xa", _COMMUNE, whole=False),
    **dict.fromkeys(("xã", "xa"), _mark("xa", _COMMUNE, whole=True)),
    **dict.fromkeys(("tt", "ttr"), _mark("thi_tran", _COMMUNE, whole=False)),
    "q": _mark("quan", _DISTRICT, whole=False),
    **dict.fromkeys(("quận", "quan"), _mark("quan", _DISTRICT, whole=True)),
    "h": _mark("huyen", _DISTRICT, whole=False),
    **dict.fromkeys(("huyện", "huyen"), _mark("huyen", _DISTRICT, whole=True)),
    "tx": _mark("thi_xa thanh_pho", _DISTRICT, whole=False),
    "tp": _mark(_CITY, _DISTRICT, _PROVINCE, whole=False),
    "t": _mark("tinh", _PROVINCE, whole=False),
    **dict.fromkeys(("tỉnh", "tinh"), _mark("tinh", _PROVINCE, whole=True)),
}


def _pairs(first: str, second: str) -> list[tuple[str, str]]:
    return [(one, two) for one in first.split() for two in second.split()]


_TWO: Mapping[tuple[str, str], Mark] = {
    **dict.fromkeys(_pairs("thị thi t", "trấn tran"), _mark("thi_tran", _COMMUNE, whole=True)),
    ("t", "t"): _mark("thi_tran", _COMMUNE, whole=False),
    **dict.fromkeys(_pairs("đặc dac", "khu"), _mark("dac_khu", _COMMUNE, whole=True)),
    **dict.fromkeys(_pairs("thị thi t", "xã xa"), _mark("thi_xa thanh_pho", _DISTRICT, whole=True)),
    ("t", "x"): _mark("thi_xa thanh_pho", _DISTRICT, whole=False),
    **dict.fromkeys(
        _pairs("thành thanh th t", "phố pho"), _mark(_CITY, _DISTRICT, _PROVINCE, whole=True)
    ),
    ("t", "p"): _mark(_CITY, _DISTRICT, _PROVINCE, whole=False),
}
_FIRST_KEYS = frozenset(fold(word) for word in (*_ONE, *(pair[0] for pair in _TWO)))

_OWNERS = frozenset({
    "đường", "đ", "phố", "lộ", "hẻm", "ngõ", "ngách", "kiệt", "kcn", "ccn", "kdc", "kdt", "kđt",
    "chợ", "cầu", "trường", "học", "thpt", "thcs", "th", "ga", "bến", "khu", "nghiệp", "cư",
    "chung", "tòa", "toà", "nhà", "cty", "ty", "viện", "thôn", "ấp", "xóm", "bản", "tổ", "kp",
    "tdp", "khóm", "đội", "buôn", "ql", "tl", "đt", "plaza", "city", "residence", "kho", "lô",
})  # fmt: skip
"""Words whose name follows: ``đường``, ``đại lộ``, ``khu công nghiệp``, ``trường … học``."""
_OWNERS_FOLDED = frozenset(fold(word) for word in _OWNERS - {"đ"})
_SECOND_WORDS: Mapping[str, frozenset[str]] = {
    "hoc": frozenset({"tieu", "trung", "dai", "truong"}),
    "nghiep": frozenset({"cong", "xi", "nong"}),
    "cu": frozenset({"dan", "chung", "ho"}),
    "ty": frozenset({"cong"}),
    "vien": frozenset({"benh", "hoc", "cong"}),
}
"""Words that take a name only after another: ``trường học``, but ``Nguyễn Thái Học``."""
_MIDDLE_NAMES = frozenset({"van", "thi", "huu", "duc", "ngoc", "quang"})
"""What stands before a given name, whatever that means besides: ``Trần Văn Bến``."""
AFTERWORDS = frozenset({"cu", "cũ", "mới", "moi", "vn", "việt", "viet", "vietnam"})
"""Words after a name that do not belong to it: ``tỉnh Bình Dương cũ``."""
_HARD = frozenset(",;()\n|[]{}")


@lru_cache(maxsize=4096)
def break_in(gap: str) -> int:
    """Tell what a gap parts: 2 a comma or line, 1 a dash, a full stop or wide space, 0 nothing."""
    if any(char in _HARD for char in gap):
        return 2
    if "-" in gap or "–" in gap or "  " in gap or "\t" in gap or ". " in gap or "/" in gap:
        return 1
    return 0


@lru_cache(maxsize=16_384)
def word_key(key: str) -> str:
    """Give the key a token is matched by: numbers without leading zeros."""
    return str(int(key)) if key.isdecimal() and len(key) < 4 else match_key(key)


def number_of(key: str) -> str | None:
    """Read the number of a ward or district: ``07``, ``IV``; None: no such number."""
    if key.isdecimal() and len(key) < 3:
        return str(int(key))
    return ROMAN.get(key)


def mark_at(tokens: Sequence[Token], at: int) -> tuple[Mark, int] | None:
    """Read the word of administration at a token, and where what it says begins."""
    if tokens[at].key not in _FIRST_KEYS:
        return None
    word = _word(tokens[at])
    if at + 1 < len(tokens) and break_in(tokens[at + 1].gap) < 2:
        pair = _TWO.get((word, _word(tokens[at + 1])))
        if pair is not None:
            return pair, at + 2
    mark = _ONE.get(word)
    return None if mark is None else (mark, at + 1)


def _word(token: Token) -> str:
    """Give a word in lower case with its accents, without them where a digit slipped in."""
    return token.text.lower() if len(token.text) == len(token.key) else token.key


def mark_of(word: str) -> Mark:
    """Give the mark of a whole word."""
    return _ONE[word]


def is_owner(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a word takes the name that follows; ``Dương`` is not ``đường``."""
    word = tokens[at].text.lower()
    if word not in _OWNERS and not (word.isascii() and word in _OWNERS_FOLDED):
        return False
    before = tokens[at - 1].key if at > 0 and not break_in(tokens[at].gap) else ""
    needed = _SECOND_WORDS.get(tokens[at].key)
    return before not in _MIDDLE_NAMES and (needed is None or before in needed)


def owned(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether what stands before a bare name takes it: a street, a school, a house number."""
    if at == 0 or at == len(tokens) or break_in(tokens[at].gap):
        return False
    before = tokens[at - 1]
    if is_owner(tokens, at - 1):
        return True
    if not before.key[0].isdigit():
        return False
    return at == 1 or break_in(before.gap) > 0 or tokens[at - 2].key in ("so", "nha")
