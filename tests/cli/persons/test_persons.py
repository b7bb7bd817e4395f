"""People's requests from the command line; names are asked for, never in the arguments."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import psycopg
import pytest
from click.testing import Result
from service_settings import ENCRYPTION_KEY, as_role
from typer.testing import CliRunner

from addrsvc.audit.readings import HolderReading
from addrsvc.cli import build, persons
from addrsvc.db.roles import WRITER
from addrsvc.personal.crypto import Keyring, read_key_file, write_key_file
from addrsvc.personal.model import Person
from addrsvc.registry.persons import Kept, Place
from addrsvc.types import AddressId

NAME, PHONE = "Trần Văn Chim Bịa", "0911 223 344"  # invented
Run = Callable[..., Result]

ROWS = (
    "ext_id,house_number,street,commune,lon,lat,holder,phone\n"
    f"1,12,Đường Mẫu,25747,106.65,10.95,{NAME},{PHONE}\n"
)


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "encryption.keys"
    write_key_file(path, [ENCRYPTION_KEY])
    monkeypatch.delenv("ADDRSVC_ENCRYPTION_KEYS")
    monkeypatch.setenv("ADDRSVC_ENCRYPTION_KEY_FILE", str(path))
    return path


@pytest.fixture
def run(registry_url: str, monkeypatch: pytest.MonkeyPatch, keys: Path, tmp_path: Path) -> Run:
    """Give the command line as the writer, on one address with an invented person behind it."""
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(registry_url, WRITER))
    table = tmp_path / "rows.csv"
    table.write_text(ROWS)
    asked = ["addresses", "import", str(table), "--source", "test", "--kind", "dwelling"]
    assert CliRunner().invoke(build("addresses"), asked).exit_code == 0

    def call(*words: str, typed: str = f"{NAME}\n") -> Result:
        return CliRunner().invoke(build("persons"), ["persons", *words], input=typed)

    return call


def test_from_the_request_to_the_erasure(run: Run, tmp_path: Path, registry_url: str) -> None:
    received = run("request", "access", "--phone", PHONE, "--received", "2020-01-06")
    assert "reply by 2020-01-08  due 2020-01-16  LATE" in received.output
    assert NAME in run("show", "1").output
    assert NAME not in run("list").output
    assert run("due").exit_code == 1
    found = run("find", "--phone", "+84911223344").output
    assert "Phường Tây" in found
    assert "Phường Tây" in run("find", "--phone", "-", typed=f"{NAME}\n{PHONE}\n").output
    nowhere = run("export", str(tmp_path / "none" / "x.json"), "--phone", PHONE, "--request", "1")
    assert nowhere.exit_code != 0
    assert run("due").exit_code == 1  # nobody got anything: it is still to be answered
    file = tmp_path / "person.json"
    assert run("export", str(file), "--phone", PHONE, "--request", "1").exit_code == 0
    assert orjson.loads(file.read_bytes())[0]["name"] == NAME
    assert file.stat().st_mode & 0o777 == 0o600
    page = tmp_path / "person.html"
    run("export", str(page), "--phone", PHONE)
    assert NAME in page.read_text()
    assert run("due").exit_code == 0
    assert "done" in run("list", "--all").output
    typed = f"{NAME}\nTrần Văn Đúng\n"
    assert "at 1 addresses" in run("correct", "--phone", PHONE, typed=typed).output
    erased = run("erase", "--address", found.splitlines()[-1].split()[0], typed="Trần Văn Đúng\n")
    assert "erased at 1 addresses" in erased.output
    assert "backups" in erased.output
    run("request", "erase")
    named = run("close", "2", "--reason", f"không phải {NAME}")
    assert (named.exit_code, named.output.count(NAME)) == (2, 0)
    assert "withdrawn" in run("close", "2", "--reason", "taken-back", "--withdrawn").output
    with psycopg.connect(registry_url) as admin:
        left = admin.execute("SELECT count(*) FROM personal.address_holder").fetchone()
    assert left == (0,)
    assert run("reads").output == ""


def test_keys_are_made_and_rotated(run: Run, keys: Path) -> None:
    made = run("new-key").output.strip()
    assert len(made) == 44
    rotated = run("rotate-keys", "--new").output
    new, old = read_key_file(keys)
    assert old == ENCRYPTION_KEY
    assert "sealed anew: 1" in rotated
    assert f"{Keyring([new]).key_id}  1  newest" in rotated
    assert f"{Keyring([old]).key_id}  0  may go" in rotated
    write_key_file(keys, [new])
    assert "Phường Tây" in run("find", "--phone", PHONE).output
    keys.unlink()
    assert "ADDRSVC_ENCRYPTION_KEY_FILE" in str(run("find", "--phone", PHONE).exception)
    os.environ.pop("ADDRSVC_ENCRYPTION_KEY_FILE")
    assert "ADDRSVC_ENCRYPTION_KEY_FILE" in str(run("rotate-keys", "--new").exception)


def test_a_key_is_put_where_the_service_looks(
    run: Run, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRSVC_ENCRYPTION_KEYS", ENCRYPTION_KEY)
    refused = run("rotate-keys", "--new")
    assert refused.exit_code == 2
    assert "ADDRSVC_ENCRYPTION_KEYS" in refused.output
    assert read_key_file(keys) == [ENCRYPTION_KEY]


def test_readings_are_found_by_any_written_form_of_a_code(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    async def list_readings(_: object, **wanted: object) -> list[HolderReading]:
        asked.append(wanted["refs"])
        return []

    monkeypatch.setattr(persons.readings, "list_readings", list_readings)
    code = run("find", "--phone", PHONE).output.splitlines()[-1].split()[0]
    for written in (code, f"{code[:2]} {code[2:6]} {code[6:]}", "p12"):
        assert run("reads", "--address", written).exit_code == 0
    assert asked == [[code], [code], ["p12"]]
    assert run("reads", "--address", "không phải mã").exit_code != 0


def test_a_page_for_the_person_says_purposes_in_words(run: Run, tmp_path: Path) -> None:
    reading = HolderReading(datetime(2026, 1, 15, tzinfo=UTC), "key:1", "x", "field-visit", "done")
    place = Place(AddressId(1), "x", "Phường Tây")
    page = persons._page([Kept(place, Person(NAME), reading.recorded_at, [reading])]).decode()
    assert "Hẹn khảo sát thực địa" in page
    assert "field-visit" not in page
