"""What was kept plain is sealed and gone from the dump; a rotation leaves nobody unfound."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from service_settings import as_role, service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import command_line
from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.roles import WRITER
from addrsvc.db.server_programs import ServerPrograms
from addrsvc.db.transaction import transaction
from addrsvc.personal import holders, requests, sealing
from addrsvc.personal.crypto import Keyring, new_key, read_key_file, write_key_file
from addrsvc.personal.errors import EncryptionKeyMissing, EncryptionKeyUnknown
from addrsvc.personal.model import Person
from addrsvc.personal.requests import Asker, RequestKind
from addrsvc.settings import Settings
from addrsvc.types import AddressId

pytestmark = pytest.mark.anyio

AT = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
CANARY, NUMBER = "Chim Hoàng Yến Bịa", "0911223344"  # invented
ME = command_line("test")
ROWS = 1_203
"""More than two batches."""


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a key file with one key in it, and no keys in the environment."""
    monkeypatch.delenv("ADDRSVC_ENCRYPTION_KEYS")
    path = tmp_path / "encryption.keys"
    write_key_file(path, [new_key()])
    return path


@pytest.fixture
async def plain_url(registry_url: str) -> AsyncIterator[str]:
    """Give a database whose holders were kept before there was encryption."""
    with psycopg.connect(registry_url) as conn:
        conn.execute(
            f"INSERT INTO address (created_at) SELECT now() FROM generate_series(1, {ROWS});"
            "INSERT INTO personal.address_holder (address_id, name, phone, recorded_at,"
            " recorded_by) SELECT address_id, 'Chim Hoàng Yến Bịa', '0911 223 344', now(), 'test'"
            " FROM address".encode()
        )
    return registry_url


def dump(url: str) -> str:
    programs = ServerPrograms.find()
    done = subprocess.run(  # noqa: S603 -- the server's own program
        [str(programs.folder / "pg_dump"), url], capture_output=True, text=True, check=True
    )
    return done.stdout


def engine_on(url: str, keys: Path | None) -> AsyncEngine:
    return make_engine(Settings.model_validate({"database_url": url, "encryption_key_file": keys}))


async def test_plain_rows_are_sealed_and_gone_from_dump_and_file(
    plain_url: str, keys: Path
) -> None:
    assert CANARY in dump(plain_url)
    engine = engine_on(plain_url, None)
    async with transaction(engine) as conn:
        await sealing.open_all(conn)
        with pytest.raises(EncryptionKeyMissing):
            await sealing.seal_plain(engine)
    await engine.dispose()
    engine = engine_on(plain_url, keys)
    with psycopg.connect(plain_url) as other:  # whoever still works keeps former rows in the file
        other.execute("SELECT pg_current_xact_id()")
        sealed = asyncio.create_task(sealing.seal_plain(engine))
        await asyncio.sleep(0.5)
        assert not sealed.done()
    assert await sealed == ROWS
    assert await sealing.seal_plain(engine) == 0
    dumped = dump(plain_url)
    assert CANARY not in dumped
    assert "223 344" not in dumped
    with psycopg.connect(plain_url, autocommit=True) as admin:
        # not in the table's file either, dead rows included
        admin.execute("CHECKPOINT")
        path = admin.execute("SELECT pg_relation_filepath('personal.address_holder')").fetchone()
        assert path is not None
        raw = admin.execute("SELECT pg_read_binary_file(%s)", [path[0]]).fetchone()
        assert raw is not None
        assert CANARY.encode() not in raw[0]
    async with transaction(engine) as conn:
        await sealing.open_all(conn)
        found = await holders.find_addresses(conn, Person("ông chim hoang yen bia", "+84911223344"))
        assert len(found) == ROWS
        assert await holders.holder_of(conn, found[0]) == Person(CANARY, "0911 223 344")
    await engine.dispose()


async def test_a_rotation_goes_on_where_it_stopped_and_frees_the_old_key(
    plain_url: str, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_on(plain_url, keys)
    await sealing.seal_plain(engine)
    settings = service_settings(plain_url, encryption_key_file=keys)
    async with transaction(engine) as conn:
        asked = Asker(Person(CANARY, NUMBER), "xin xóa")
        await requests.receive(
            conn,
            ME,
            RequestKind.ERASE,
            asked,
            received_on=None,
            settings=settings,
            clock=FixedClock(AT),
        )
    (old,) = read_key_file(keys)
    write_key_file(keys, [fresh := new_key(), old])

    monkeypatch.setattr(sealing, "_reseal_requests", interrupted)
    with pytest.raises(KeyboardInterrupt):
        await sealing.rotate(engine)
    monkeypatch.undo()
    monkeypatch.delenv("ADDRSVC_ENCRYPTION_KEYS")
    async with transaction(engine) as conn:
        assert (await sealing.key_uses(conn)) == {
            Keyring([fresh]).key_id: ROWS,
            Keyring([old]).key_id: 1,
        }
    assert await sealing.rotate(engine) == 1
    write_key_file(keys, [fresh])
    async with transaction(engine) as conn:
        assert (await sealing.key_uses(conn)) == {Keyring([fresh]).key_id: ROWS + 1}
        found = await holders.find_addresses(conn, Person(CANARY, NUMBER))
        assert len(found) == ROWS
        kept = await requests.get_request(conn, ME, 1)
        assert kept.asker is not None
        assert (kept.asker.person, kept.asker.note) == (Person(CANARY, NUMBER), "xin xóa")
    write_key_file(keys, [old])
    async with transaction(engine) as conn:
        await sealing.open_all(conn)
        with pytest.raises(EncryptionKeyUnknown) as caught:
            await holders.holder_of(conn, AddressId(1))
        assert caught.value.key_id == Keyring([fresh]).key_id
    await engine.dispose()


async def interrupted(_conn: object) -> int:
    raise KeyboardInterrupt


async def test_the_writer_may_rotate(plain_url: str, keys: Path) -> None:
    engine = engine_on(as_role(plain_url, WRITER), keys)
    assert await sealing.rotate(engine) == 0
    await engine.dispose()
