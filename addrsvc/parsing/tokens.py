"""Cut a text into words and numbers, each with its span in the text as given. Pure.

>>> [token.text for token in tokenise("12-14b,P.AnKhánh, TXTân Thạnh")]
['12-14b', 'P', 'An', 'Khánh', 'TX', 'Tân', 'Thạnh']
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from addrsvc.parsing.model import Span, Token
from addrsvc.parsing.normalise import ZERO_WIDTH, fold

_LATIN = [chr(code) for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00))]
_UPPER = "".join(char for char in _LATIN if char.isupper())
_LOWER = "".join(char for char in _LATIN if char.islower())
_BREAKS = r"\s,;:.()\[\]{}<>!?\"“”„«»…/\\|+*=&%$#@^~`_\-–—−•·'‘’"
_CHUNK = re.compile(rf"[^{_BREAKS}](?:[^{_BREAKS}]|[/\-–_'’](?=[^{_BREAKS}])|(?<=\d)\.(?=\d))*")
_CACHED_LENGTH = 40
_CLUSTER_LENGTH = 8
"""A letter with more marks than this is no letter; composing it would take quadratic time."""
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_JOINT = re.compile(r"[/\-–_.]")
_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"([A-ZĐ]{0,3})\d+(?:[A-ZĐ]?(?:bis|ter)|[A-ZĐ]\d{0,3})?", re.IGNORECASE)
_NUMBER_TAIL = re.compile(r"[A-Z]{1,5}|[a-z]{1,2}")
_WARD = re.compile(r"[PpQqFf]\d{1,2}")
_LETTERED = re.compile(r"([^\W\d_]+)(?=\d)")
_MARKS = "".join(char for char in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(char))
"""What may stay behind a letter that is composed already: it is part of the letter."""
_RUNS = re.compile(rf"\d+(?:[^\W\d_][{_MARKS}]*(?![^\W\d_]|[{_MARKS}]))?|\D+")
_SLIPPED = re.compile(rf"(?:[{_UPPER}{_LOWER}]{{2,}}\d[{_LOWER}]+|[{_UPPER}]\d[{_LOWER}]{{2,}})")
_SAYS_NUMBER = frozenset({
    "p", "q", "f", "kp", "tdp", "kdc", "khu", "ap", "to", "so", "ngo", "ngach", "hem", "kiet",
    "lo", "lau", "tang", "phong", "thon", "doi", "duong", "pho", "can", "block", "quan",
    "phuong", "xom", "khom", "cum", "dx", "dt", "dh", "ql", "tl", "hl", "tp",
})  # fmt: skip
_CAMEL = re.compile(rf"(?<=[{_LOWER}])(?=[{_UPPER}])")
_GLUED = re.compile(
    rf"(?:[Tt][PpXxTt]|K[Pp]|[PXQHTF])(?=[{_UPPER}][{_LOWER}])"
    r"|(?i:xã|quận|ấp|phố|trấn|tỉnh|huyện|phường|thành|thôn|đường|huyen|phuong|thị(?=xã|trấn))"
    r"(?=[^\W\d_]{2})"
)

_Piece = tuple[int, int, str, str]
"""Start and end within the chunk, text, key."""


def tokenise(text: str) -> list[Token]:
    """Cut a text into tokens, in order; linear in its length.

    A number with its alleys, a range or a decimal is one token (``123/45/6A``, ``12-14b``,
    ``30/4``), letters before it too where they belong to it (``D2``, ``B216A``). A word that
    says what follows is cut from what it is glued to (``P01``, ``TXTân``, ``HuyệnViệt``,
    ``KP5``, ``QL13``); words without a space between them are cut at the capital. A digit slipped
    into a word stays in its text and not in its key (``Thà6nh``); nor does an apostrophe.
    """
    tokens: list[Token] = []
    last = 0
    for match in _CHUNK.finditer(text):
        at, chunk = match.start(), match[0]
        pieces = _known_pieces(chunk) if len(chunk) <= _CACHED_LENGTH else _pieces(chunk)
        for start, end, written, key in pieces:
            tokens.append(Token(written, key, at + start, at + end, text[last : at + start]))
            last = at + end
    return tokens


def _pieces(chunk: str) -> tuple[_Piece, ...]:
    """Cut what stands between two breaks; marks without a letter are nothing."""
    clean, places = _cleaned(chunk)
    cut = [span for part in _parts(clean) for span in _words(clean, *part)]
    return tuple(
        (places[start], places[end], clean[start:end], key)
        for start, end in cut
        if places[start] < places[end] and (key := _key(clean[start:end]))
    )


_known_pieces = lru_cache(maxsize=16_384)(_pieces)


def _cleaned(chunk: str) -> tuple[str, range | list[int]]:
    """Give a chunk composed and without unseen characters, and where each character began."""
    if chunk.isascii():
        return chunk, range(len(chunk) + 1)
    clean: list[str] = []
    places: list[int] = []
    start = 0
    while start < len(chunk):
        end = start + 1
        limit = min(len(chunk), start + _CLUSTER_LENGTH)
        while end < limit and (unicodedata.combining(chunk[end]) or chunk[end] in ZERO_WIDTH):
            end += 1
        cluster = chunk[start:end].translate(_WIDE)
        if end > start + 1 or cluster in ZERO_WIDTH:
            cluster = "".join(char for char in cluster if char not in ZERO_WIDTH)
        composed = unicodedata.normalize("NFC", cluster)
        clean.append(composed)
        places.extend(min(start + at, end - 1) for at in range(len(composed)))
        start = end
    return "".join(clean), [*places, len(chunk)]


def _parts(clean: str) -> Iterator[Span]:
    """Part a chunk at ``/ - .``, but keep a number with its alleys, a range, a decimal whole."""
    begin = start = 0
    for joint in _JOINT.finditer(clean):
        end = joint.start()
        follower = _JOINT.search(clean, end + 1)
        after = clean[end + 1 : follower.start() if follower else len(clean)]
        if not _one_number(clean[start:end], joint[0], after):
            yield begin, end
            begin = end + 1
        start = end + 1
    yield begin, len(clean)


def _one_number(before: str, joint: str, after: str) -> bool:
    left, right = _NUMBER.fullmatch(before), _NUMBER.fullmatch(after)
    if left is None or _says_number(left[1]):
        return False
    if right is None:
        return joint == "/" and _NUMBER_TAIL.fullmatch(after) is not None
    wards = joint == "/" and _WARD.fullmatch(before) and _WARD.fullmatch(after)
    return not wards and not _says_number(right[1])


def _says_number(letters: str) -> bool:
    return len(letters) > 1 and fold(letters) in _SAYS_NUMBER


def _words(clean: str, start: int, end: int) -> Iterator[Span]:
    """Cut one part into words and numbers."""
    part = clean[start:end]
    if not any(char.isdigit() for char in part):
        yield from _unglued(clean, start, end)
        return
    if _JOINT.search(part) or _SLIPPED.fullmatch(part):
        yield start, end
        return
    lettered = _LETTERED.match(part)
    if lettered is not None and (
        _WARD.fullmatch(part) or (len(lettered[1]) > 1 and fold(lettered[1]) in _SAYS_NUMBER)
    ):
        yield start, start + lettered.end()
        start += lettered.end()
    if _NUMBER.fullmatch(clean, start, end):
        yield start, end
        return
    for run in _RUNS.finditer(clean, start, end):
        yield from _unglued(clean, run.start(), run.end())


def _unglued(clean: str, start: int, end: int) -> Iterator[Span]:
    """Cut words from the word of their kind and at capitals."""
    while (glued := _GLUED.match(clean, start, end)) is not None:
        yield start, glued.end()
        start = glued.end()
    for capital in _CAMEL.finditer(clean, start + 1, end):
        yield start, capital.start()
        start = capital.start()
    if end > start:
        yield start, end


def _key(word: str) -> str:
    key = fold(word)
    if _SLIPPED.fullmatch(word):
        return "".join(char for char in key if not char.isdigit())
    return key.replace("'", "").replace("’", "")
