"""The process that reads hostile files: ``python -m addrsvc.planning.files.work``.

Its order comes as JSON on standard input, its result goes as JSON into a file of its folder; both
are of ``child``. It shuts itself in before it imports what reads files.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from addrsvc.errors import AddrsvcError
from addrsvc.planning.files import cage
from addrsvc.planning.files.child import RESULT, TOO_LARGE

TASKS: Final[dict[str, str]] = {
    "layers": "addrsvc.planning.files.tasks:list_layers",
    "check": "addrsvc.planning.files.tasks:check_zones",
    "overlaps": "addrsvc.planning.files.tasks:find_overlaps",
    "repair": "addrsvc.planning.files.repair_work:repair",
}
"""Module and function of each task: JSON in, JSON out."""


def main() -> None:
    """Do what is ordered, and leave what came of it."""
    order = json.load(sys.stdin)
    cage.shut(
        memory_bytes=order["memory_bytes"],
        cpu_seconds=order["cpu_seconds"],
        parent=order["parent"],
    )
    gc.disable()  # a million small lists are no rings of references
    try:
        told = _told(order["task"], order["given"])
        Path(RESULT).write_text(json.dumps(told), encoding="utf-8")
    except MemoryError:
        os._exit(TOO_LARGE)  # nothing more can be relied on


def _told(task: str, given: dict[str, Any]) -> dict[str, Any]:
    module, _, name = TASKS[task].partition(":")
    try:
        return {"result": getattr(importlib.import_module(module), name)(given)}
    except AddrsvcError as error:
        return {"error": {"slug": error.slug, "facts": error.facts()}}


if __name__ == "__main__":
    main()
