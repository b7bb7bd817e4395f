"""Pure: the functions an OpenAPI document lists, grouped for a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

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
    takes_body: bool


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
                    takes_body="requestBody" in operation,
                ),
            )


def _parameter(declared: dict[str, Any]) -> Parameter:
    return Parameter(
        name=declared["name"],
        place=declared["in"],
        is_required=bool(declared.get("required", False)),
        description=declared.get("description", "").replace("``", ""),
    )
