"""Every named statement is understood by the database the migrations make."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from addrsvc.db.queries import Queries

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "addrsvc").rglob("queries*.sql"))
CASES = [
    (file, name)
    for file in FILES
    for name in Queries(".".join(file.parent.relative_to(ROOT).parts), file.name).names()
]


def test_there_are_queries() -> None:
    assert len(CASES) > 20


@pytest.mark.parametrize(
    ("file", "name"), CASES, ids=[f"{file.parent.name}-{name}" for file, name in CASES]
)
def test_statement_can_be_prepared(file: Path, name: str, shared_database_url: str) -> None:
    package = ".".join(file.parent.relative_to(ROOT).parts)
    statement = Queries(package, file.name)[name]
    numbers: dict[str, int] = {}

    def placeholder(match: re.Match[str]) -> str:
        return f"${numbers.setdefault(match[1], len(numbers) + 1)}"

    plain = re.sub(r"%\((\w+)\)s", placeholder, statement).replace("%%", "%")
    with psycopg.connect(shared_database_url) as conn:
        conn.execute(f"PREPARE checked AS {plain}".encode())
        conn.rollback()
