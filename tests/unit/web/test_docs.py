"""The list of functions: examples as commands, rules in both languages."""

from __future__ import annotations

import doctest
import json
import shlex

from addrsvc.app import create_app
from addrsvc.edge.sunset import POLICY
from addrsvc.settings import Settings
from addrsvc.web import docs_words, functions
from addrsvc.web.functions import Function, list_functions


def test_doctests() -> None:
    for module in (docs_words, functions):
        assert doctest.testmod(module).failed == 0


def _functions() -> dict[str, Function]:
    groups = list_functions(create_app(Settings()).openapi())
    return {f"{each.method} {each.path}": each for some in groups.values() for each in some}


def test_examples_are_commands_a_shell_understands() -> None:
    functions = _functions()
    assert len({each.anchor for each in functions.values()}) == len(functions)
    for route, each in functions.items():
        if each.request:
            words = shlex.split(each.curl("https://diachi.example", "vi").replace("\\\n", ""))
            assert words[0] == "curl", route
            assert any(word.startswith("https://diachi.example/") for word in words), route
            assert "{" not in next(word for word in words if word.startswith("https:")), route
    put = shlex.split(functions["PUT /v1/dossiers/{code}"].curl("", "en").replace("\\\n", ""))
    assert "Authorization: Bearer $KEY" in put
    assert "Accept-Language: en" in put
    assert json.loads(put[put.index("-d") + 1])["procedure"] == "1.011442"
    look_up = functions["GET /v1/addresses/{ref}"]
    assert "$KEY" not in look_up.curl("", "vi")
    assert look_up.answer is not None
    assert json.loads(look_up.answer)["code"] == "9900100001"


def test_rules_are_told_in_both_languages_and_found_where_headers_point() -> None:
    vietnamese, english = (docs_words.list_conventions(each) for each in ("vi", "en"))
    assert [each.anchor for each in vietnamese] == [each.anchor for each in english]
    assert POLICY.removeprefix("/docs#") in {each.anchor for each in vietnamese}
    for one, other in zip(vietnamese, english, strict=True):
        assert one.title != other.title
        assert len(one.paragraphs) == len(other.paragraphs)
        for paragraph, translated in zip(one.paragraphs, other.paragraphs, strict=True):
            code = [[p.text for p in each if p.is_code] for each in (paragraph, translated)]
            assert len(code[0]) == len(code[1]), one.anchor
