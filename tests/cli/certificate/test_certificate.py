"""Certificates at the command line: issued here, verified anywhere. All names are invented."""

from __future__ import annotations

import asyncio
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import Result
from registry_fixtures import IN_WEST
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.auth.model import command_line
from addrsvc.certificates.errors import (
    CertificateForged,
    CertificateKeyUnknown,
    CertificateUnreadable,
)
from addrsvc.certificates.signing import (
    Signed,
    jwk_of,
    key_id_of,
    new_seed,
    pem_of,
    read,
    sign,
    signing_key,
)
from addrsvc.cli import build
from addrsvc.cli.online_status import StatusUnreachable, read_status
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.roles import WRITER
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.schemas import AssignIn
from addrsvc.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(registry_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(registry_url, WRITER))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    return lambda *words: CliRunner().invoke(build("certificate"), ["certificate", *words])


@pytest.fixture
def code(registry_url: str) -> str:
    said = AssignIn(kind="dwelling", source="test", position=IN_WEST)

    async def assign() -> str:
        engine = make_engine(Settings())
        async with transaction(engine) as conn:
            someone = command_line("test")
            made = await service.assign_address(conn, someone, said.to_command(), SystemClock())
        await engine.dispose()
        return str(made.code)

    return asyncio.run(assign())


def test_a_certificate_is_issued_here_and_verified_without_a_network(
    run: Run, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "certificate new-key" in str(run("issue", code).exception)
    made = run("new-key").output
    name, _, seed = made.splitlines()[0].partition("=")
    pem = tmp_path / "public.pem"
    pem.write_text(made[made.index("-----BEGIN") :])
    monkeypatch.setenv(name, seed)
    file = tmp_path / "giấy.json"
    printed = run("issue", code, "--out", str(file)).output
    assert re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}\n", printed)
    assert run("issue", code).output == file.read_text()
    monkeypatch.delenv(name)
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", "postgresql://127.0.0.1:1/nowhere")

    signed = read(file.read_text())
    keyed = ("--key", str(pem))
    for given in (str(file), signed.compact(), f"https://example.test/x#{signed.compact()}"):
        told = run("verify", given, *keyed)
        assert told.exit_code == 0, told.exception
        assert "The signature holds." in told.output
        assert printed.strip() in told.output
        assert "add --online" in told.output
    from_input = CliRunner().invoke(
        build("certificate"), ["certificate", "verify", "-", *keyed], input=file.read_text()
    )
    assert from_input.exit_code == 0

    file.write_text(file.read_text().replace("Phường Tây", "Phường Tay", 1))
    assert isinstance(run("verify", str(file), *keyed).exception, CertificateForged)
    other = tmp_path / "other.pem"
    fresh = run("new-key").output
    other.write_text(fresh[fresh.index("-----BEGIN") :])
    refused = run("verify", signed.compact(), "--key", str(other))
    assert isinstance(refused.exception, CertificateKeyUnknown)
    assert isinstance(run("verify", signed.compact()).exception, CertificateKeyUnknown)
    both = run("verify", signed.compact(), "--key", str(other), *keyed)
    assert both.exit_code == 0
    for wrong in ("nothing.json", "e30.e30"):
        assert "certificate" in str(run("verify", wrong, *keyed).exception)
    for wrong in (tmp_path, tmp_path / "none.pem", file):
        assert "public key" in str(run("verify", signed.compact(), "--key", str(wrong)).exception)
    _is_asked_online(signed)


def test_a_key_is_revoked_and_verifying_without_a_network_says_so(
    run: Run, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed, key_file = new_seed(), tmp_path / "keys.json"
    key_id = key_id_of(signing_key(seed).public_key())
    monkeypatch.setenv("ADDRSVC_CERTIFICATE_KEY", seed)
    paper = run("issue", code).output.strip()
    assert run("keys", "list").output.split()[:2] == [key_id, "current"]
    assert "no key" in str(run("keys", "revoke", "0" * 16, "--reason", "lost").exception)
    assert "--reason" in str(run("keys", "revoke", key_id, "--reason", " ").exception)
    told = run("keys", "revoke", key_id, "--reason", "lost", "--from", "2026-02-01T00:00:00")
    assert (told.exit_code, key_id in told.output) == (0, True)
    assert "was revoked at" in str(run("keys", "revoke", key_id, "--reason", "x").exception)
    listed = run("keys", "list").output
    assert (listed.split()[1], "2026-01-31T17:00:00Z  lost" in listed) == ("revoked", True)
    assert "new-key" in str(run("issue", code).exception)

    monkeypatch.delenv("ADDRSVC_CERTIFICATE_KEY")
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", "postgresql://127.0.0.1:1/nowhere")
    jwk = jwk_of(signing_key(seed).public_key())
    since = {"at": "2026-02-03T00:00:00Z", "from": "2026-02-01T00:00:00Z", "reason": "lost"}
    payload = read(paper).payload
    for issued_at, revoked, exit_code, said in (
        ("2026-01-05T03:00:00Z", None, 0, "The signature holds."),
        ("2026-01-05T03:00:00Z", since, 5, "rely on it only where --online confirms it"),
        ("2026-02-01T00:00:00Z", since, None, "was revoked (not trusted from: 2026-02-01"),
        ("2026-01-05T03:00:00Z", {**since, "from": None}, None, "was revoked (not trusted from: –"),
        ("2026-01-05T03:00:00Z", {"from": "soon"}, None, "holds no Ed25519 public key"),
    ):
        status = "former" if revoked is None else "revoked"
        key_file.write_text(
            json.dumps({"keys": [{**jwk, "status": status, "revoked": revoked}]}), encoding="utf-8"
        )
        given = sign({**payload, "issued_at": issued_at}, signing_key(seed)).compact()
        told = run("verify", given, "--keys", str(key_file))
        if exit_code is None:
            assert said in str(told.exception)
        else:
            assert (told.exit_code, said in told.output) == (exit_code, True), told.output


def test_the_same_words_in_other_bytes_are_not_what_was_signed(
    run: Run, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """White space around a file and between its members is no change; within texts it is."""
    seed, pem, file = new_seed(), tmp_path / "key.pem", tmp_path / "paper.json"
    pem.write_text(pem_of(signing_key(seed).public_key()))
    monkeypatch.setenv("ADDRSVC_CERTIFICATE_KEY", seed)
    whole = run("issue", code).output.strip()
    for given, refused in (
        (f"\n  {whole}\r\n", None),
        (json.dumps(json.loads(whole), indent=4, ensure_ascii=True), None),
        (unicodedata.normalize("NFD", whole), CertificateForged),
        (whole.replace("Phường Tây", "Phường  Tây"), CertificateForged),
        (whole.replace("Phường Tây", "Phường Tay"), CertificateForged),
        (whole[:-20], CertificateUnreadable),
        (whole.replace("Ed25519", "HS256"), CertificateUnreadable),
        ("\ufeff" + whole, CertificateUnreadable),
    ):
        file.write_text(given, encoding="utf-8")
        told = run("verify", str(file), "--key", str(pem))
        assert told.exception.__class__ is (refused or None.__class__), given[:60]
        if refused is None:
            assert "which keys are revoked is not known" in told.output.lower()


def _is_asked_online(signed: Signed) -> None:
    """What a service may answer of a certificate, and what is made of it."""
    whole = {"certificate": signed.document(), "state": "unchanged"}
    retired = {**whole, "state": "retired", "present": {"successors": ["75123-11111-1\x1b[2J"]}}
    changed = {**whole, "state": "changed", "changed": [{"fact": "label", "name": "the label"}]}
    alone = {**whole, "state": "retired", "present": {"successors": []}}
    forged = {**whole, "certificate": {**signed.document(), "signature": "x"}}
    for answer, is_so, said in (
        (httpx.Response(200, json=whole), True, "still so"),
        (httpx.Response(200, json=retired), False, "75123-11111-1 [2J"),
        (httpx.Response(200, json=alone), False, "none"),
        (httpx.Response(200, json=changed), False, "the label"),
        (httpx.Response(200, json={**whole, "key": {"revoked": {"at": "x"}}}), True, "key was"),
        (httpx.Response(200, json=forged), False, "something else"),
        (httpx.Response(404, json={}), False, "no public certificate"),
    ):
        told, held = _asked(answer, signed)
        assert (held, said in told) == (is_so, True)
    for broken in (
        httpx.Response(500), httpx.Response(200, text="<html>"), httpx.Response(200, json=[]),
        httpx.Response(200, json={**whole, "state": "retired"}),
    ):  # fmt: skip
        with pytest.raises(StatusUnreachable):
            _asked(broken, signed)


def _asked(answer: httpx.Response, signed: Signed) -> tuple[str, bool]:
    def give(request: httpx.Request) -> httpx.Response:
        assert request.url.path == f"/v1/certificates/{signed.serial}"
        return answer

    with httpx.Client(transport=httpx.MockTransport(give)) as client:
        told, held = read_status(client, "https://example.test/", signed)
    return told.in_("en"), held
