"""What a written name may have meant: initials, slips of a letter, parts. Pure.

Numbers are never put right: ``đường số 5`` is no slip of ``đường số 6``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from addrsvc.parsing.normalise import fold

_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[^\W\d_]+|\d+")
_LONGEST = 60
"""Letters of a name that are compared; longer ones are no name."""
_MOST_WORDS = 8


def most_edits(key: str) -> int:
    """Give how many letters of a name may be wrong: none of very short ones, at most two.

    >>> most_edits("d1"), most_edits("le loi"), most_edits("nguyen trai")
    (0, 1, 2)
    """
    if len(key) <= 4 or len(key) > _LONGEST:
        return 0
    return 1 if len(key) <= 9 else 2


def numbers_of(key: str) -> list[str]:
    """Give the words of a key that hold a digit, in order: a name is another without them.

    >>> numbers_of("duong so 5")
    ['5']
    """
    return [word for word in key.split() if not word.isalpha()]


def pieces_of(name: str) -> list[tuple[str, ...]]:
    """Give the ways to read a written name as words and first letters, folded.

    >>> pieces_of("N.T.M.Khai")
    [('n', 't', 'm', 'khai')]
    >>> pieces_of("NTMKhai"), pieces_of("CMT8")
    ([('n', 't', 'm', 'khai')], [('c', 'm', 't', '8')])
    >>> pieces_of("Ng-T- Thuật")
    [('ng', 't', 'thuat')]
    >>> pieces_of("xvnt")
    [('x', 'v', 'n', 't')]
    """
    words = _WORD.findall(name[:_LONGEST])
    if len(words) > _MOST_WORDS:
        return []
    plain = tuple(fold(word) for word in words)
    apart = tuple(piece for word in words for piece in _apart(word, alone=len(words) == 1))
    readings = [apart] if len(plain) == 1 or apart == plain else [plain, apart]
    return [pieces for pieces in readings if _shortened(pieces)]


def _shortened(pieces: tuple[str, ...]) -> bool:
    return len(pieces) > 1 and any(len(piece) <= 2 and piece.isalpha() for piece in pieces)


def _apart(word: str, *, alone: bool) -> Iterator[str]:
    """Take first letters written together apart: ``NTM``, ``NTMKhai``, ``CMT8``."""
    for piece in _PIECE.findall(word):
        capitals = len(piece) if piece.isupper() or (alone and len(piece) <= 6) else 0
        if not capitals:
            while capitals < len(piece) and piece[capitals].isupper():
                capitals += 1
            capitals -= 1  # the last one begins the word that follows
        if capitals > 6 or piece.isdigit():
            capitals = 0
        yield from (fold(letter) for letter in piece[: max(capitals, 0)])
        if rest := piece[max(capitals, 0) :]:
            yield fold(rest)


def fits(pieces: tuple[str, ...], key: str) -> bool:
    """Tell whether each piece begins its word of a key, whole words where it is no abbreviation.

    >>> fits(("ng", "t", "thuat"), "nguyen thai thuat"), fits(("n", "loi"), "nguyen loan")
    (True, False)
    """
    words = key.split()
    return len(words) == len(pieces) and all(
        word.startswith(piece) if len(piece) <= 2 else word == piece
        for piece, word in zip(pieces, words, strict=True)
    )


def initials(words: Iterable[str]) -> str:
    """Give the first letters of words together.

    >>> initials("nguyen thi minh khai".split())
    'ntmk'
    """
    return "".join(word[0] for word in words)


class Words:
    """The words names are made of: few thousand in any country, so slips are put right in them.

    >>> words = Words()
    >>> for word in ("nguyen", "trai", "trang"):
    ...     words.add(word)
    >>> words.near("nguyn", 1), words.near("trai", 1)
    (('nguyen',), ())
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._without: dict[str, str] = {}
        """Each word with one letter left out → the words it may be, spaces between."""
        self._remembered = lru_cache(maxsize=20_000)(self._search)

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def __len__(self) -> int:
        return len(self._known)

    def add(self, word: str) -> None:
        """Add a word; again changes nothing."""
        if word in self._known:
            return
        self._known.add(word)
        if word.isalpha():
            for shorter in _shorter(word):
                there = self._without.get(shorter)
                self._without[shorter] = word if there is None else f"{there} {word}"
            self._remembered.cache_clear()

    def near(self, word: str, edits: int) -> tuple[str, ...]:
        """Give the other words within one or two edits (a swap of neighbours is one)."""
        return self._remembered(word, edits) if word.isalpha() else ()

    def _search(self, word: str, edits: int) -> tuple[str, ...]:
        if len(word) > _LONGEST:
            return ()
        if edits > 1:
            near = process.extract(
                word, self._known, scorer=OSA.distance, score_cutoff=edits, limit=None
            )
            return tuple(sorted(other for other, _, _ in near if other != word))
        tried = {word, *_shorter(word)}
        found = {near for each in tried for near in self._without.get(each, "").split()}
        found |= tried & self._known
        found.discard(word)
        return tuple(
            sorted(near for near in found if OSA.distance(word, near, score_cutoff=1) <= 1)
        )


def _shorter(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def respelled(key: str, words: Words, edits: int) -> Iterator[str]:
    """Give keys with one or two words put right, unknown words first.

    Where every word is known, one of them is replaced by a word one letter away.
    """
    parts = key.split()
    if len(parts) > _MOST_WORDS:
        return
    unknown = [at for at, part in enumerate(parts) if part not in words]
    if len(unknown) > edits or any(not parts[at].isalpha() for at in unknown):
        return
    places = [tuple(unknown)] if unknown else [(at,) for at in range(len(parts))]
    for at in places:
        for others in product(*(words.near(parts[each], 1) for each in at)):
            yield _with(parts, at, others)
    if edits > 1 and len(unknown) == 1:
        yield from (_with(parts, unknown, [other]) for other in words.near(parts[unknown[0]], 2))
        for pair in combinations(range(len(parts)), 2):
            if unknown[0] in pair:
                for others in product(*(words.near(parts[each], 1) for each in pair)):
                    yield _with(parts, pair, others)


def _with(parts: list[str], at: Iterable[int], others: Iterable[str]) -> str:
    changed = list(parts)
    for place, other in zip(at, others, strict=True):
        changed[place] = other
    return " ".join(changed)


def spans(key: str) -> Iterator[str]:
    """Give the runs of two words or more within a key, longest first, the key itself not.

    >>> list(spans("cho binh duong"))
    ['cho binh', 'binh duong']
    """
    words = key.split()[:_MOST_WORDS]
    for length in range(len(words) - 1, 1, -1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])
