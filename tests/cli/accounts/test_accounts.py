"""Accounts from the command line: opened, listed, changed, closed; grants to others' people."""

from __future__ import annotations

import json
from collections.abc import Callable

import psycopg
import pytest
from argon2 import PasswordHasher
from click.testing import Result
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.auth.passwords import Passwords
from addrsvc.cli import accounts as commands
from addrsvc.cli import build
from addrsvc.db.roles import WRITER

Run = Callable[..., Result]

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(database_url, WRITER))
    monkeypatch.setattr(commands, "Passwords", lambda: Passwords(QUICK))
    return lambda *words, typed="": CliRunner().invoke(
        build("accounts"), ["accounts", *words], typed
    )


def test_an_account_from_opening_to_closing(run: Run, database_url: str) -> None:
    made = run("create", "Lan", "--name", "Trần Thị Bịa", "--role", "field", "--area", "25747")
    password = made.stdout.strip()
    assert len(password) == 23
    assert "printed once" in made.stderr.lower()
    listed = run("list").stdout
    assert "lan  open  field  25747  Trần Thị Bịa" in listed
    assert password not in listed
    assert run("roles", "lan", "--role", "registrar", "--scope", "audit:read").exit_code == 0
    assert run("areas", "lan").exit_code == 2
    assert run("areas", "lan", "--everywhere").exit_code == 0
    assert "lan  open  registrar,audit:read  everywhere" in run("list").stdout
    assert run("areas", "lan", "--area", "25750", "--area", "25747").exit_code == 0
    assert "25747,25750" in run("list").stdout
    assert run("disable", "LAN").exit_code == 0
    assert "lan  closed" in run("list").stdout
    assert run("enable", "lan").exit_code == 0
    again = run("set-password", "lan").stdout.strip()
    assert again not in {"", password}
    assert run("set-password", "lan", "--ask-password", typed="bốn con cá bơi\n").exit_code == 0
    with psycopg.connect(database_url) as conn:
        noted = conn.execute("SELECT action, subject FROM audit_entry ORDER BY audit_id").fetchall()
        kept = conn.execute("SELECT audit_entry::text FROM audit_entry").fetchall()
    verbs = ("create", "change", "change", "change", "disable", "enable", "set_password")
    assert noted[:7] == [(f"account.{verb}", "lan") for verb in verbs]
    assert password not in str(kept)
    assert again not in str(kept)


def test_what_is_refused(run: Run) -> None:
    assert run("create", "lan", "--ask-password", typed="ngắn\n").exception is not None
    assert run("create", "Lan Anh").exit_code == 1
    assert "accounts list" in str(run("disable", "ai").exception)
    assert run("create", "lan", "--area", "7").exit_code == 1
    assert run("create", "lan", "--role", "king").exit_code == 2
    assert run("create", "lan").exit_code == 0
    assert "already" in str(run("create", "LAN").exception)


def test_a_terminal_is_asked_twice(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["bốn con cá bơi ngược", "khác"])
    monkeypatch.setattr(commands.getpass, "getpass", lambda _: next(typed))
    monkeypatch.setattr(commands.sys.stdin, "isatty", lambda: True, raising=False)
    with pytest.raises(commands.PasswordsDiffer):
        commands._ask_password()


def test_grants_to_people_from_elsewhere(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [{"name": "so", "url": "https://sso.example.vn", "audience": "addrsvc"}]
    monkeypatch.setenv("ADDRSVC_OIDC_ISSUERS", json.dumps(told))
    assert run("grant-oidc", "sai", "bia-01", "--role", "field").exit_code == 1
    words = ("grant-oidc", "so", "bia-01", "--scope", "addresses:secret", "--area", "25747")
    assert run(*words).exit_code == 0
    assert "so:bia-01  until" in run("list-oidc").stdout
    assert "addresses:secret  25747  by cli:" in run("list-oidc").stdout
    assert run("revoke-oidc", "so", "bia-01").exit_code == 0
    assert "so:bia-01  ended" in run("list-oidc").stdout
    assert run("revoke-oidc", "so", "bia-01").exit_code == 1
    assert "list-oidc" in str(run("revoke-oidc", "so", "bia-01").exception)
