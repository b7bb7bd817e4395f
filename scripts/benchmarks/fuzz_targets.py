"""Runs inside the fuzzer's own environment: random texts through everything that reads texts.

``fuzz_targets.py [libFuzzer options] [corpus folder]``. A crash is anything raised that is no error
of ours, and anything said about a text that cannot be: a span outside it, a text that changes when
it is normalised again.
"""

# ruff: noqa: E402 -- what is instrumented is imported first

from __future__ import annotations

import json
import sys
from importlib import import_module

atheris = import_module("atheris")

with atheris.instrument_imports(include=["addrsvc.parsing", "addrsvc.geocoding.geocodejson"]):
    from addrsvc.geocoding.geocodejson import collection
    from addrsvc.parsing import keys
    from addrsvc.parsing.house_number import parse_house_number
    from addrsvc.parsing.label import Around, parts_of, postal_lines
    from addrsvc.parsing.model import Parsed
    from addrsvc.parsing.normalise import normalise
    from addrsvc.parsing.reader import AddressReader
    from addrsvc.parsing.tokens import tokenise
    from addrsvc.parsing.units import UnitReader

from addrsvc.errors import AddrsvcError
from addrsvc.geocoding.answers import Area, Candidate, Match
from addrsvc.geocoding.calibration import Features
from addrsvc.geocoding.model import MatchLevel
from addrsvc.types import LonLat
from benchmarks.reading import unit_lexicon

_READER = AddressReader(UnitReader(unit_lexicon()))
_AROUND = Around("Phường Thủ Dầu Một", None, "Thành phố Hồ Chí Minh")
_PROVINCE = Area("79", "Thành phố Hồ Chí Minh", LonLat(106.7, 10.9), 46_000)
_COMMUNE = Area("25747", "Phường Thủ Dầu Một", LonLat(106.65, 10.98), 2_000, _PROVINCE)


def one_input(data: bytes) -> None:
    """Read one text in every way."""
    text = data.decode("utf-8", "replace")
    try:
        _read(text)
    except AddrsvcError:
        return


def _read(text: str) -> None:
    once = normalise(text)
    _must("normalise is not idempotent", holds=normalise(once) == once)
    for token in tokenise(text):
        _must("a token lies outside the text", holds=0 <= token.start < token.end <= len(text))
    parsed = _READER.read(text)
    _check_spans(parsed)
    postal_lines(parts_of(parsed.components), _AROUND, form="both")
    parse_house_number(text)
    for key in (keys.number_key, keys.thoroughfare_key, keys.unit_key):
        key(text)
    keys.search_keys(text, text, [("khu_pho", text)])
    place = Candidate(
        Features(MatchLevel.HOUSE),
        _COMMUNE,
        name=text,
        code="7512304827",
        house_number=text,
        street=text,
        locality=text,
        point=LonLat(106.65, 10.98),
    )
    answer = collection([Match(place, 0.9, 0.5)], text)
    _must("no collection", holds=json.loads(json.dumps(answer))["type"] == "FeatureCollection")


def _check_spans(parsed: Parsed) -> None:
    spans = [each.span for each in parsed.components if each.span is not None]
    for start, end in (*spans, *(each.span for each in parsed.noise)):
        _must("a span lies outside the text", holds=0 <= start <= end <= len(parsed.text))


def _must(what: str, *, holds: bool) -> None:
    if not holds:
        raise RuntimeError(what)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
