"""Examples in the OpenAPI document: what to send, and what came back when it was sent.

``examples.json`` says what is sent, in the order of a story; ``example_answers.json`` holds what
was answered, written by the test that sends them all (``ADDRSVC_RECORD_EXAMPLES=1``), and which
problems each route was seen to answer with. The address asked about is that of the demo, whose
prefix is no province's: an example never names somebody's home.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI

_HERE: Final = Path(__file__).parent
ASKED: Final = _HERE / "examples.json"
ANSWERED: Final = _HERE / "example_answers.json"

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"


@cache
def list_examples() -> dict[str, dict[str, Any]]:
    """Give what is sent, by method and path.

    ``path``, ``query``, ``headers``, one of ``body``, ``form`` and ``raw``; ``status`` if not 200.
    """
    return dict(json.loads(ASKED.read_text(encoding="utf-8")))


@cache
def list_answers() -> dict[str, dict[str, Any]]:
    """Give what was answered, by method and path: ``answer`` and ``problems``."""
    return dict(json.loads(ANSWERED.read_text(encoding="utf-8")))


def install(app: FastAPI) -> None:
    """Let the document of an application hold the examples."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            add_examples(plain())
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign] # the framework's own way


def add_examples(document: dict[str, Any]) -> None:
    """Put what is known of each operation into a document."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            route = f"{method.upper()} {path}"
            asked = list_examples().get(route)
            if asked is not None:
                _add(operation, asked)
                operation["x-request"] = asked
            _add_answers(operation, asked or {}, list_answers().get(route, {}))


def _add(operation: dict[str, Any], asked: dict[str, Any]) -> None:
    given = {
        **{("path", name): value for name, value in asked.get("path", {}).items()},
        **{("query", name): value for name, value in asked.get("query", {}).items()},
        **{("header", name.lower()): value for name, value in asked.get("headers", {}).items()},
    }
    for parameter in operation.get("parameters", ()):
        place, name = parameter["in"], parameter["name"]
        value = given.get((place, name.lower() if place == "header" else name))
        if value is not None and not (place == "query" and name == "dry_run"):
            parameter["example"] = value
    content = operation.get("requestBody", {}).get("content", {})
    for media_type, key in ((JSON, "body"), (FORM, "form")):
        if key in asked and media_type in content and "examples" not in content[media_type]:
            content[media_type]["example"] = asked[key]


def _add_answers(
    operation: dict[str, Any], asked: dict[str, Any], answered: dict[str, Any]
) -> None:
    responses = operation["responses"]
    told = responses.get(str(asked.get("status", 200)), {}).get("content", {})
    for media_type, content in told.items():
        if "json" in media_type and "answer" in answered:
            content["example"] = answered["answer"]
            break
    problems = answered.get("problems", ())
    if problems and "4XX" in responses:
        responses["4XX"] = {**responses["4XX"], "x-problems": problems}
