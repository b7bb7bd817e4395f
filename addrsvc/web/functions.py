"""Pure: the functions an OpenAPI document lists, grouped for a page."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

_METHODS: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function."""

    name: str
    place: str
    """``path``, ``query`` or ``header``."""
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Function:
    """One operation: method and path, what it does, what it takes."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    anchor: str
    is_ending: bool
    request: Mapping[str, Any]
    """What an example sends, see ``edge.examples``; empty: there is none."""

    answer: str | None
    """What was answered to it, as JSON; None: no JSON."""

    problems: Sequence[str]
    """Types of problems it was seen to answer with."""

    def curl(self, origin: str, language: str) -> str:
        """Give the example as a command for a shell, with the key left to fill in."""
        sent = self.request
        path = self.path.format(**{k: quote(str(v)) for k, v in sent.get("path", {}).items()})
        query = f"?{urlencode(sent['query'])}" if sent.get("query") else ""
        said = ["curl", *(() if self.method == "GET" else ("-X", self.method))]
        headers = {"Accept-Language": language, **sent.get("headers", {})}
        if "body" in sent:
            headers["Content-Type"] = "application/json"
        if "raw" in sent:
            headers["Content-Type"] = "application/octet-stream"
        lines = [" ".join([*said, shlex.quote(f"{origin}{path}{query}")])]
        lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()]
        if "not-signed-in" in self.problems:
            lines.append('-H "Authorization: Bearer $KEY"')
        if "body" in sent:
            lines.append(f"-d {shlex.quote(json.dumps(sent['body'], ensure_ascii=False))}")
        if "form" in sent:
            lines.append(f"-d {shlex.quote(urlencode(sent['form'], safe='<>'))}")
        if "raw" in sent:
            lines.append(f"--data-binary {shlex.quote(sent['raw'])}")
        return " \\\n  ".join(lines)


def list_functions(document: dict[str, Any]) -> dict[str, list[Function]]:
    """Give the operations by their last tag, the narrowest, in the document's order."""
    groups: dict[str, list[Function]] = {}
    for tag, function in _operations(document):
        groups.setdefault(tag, []).append(function)
    return groups


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, Function]]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            operation = methods.get(method)
            if operation is None:
                continue
            tags = operation.get("tags") or ["other"]
            yield (
                tags[-1],
                Function(
                    method=method.upper(),
                    path=path,
                    summary=operation.get("summary", ""),
                    description=operation.get("description", "").replace("``", ""),
                    parameters=tuple(map(_parameter, operation.get("parameters", ()))),
                    anchor=_anchor(method, path),
                    is_ending=bool(operation.get("deprecated")),
                    request=operation.get("x-request", {}),
                    answer=_answer_of(operation),
                    problems=operation["responses"].get("4XX", {}).get("x-problems", ()),
                ),
            )


def _anchor(method: str, path: str) -> str:
    """Give a name for links to a function.

    >>> _anchor("get", "/v1/addresses/{ref}")
    'get-v1-addresses-ref'
    """
    return "-".join([method, *re.findall(r"[a-z0-9]+", path.lower())])


def _answer_of(operation: Mapping[str, Any]) -> str | None:
    for status, response in operation["responses"].items():
        for content in response.get("content", {}).values() if status.startswith("2") else ():
            if "example" in content:
                return json.dumps(content["example"], ensure_ascii=False, indent=2)
    return None


def _parameter(declared: dict[str, Any]) -> Parameter:
    return Parameter(
        name=declared["name"],
        place=declared["in"],
        is_required=bool(declared.get("required", False)),
        description=declared.get("description", "").replace("``", ""),
    )
