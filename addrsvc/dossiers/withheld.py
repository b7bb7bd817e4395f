"""Pure: leave persons out of a text that is to be an address.

People write names, telephones and numbers of papers into address boxes. Names are found where
they are known from the same record, or stand behind ông, bà with Văn or Thị inside; whatever else
a text may hold, ``parsing`` leaves out when it is read.

>>> without_person("Hộ ông Nguyễn Văn Mẫu, 12 Lê Lợi, ĐT 0900 000 000", ["NGUYEN VAN MAU"]).text
'12 Lê Lợi'
>>> without_person("12 Đường Nguyễn Trãi, P. Phú Lợi", ["Nguyễn Trãi"]).was_there
False
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from addrsvc.parsing.normalise import fold, name_key
from addrsvc.parsing.parts_noise import find_noise

_WORD: Final = re.compile(r"[^\W_]+")
_TITLES: Final = frozenset(
    ("hộ", "gia", "đình", "chủ", "nhà", "của", "ông", "bà", "anh", "chị", "cô", "chú")
)
_CALLED: Final = frozenset(("ông", "bà", "chị"))
"""Those that are nothing else: ``anh`` and ``cô`` end names of houses too."""
_BARE_TITLES: Final = frozenset(map(fold, _TITLES))
_BARE_CALLED: Final = frozenset(map(fold, _CALLED))
"""As they look in a text without accents."""
_MIDDLE: Final = frozenset(("van", "thi"))
_WAYS: Final = frozenset(("duong", "d", "pho", "dai", "lo", "hem", "ngo", "ngach", "kiet", "dl"))
"""Before a name they say that it is a street's."""
_NUMBER_KINDS: Final = frozenset(("phone", "email"))
LONG_NUMBER: Final = 9
"""Digits from which on a number is no house number."""
_PERSONS_NUMBER: Final = re.compile(
    r"\s*(?:0(?:0[1-9]|[1-8][0-9]|9[0-6])[0-3](?:[ .]?[0-9]){8}"
    r"|(?:\+84|0)[ .]?[35789](?:[ .]?[0-9]){8}"
    r"|0[35789][0-9]{1,2}-[0-9]{3}-[0-9]{3,4})\s*"
)
"""Of an identity card, or a telephone."""
_NUMBER: Final = re.compile(r"\d(?:[ .\-]{0,2}\d){7,}")
_LEFT_OVER: Final = re.compile(r"\(\s*\)|\[\s*\]")
_EMPTY_PART: Final = re.compile(r"[ \t]*([,;])(?:[ \t]*[,;:])+")
_TELEPHONE: Final = re.compile(
    r"(?:\b(?:sđt|đtdđ|đt|điện thoại|số điện thoại|cccd|cmnd|số cccd|email)\b[ .:]*)+(?=[,;)]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A text without persons."""

    text: str
    was_there: bool
    """Something was left out."""


def without_person(text: str, names: Iterable[str] = (), numbers: Iterable[str] = ()) -> Withheld:
    """Leave out persons, telephones, mail addresses and numbers of papers.

    Args:
        text: an address as somebody wrote it.
        names: of the persons of the record; a single word is no name.
        numbers: of their papers, telephones.
    """
    left = unicodedata.normalize("NFC", text)
    was_there = False
    by_first = _by_first(names)
    papers = {digits_in(number) for number in numbers}
    while spans := sorted((*_named(left, by_first), *_numbered(left, papers))):
        left, was_there = _without(left, spans), True  # again: the rest may close up to a name
    return Withheld(left if was_there else text, was_there)


@dataclass(frozen=True, slots=True, repr=False)
class Persons:
    """Names and numbers a record itself tells, to look for them where they do not belong."""

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def cut(self, text: str) -> Withheld:
        """Leave them out of a text, and what else tells of a person."""
        return without_person(text, self.names, self.numbers)

    def are_in(self, code: str) -> bool:
        """Tell whether a code is made of one of them."""
        key, digits = name_key(code).replace(" ", ""), digits_in(code)
        names = {name_key(name).replace(" ", "") for name in self.names if " " in name.strip()}
        return any(name in key for name in names - {""}) or any(
            len(number) >= LONG_NUMBER and number in digits for number in self.numbers
        )


NOBODY: Final = Persons()
"""Nothing is known of the persons."""


def names_person(text: str) -> bool:
    """Tell whether a text that is to be a code has the form of a person's number or name.

    Of an identity card (twelve digits, province first) or telephone; a mail address; a name with
    Văn or Thị.

    >>> list(map(names_person, ["079090000001", "0900 000 001", "Lê Thị Mẫu 2", "HS/2024/17"]))
    [True, True, True, False]
    """
    if _PERSONS_NUMBER.fullmatch(text) is not None or "@" in text:
        return True
    return any(_named(f"ông {unicodedata.normalize('NFC', text)}", {}))


def looks_personal(text: str) -> bool:
    """Tell the same of a text that is to be a dossier's code: words without a digit are none.

    >>> list(map(looks_personal, ["Trần Mẫu", "202401150003", "HSO-A", "123456789"]))
    [True, False, False, False]
    """
    words = text.split()
    return names_person(text) or (len(words) > 1 and all(each.isalpha() for each in words))


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Give a text without some spans, and without the signs and words that stood for them."""
    kept = []
    start = 0
    for begin, end in spans:
        kept.append(text[start:begin] if begin > start else "")
        start = max(start, end)
    kept.append(text[start:])
    left = _TELEPHONE.sub("", _LEFT_OVER.sub(" ", " ".join(kept)))
    tidy = " ".join(_EMPTY_PART.sub(r"\1", left).split())
    return tidy.strip(" ,;:-–").replace(" ,", ",")


def _by_first(names: Iterable[str]) -> dict[str, list[list[str]]]:
    """Give names of two words and more, folded, by their first word, longest first."""
    found: dict[str, list[list[str]]] = {}
    for name in names:
        words = _WORD.findall(fold(unicodedata.normalize("NFC", name)))
        if len(words) > 1:
            found.setdefault(words[0], []).append(words)
    return {first: sorted(each, key=len, reverse=True) for first, each in found.items()}


def _named(text: str, names: Mapping[str, list[list[str]]]) -> Iterator[tuple[int, int]]:
    words = [_Word(found[0].lower(), *found.span()) for found in _WORD.finditer(text)]
    keys = [fold(word.text) for word in words]
    titles, called = (_BARE_TITLES, _BARE_CALLED) if text.isascii() else (_TITLES, _CALLED)
    for at in range(len(words)):
        is_street = at > 0 and keys[at - 1] in _WAYS
        known = () if is_street else names.get(keys[at], ())
        length = next((len(each) for each in known if keys[at : at + len(each)] == each), 0)
        first = at
        while _is_beside(text, words, first) and words[first - 1].text in titles:
            first -= 1
        if not length and first < at and words[at - 1].text in called:
            length = _called(text, words, keys, at)
        if length:
            yield words[first].start, words[at + length - 1].end


class _Word(NamedTuple):
    text: str
    start: int
    end: int


def _called(text: str, words: Sequence[_Word], keys: Sequence[str], at: int) -> int:
    """Tell how many words of a name with Văn or Thị stand at a place; 0: none."""
    if len(words) < at + 3 or keys[at + 1] not in _MIDDLE:
        return 0
    length = 3
    while (
        length < 5
        and at + length < len(words)
        and _is_beside(text, words, at + length)
        and words[at + length].text.isalpha()
    ):
        length += 1
    return length


def _is_beside(text: str, words: Sequence[_Word], at: int) -> bool:
    """Tell whether only spaces or a full stop stand between a word and the one before."""
    return at > 0 and not text[words[at - 1].end : words[at].start].strip(" .")


def _numbered(text: str, numbers: Iterable[str]) -> Iterator[tuple[int, int]]:
    for noise in find_noise(text):
        begin, end = noise.span
        written = text[begin:end]
        if noise.kind in _NUMBER_KINDS or (written.isdigit() and len(written) >= LONG_NUMBER):
            is_open = written.count("(") > written.count(")") and text[end : end + 1] == ")"
            yield begin, end + is_open
    for found in _NUMBER.finditer(text):
        digits = digits_in(found[0])
        if any(len(number) >= LONG_NUMBER and number in digits for number in numbers):
            yield found.span()


def digits_in(text: str) -> str:
    """Give the digits of a text, whatever stands between them."""
    return "".join(sign for sign in text if sign.isdigit())
