"""Pure: find out the encoding of the texts of a layer, and decode them.

What a file says of its encoding is often wrong: fonts of the nineties (TCVN3, VNI) put Vietnamese
into the bytes of Western European text, and programs note that down.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from addrsvc.parsing.legacy_encodings import ENCODINGS, decode_text, likelihoods
from addrsvc.planning.files.contents import Cell
from addrsvc.planning.files.errors import TextEncodingUnknown

_SAMPLES: Final = 2_000
_SAMPLED: Final = 200_000
_CLEARLY: Final = 0.3
_MOSTLY: Final = 0.9
_UTF8: Final = {"utf8", "65001"}
_VIETNAMESE: Final = {"1258", "cp1258", "windows1258", "ansi1258"}
_NAMES: Final = {"utf8": "utf-8", "windows1258": "cp1258", "1258": "cp1258", "abc": "tcvn3"}


class Lettered(NamedTuple):
    """Columns as people read them."""

    columns: dict[str, list[Cell]]
    encoding: str
    encoding_from: str
    """``asked``, ``file`` or ``guessed``."""


def letter(
    columns: Mapping[str, list[Cell]], *, asked: str | None, said: str | None, is_bytes: bool
) -> Lettered:
    """Decode the texts of all columns, and their names.

    Args:
        columns: values as their format gives them.
        asked: the encoding somebody named; None: find it out.
        said: what the file names; it may be wrong.
        is_bytes: each character stands for a byte; else the texts are Unicode already, and
            nothing but letters of old fonts is decoded.

    Raises:
        TextEncodingUnknown: no encoding has the name asked for.
    """
    samples = _samples(columns)
    if asked is not None:
        encoding, known_from = _named(asked), "asked"
    elif is_bytes:
        encoding, known_from = _of_bytes(samples, said)
    else:
        encoding, known_from = _of_texts(samples)
    decoded: dict[str, list[Cell]] = {}
    seen: dict[str, str] = {}
    for name, values in columns.items():
        shown = _decoded(name, encoding, seen, is_bytes=is_bytes)
        while shown in decoded:
            shown += "_"
        decoded[shown] = [
            _decoded(value, encoding, seen, is_bytes=is_bytes) if isinstance(value, str) else value
            for value in values
        ]
    return Lettered(decoded, encoding, known_from)


def _named(asked: str) -> str:
    plain = asked.lower().replace("-", "").replace("_", "")
    name = _NAMES.get(plain, plain)
    if name not in ENCODINGS:
        raise TextEncodingUnknown(encoding=asked[:40])
    return name


def _samples(columns: Mapping[str, list[Cell]]) -> list[str]:
    """Give different texts of more than ASCII, some of each column."""
    found: dict[str, None] = {}
    each = max(_SAMPLES // max(len(columns), 1), 50)
    for name, values in columns.items():
        of_column: dict[str, None] = {} if name.isascii() else {name: None}
        for value in values[:_SAMPLED]:
            if isinstance(value, str) and not value.isascii():
                of_column[value] = None
                if len(of_column) >= each:
                    break
        found |= of_column
    return list(found)


def _of_bytes(samples: Iterable[str], said: str | None) -> tuple[str, str]:
    scores = likelihoods([_whole(each.encode("latin-1", "replace")) for each in samples])
    best = max(ENCODINGS, key=lambda each: scores[each])
    plain = "".join(filter(str.isalnum, (said or "").lower()))
    stated = "utf-8" if plain in _UTF8 else "cp1258" if plain in _VIETNAMESE else None
    if stated is not None and scores[stated] >= min(scores[best] - _CLEARLY, 1.0):
        return stated, "file"
    return best, "guessed"


def _whole(raw: bytes) -> bytes:
    """Leave out a last character of UTF-8 that the width of a column cut in two."""
    for cut in range(1, 4):
        head = raw[:-cut]
        try:
            if not head.decode("utf-8").isascii() and raw[-cut] >= 0xC2:
                return head
        except UnicodeDecodeError:
            continue
    return raw


def _of_texts(samples: list[str]) -> tuple[str, str]:
    """Tell Unicode from letters of old fonts, which are all of Western European text."""
    western = [raw for each in samples if (raw := _western(each)) is not None]
    if not western or len(western) < len(samples) * _MOSTLY:
        return "utf-8", "file"
    old = likelihoods(western)
    best = "tcvn3" if old["tcvn3"] >= old["vni"] else "vni"
    as_is = likelihoods([each.encode() for each in samples])["utf-8"] - 2
    return (best, "guessed") if old[best] > max(as_is + _CLEARLY, 0) else ("utf-8", "file")


def _western(text: str) -> bytes | None:
    """Give the bytes that show as this text in Western Europe; None: there are none."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding)
        except UnicodeEncodeError:
            continue
    return None


def _decoded(text: str, encoding: str, seen: dict[str, str], *, is_bytes: bool) -> str:
    """Decode one text, remembering it: attributes repeat."""
    if text.isascii() and encoding in {"utf-8", "cp1258"}:
        return text
    known = seen.get(text)
    if known is None:
        raw: str | bytes = text.encode("latin-1", "replace") if is_bytes else text
        if not is_bytes and (encoding in {"utf-8", "cp1258"} or _western(text) is None):
            known = unicodedata.normalize("NFC", text)
        else:
            known = decode_text(raw, encoding)
        seen[text] = known
    return known
