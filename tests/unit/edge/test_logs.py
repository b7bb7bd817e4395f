"""Logs: what libraries and errors say is told without the values they quote."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import orjson
import psycopg
import pytest
import structlog
from sqlalchemy.exc import IntegrityError

from addrsvc.edge import logs

TYPED = "0911223344"


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    before = structlog.get_config()
    server = logging.getLogger("uvicorn")
    kept = server.handlers, server.propagate
    logs.configure()
    yield
    server.handlers, server.propagate = kept
    structlog.configure(**before)


def told(capsysbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, object]]:
    out, err = capsysbinary.readouterr()
    assert TYPED.encode() not in out + err
    return [orjson.loads(line) for line in out.splitlines()]


def test_an_error_of_the_database_is_told_by_names_however_deep(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    try:
        try:
            raise psycopg.errors.UniqueViolation(f"Key (phone)=({TYPED}) already exists")
        except psycopg.Error as error:
            raise IntegrityError("INSERT", {"phone": TYPED}, error) from error
    except IntegrityError:
        structlog.get_logger("t").exception("failed")
    (line,) = told(capsysbinary)
    (outer, inner) = line["exception"]  # type: ignore[misc]
    assert outer["exc_type"] == "IntegrityError"
    assert outer["sqlstate"] == "23505"
    assert inner["exc_type"] == "UniqueViolation"
    assert inner["frames"][-1]["name"].startswith("test_an_error")


def test_what_the_server_logs_is_its_sentence_without_what_fills_it(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    server = logging.getLogger("uvicorn.error")
    server.info("started %s", TYPED)
    server.warning("bad header %s", TYPED)
    try:
        int(TYPED + "x")
    except ValueError:
        server.exception("Exception in ASGI application")
    warned, failed = told(capsysbinary)
    assert (warned["said"], warned["library"]) == ("bad header %s", "uvicorn.error")
    assert failed["exception"][0]["exc_type"] == "ValueError"  # type: ignore[index]


def test_a_defect_of_a_command_is_a_place_and_a_type(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    try:
        try:
            int(TYPED + "x")
        except ValueError as error:
            raise psycopg.errors.CheckViolation(f"row ({TYPED})") from error
    except psycopg.Error as error:
        logs.tell_defect(error)
    err = capsysbinary.readouterr().err.decode()
    assert TYPED not in err
    assert err.index("builtins.ValueError") < err.index("psycopg.errors.CheckViolation")
    assert "test_logs.py" in err
    assert "sqlstate: 23514" in err


def test_other_errors_have_no_facts() -> None:
    assert logs.facts_of(ValueError(TYPED)) == {}
