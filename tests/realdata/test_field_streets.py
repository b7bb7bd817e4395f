"""The phone's keys of the streets and texts on record are the server's: no names are told."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from field_node import ask

from addrsvc.parsing.keys import number_key, thoroughfare_key

pytestmark = pytest.mark.realdata


def column(file: Path, name: str) -> list[str]:
    with file.open(encoding="utf-8") as lines:
        return sorted({row[name] for row in csv.DictReader(lines) if row[name]})


def test_streets_and_texts_have_the_same_keys(realdata: Path) -> None:
    streets = column(realdata / "streets.csv", "name")
    texts = [
        part.strip()
        for line in column(realdata / "addresses_binhduong.csv", "address")
        for part in line.split(",")
    ]
    names = [*streets, *texts]
    answers = ask([("keys", "thoroughfareKey", (name,)) for name in names])
    assert sum(map(lambda said, name: said != thoroughfare_key(name), answers, names)) == 0
    answers = ask([("keys", "numberKey", (name,)) for name in names])
    assert sum(map(lambda said, name: said != number_key(name), answers, names)) == 0
