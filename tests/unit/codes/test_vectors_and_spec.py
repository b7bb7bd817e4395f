"""The published vectors, both ways, and the worked examples of spec.md and the modules."""

from __future__ import annotations

import csv
import doctest
import importlib
import importlib.machinery
import importlib.util
import json
import pkgutil
import re
from pathlib import Path

import pytest

import addrsvc.codes
from addrsvc.codes import errors
from addrsvc.codes.check_digit import check_digit
from addrsvc.codes.code import DigitalCode, ParsedCode, parse_code
from addrsvc.codes.detection import table
from addrsvc.codes.permutation import counter_of, suffix_at
from addrsvc.errors import LANGUAGES, AddrsvcError

ROOT = Path(__file__).resolve().parents[3]
SPEC = ROOT / "addrsvc" / "codes" / "spec.md"
MODULES = [
    importlib.import_module(f"addrsvc.codes.{module.name}")
    for module in pkgutil.iter_modules(addrsvc.codes.__path__)
]


def rows(name: str, fields: int) -> list[list[str]]:
    """Read one vector file without its header."""
    text = (ROOT / "geodata" / "vectors" / name).read_text(encoding="utf-8")
    lines = [line for line in text.split("\n")[:-1] if not line.startswith("# ")]
    found = list(csv.reader(lines))
    assert len(found) == len(lines)
    assert all(len(row) == fields for row in found)
    assert len({tuple(row) for row in found}) == len(found) > 40
    return found


def spelt(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


@pytest.mark.parametrize("row", rows("codes_valid.csv", 5), ids=lambda row: row[0])
def test_valid_forms_are_read_and_written_back(row: list[str]) -> None:
    text, digits, verified, printed, plate = row
    code = DigitalCode.of(digits)
    assert parse_code(spelt(text)) == ParsedCode(code, verified == "true")
    assert (code.printed, code.plate, str(code)) == (printed, plate, printed)
    assert parse_code(printed) == ParsedCode(code, verified=False)
    assert parse_code(plate) == ParsedCode(code, verified=True)


@pytest.mark.parametrize("row", rows("codes_invalid.csv", 3), ids=lambda row: row[0])
def test_invalid_texts_are_refused_with_their_facts(row: list[str]) -> None:
    text, slug, facts = row
    with pytest.raises(AddrsvcError) as caught:
        parse_code(spelt(text))
    assert caught.value.slug == slug
    assert caught.value.facts() == json.loads(facts)
    for language in LANGUAGES:
        assert "{" not in caught.value.text(language)


@pytest.mark.parametrize(("digits", "expected"), rows("check_digit.csv", 2))
def test_check_digit_vectors_both_ways(digits: str, expected: str) -> None:
    assert check_digit(digits) == expected
    assert parse_code(digits + expected) == ParsedCode(DigitalCode.of(digits), verified=True)
    for wrong in set("0123456789") - {expected}:
        with pytest.raises(errors.CheckDigitWrong):
            parse_code(digits + wrong)


@pytest.mark.parametrize(("prefix", "key", "counter", "suffix"), rows("permutation.csv", 4))
def test_permutation_vectors_both_ways(prefix: str, key: str, counter: str, suffix: str) -> None:
    assert suffix_at(prefix, bytes.fromhex(key), int(counter)) == suffix
    assert counter_of(prefix, bytes.fromhex(key), suffix) == int(counter)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_module_doctests(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]  # a module


def test_spec_examples() -> None:
    outcome = doctest.testfile(str(SPEC), module_relative=False, encoding="utf-8")
    assert outcome.failed == 0
    assert outcome.attempted > 25


@pytest.fixture(scope="module")
def detection_table() -> str:
    """Give the table, which takes seconds to compute."""
    return table()


def test_spec_detection_table_is_what_is_computed(detection_table: str) -> None:
    assert detection_table in SPEC.read_text(encoding="utf-8")


def test_detection_script_prints_the_table(
    detection_table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ROOT / "scripts" / "codes_check_digit_table"
    loader = importlib.machinery.SourceFileLoader("__main__", str(path))
    spec = importlib.util.spec_from_loader("__main__", loader)
    assert spec is not None
    loader.exec_module(importlib.util.module_from_spec(spec))
    assert capsys.readouterr().out == detection_table + "\n"


def test_spec_lists_every_error_with_both_languages() -> None:
    text = SPEC.read_text(encoding="utf-8")
    leaves = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and value.__module__ == errors.__name__
    ]
    assert len(leaves) > 20
    for leaf in leaves:
        assert issubclass(leaf, AddrsvcError)
        assert f"| `{leaf.slug}` |" in text
        for pair in (leaf.title, leaf.message):
            assert pair.vi.strip()
            assert pair.en.strip()
            assert pair.vi != pair.en
        assert set(re.findall(r"{(\w+)}", leaf.message.vi)) == set(
            re.findall(r"{(\w+)}", leaf.message.en)
        )
    assert len(re.findall(r"(?m)^\| `[a-z-]+` \|", text)) == len(leaves)
