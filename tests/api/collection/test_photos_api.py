"""Photos over HTTP: parts, refusals, who sees them, and a server killed in the middle of a part."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from collection_world import (
    COLLECTOR,
    OTHER_COLLECTOR,
    OTHER_SUPERVISOR,
    SUPERVISOR,
    Phone,
    apart,
    enrol,
    open_accounts,
    photo_of,
    picture,
    sign_in,
)
from forked_server import forked_server
from registry_fixtures import EAST, WEST
from service_settings import service_settings

from addrsvc.cli.web_server import free_port
from addrsvc.collection.model import Act
from addrsvc.collection.photos import PART_MAX_BYTES
from addrsvc.settings import Settings

PART = "application/offset+octet-stream"


@pytest.fixture
def settings(registry_url: str, tmp_path: Path) -> Settings:
    return service_settings(registry_url, files_dir=tmp_path, anonymous_per_minute=1_000_000)


def path_of(record: Mapping[str, Any], content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    return f"/v1/collection/submissions/{record['record']}/photos/{digest}"


async def patch(phone: Phone, path: str, offset: int | None, part: bytes) -> httpx.Response:
    headers = {"Content-Type": PART} | ({} if offset is None else {"Upload-Offset": str(offset)})
    return await phone.ask("PATCH", path, content=part, headers=headers)


async def refuses_what_does_not_fit(phone: Phone, path: str, content: bytes) -> None:
    """Send parts of a photo of which a thousand bytes are there, none of them the next."""
    for offset, part, slug in (
        (0, content[:1000], "photo-offset-wrong"),
        (2000, b"x", "photo-offset-wrong"),
        (1000, content[1000:] + b"x", "photo-longer-than-said"),
    ):
        refused = await patch(phone, path, offset, part)
        assert refused.json()["type"] == f"/problems/{slug}"
        assert refused.headers["upload-offset"] == "1000"
        assert refused.status_code == (409 if slug == "photo-offset-wrong" else 422)
    for offset in (None, -1, 2**31):
        assert (await patch(phone, path, offset, b"x")).status_code == 422
    as_json = await phone.ask("PATCH", path, json={}, headers={"Upload-Offset": "1000"})
    assert as_json.json()["type"] == "/problems/photo-part-unreadable"
    large = await patch(phone, path, 1000, bytes(PART_MAX_BYTES + 1))
    assert (large.status_code, large.json()["limit_bytes"]) == (413, PART_MAX_BYTES)


def files_in(folder: Path) -> dict[Path, bytes]:
    return {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.mark.anyio
async def test_photos_are_sent_in_parts_and_seen_by_who_may(
    client: httpx.AsyncClient, registry_url: str, tmp_path: Path
) -> None:
    await open_accounts(registry_url, [COLLECTOR, SUPERVISOR], areas=[WEST])
    await open_accounts(registry_url, [OTHER_COLLECTOR, OTHER_SUPERVISOR], areas=[EAST])
    phone = await enrol(client, await sign_in(client, COLLECTOR))
    content, forged = picture(1), b"<script>alert(1)</script>"
    record = phone.record_of(
        Act.ADD, code=None, photos=[photo_of(content), photo_of(forged, marks="other")]
    )
    path = path_of(record, content)
    unknown = await phone.ask("HEAD", path)
    assert unknown.status_code == 404
    receipt = await phone.put(record)
    assert [each["is_whole"] for each in receipt["photos"]] == [False, False]

    head = await phone.ask("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["upload-offset"] == "0"
    assert head.headers["upload-length"] == str(len(content))
    assert head.headers["cache-control"] == "no-store"
    sent = await patch(phone, path, 0, content[:1000])
    assert (sent.status_code, sent.headers["upload-offset"]) == (204, "1000")
    await refuses_what_does_not_fit(phone, path, content)
    assert (await phone.ask("GET", path)).status_code == 404  # not whole
    receipt = await phone.receipt_of(record)
    told = next(each for each in receipt["photos"] if each["bytes"] == len(content))
    assert (told["received_bytes"], told["is_whole"]) == (1000, False)

    sent = await patch(phone, path, 1000, content[1000:])
    assert (sent.status_code, sent.headers["upload-offset"]) == (204, str(len(content)))
    later = await phone.receipt_of(record)  # the device is told without asking for the record
    assert later["change_number"] > receipt["change_number"]
    told = next(each for each in later["photos"] if each["bytes"] == len(content))
    assert (told["received_bytes"], told["is_whole"]) == (len(content), True)

    for headers in (phone.headers, await sign_in(client, SUPERVISOR)):
        seen = await client.get(path, headers=headers)
        assert (seen.status_code, seen.content) == (200, content)
        assert seen.headers["content-type"] == "image/jpeg"
        assert seen.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert seen.headers["x-content-type-options"] == "nosniff"
        assert seen.headers["content-disposition"] == "inline"
        assert "private" in seen.headers["cache-control"]
    other_phone = await enrol(client, await sign_in(client, OTHER_COLLECTOR))
    for headers in (
        other_phone.headers,
        await sign_in(client, OTHER_SUPERVISOR),
        await sign_in(client, COLLECTOR),
    ):
        assert (await client.get(path, headers=headers)).status_code == 404
    assert (await client.get(path)).status_code == 401
    assert (await patch(other_phone, path, len(content), b"")).status_code == 404

    # what claims to be a picture and is none is kept, and never shown
    path = path_of(record, forged)
    assert (await patch(phone, path, 0, forged)).status_code == 204
    unseen = await phone.ask("GET", path)
    assert (unseen.status_code, unseen.json()["type"]) == (409, "/problems/photo-unseen")
    assert forged in files_in(tmp_path).values()

    # a phone that was lost may still hand over what it has, and sees nothing
    with psycopg.connect(registry_url) as conn:
        conn.execute("UPDATE api_key SET revoked_at = now() WHERE key_id = %s", [phone.key_id])
    head = await phone.ask("HEAD", path)
    assert (head.status_code, head.headers["upload-offset"]) == (200, str(len(forged)))
    assert (await phone.ask("GET", path)).status_code == 401


class Line:
    """One connection on which a part is sent slowly."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._socket = socket.create_connection((str(parts.hostname), int(parts.port or 0)))

    def begin(self, path: str, key: str, offset: int, length: int) -> None:
        self._socket.sendall(
            f"PATCH {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: {PART}\r\nUpload-Offset: {offset}\r\n"
            f"Content-Length: {length}\r\n\r\n".encode()
        )

    def send(self, part: bytes) -> None:
        self._socket.sendall(part)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def offset_of(base: str, path: str, key: str) -> int:
    answer = httpx.head(f"{base}{path}", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.headers
    return int(answer.headers["upload-offset"])


async def ready(base: str) -> None:
    async with httpx.AsyncClient() as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(f"{base}/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.05)


async def announced(base: str, content: bytes) -> tuple[Phone, Mapping[str, Any]]:
    """Enrol a phone at a running server, and send a record with one photo."""
    await ready(base)
    async with httpx.AsyncClient(base_url=base) as client:
        phone = await enrol(client, await sign_in(client, COLLECTOR))
        record = phone.record_of(Act.ADD, code=None, photos=[photo_of(content)])
        await phone.put(record)
    return phone, record


def test_a_server_killed_in_the_middle_of_a_part_tells_what_it_has(
    registry_url: str, settings: Settings, tmp_path: Path
) -> None:
    content = picture(2, size=(1600, 1200)) + os.urandom(600_000)
    apart(open_accounts(registry_url, [COLLECTOR], areas=[WEST]))
    environment = {
        **os.environ,
        "ADDRSVC_DATABASE_URL": settings.database_url.get_secret_value(),
        "ADDRSVC_FILES_DIR": str(tmp_path),
    }
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with forked_server(port, environment) as server:
        phone, record = apart(announced(base, content))
        path = path_of(record, content)
        with Line(base) as line:
            line.begin(path, phone.key, 0, len(content))
            line.send(content[:300_000])
            while not offset_of(base, path, phone.key):
                time.sleep(0.02)
            server.kill()
            server.join()
    ((_, there),) = files_in(tmp_path / "photos").items()
    assert 0 < len(there) <= 300_000
    assert content.startswith(there)
    with forked_server(port, environment):
        apart(ready(base))
        assert offset_of(base, path, phone.key) == len(there)
        # a line that breaks: what was read of it is kept, and the phone goes on from there
        with Line(base) as line:
            line.begin(path, phone.key, len(there), len(content) - len(there))
            line.send(content[len(there) :][:300_000])
        while (offset := offset_of(base, path, phone.key)) == len(there):
            time.sleep(0.02)
        assert offset <= len(there) + 300_000
        headers = {**phone.headers, "Content-Type": PART, "Upload-Offset": str(offset)}
        sent = httpx.patch(f"{base}{path}", content=content[offset:], headers=headers)
        assert (sent.status_code, sent.headers["upload-offset"]) == (204, str(len(content)))
        seen = httpx.get(f"{base}{path}", headers=phone.headers)
        assert seen.content[:2] == b"\xff\xd8"
        assert len(seen.content) < len(content)  # what stood behind the picture is gone
