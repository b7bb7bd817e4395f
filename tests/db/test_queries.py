"""Every named statement is understood by the database the migrations make."""

from __future__ import annotations

import re
from collections.abc import Iterator
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


@pytest.fixture(scope="module")
def preparing(shared_database_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Give one connection for all statements: what a new one must read first takes far longer."""
    with psycopg.connect(shared_database_url, autocommit=True) as conn:
        yield conn


def test_there_are_queries() -> None:
    assert len(CASES) > 20


@pytest.mark.parametrize(
    ("file", "name"), CASES, ids=[f"{file.parent.name}-{name}" for file, name in CASES]
)
def test_statement_can_be_prepared(
    file: Path, name: str, preparing: psycopg.Connection[tuple[object, ...]]
) -> None:
    package = ".".join(file.parent.relative_to(ROOT).parts)
    statement = Queries(package, file.name)[name]
    numbers: dict[str, int] = {}

    def placeholder(match: re.Match[str]) -> str:
        return f"${numbers.setdefault(match[1], len(numbers) + 1)}"

    plain = re.sub(r"%\((\w+)\)s", placeholder, statement).replace("%%", "%")
    preparing.execute(f"PREPARE checked AS {plain}".encode())
    preparing.execute("DEALLOCATE checked")
