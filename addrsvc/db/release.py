"""The schema this release expects, told without alembic: servers ask, few processes migrate."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"

_REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)


@cache
def head() -> str:
    """Give the revision this release expects: that of the newest file, which its name tells."""
    newest = max((MIGRATIONS / "versions").glob("*.py"))
    found = _REVISION.search(newest.read_text(encoding="utf-8"))
    if found is None:
        raise RuntimeError(f"no migration: {newest.name}")
    return found[1]
