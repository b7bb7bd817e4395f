"""The basemap as one file, written by a command and served as an operator's own."""

from __future__ import annotations

import asyncio
import gzip
from errno import ENOSPC
from pathlib import Path

import basemap_world as world
import httpx
import pytest
from basemap_world import COMMUNE, HIDDEN, NEAR, SHOWN, STREET
from pmtiles.reader import MmapSource, Reader
from service_settings import as_role, service_settings
from typer.testing import CliRunner

from addrsvc.app import create_app
from addrsvc.basemap.errors import ExportUnwritable, FolderOfTilesMissing, NothingToExport
from addrsvc.basemap.pmtiles_file import PmTiles
from addrsvc.cli import build
from addrsvc.db.roles import WRITER

Z, X, Y = NEAR


def test_what_is_exported_is_served(
    registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = world.fill(registry_url)
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(registry_url, WRITER))
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    run, tree, folder = CliRunner(), build(), tmp_path / "tiles"
    folder.mkdir()
    out = folder / "ours.pmtiles"
    out.write_bytes(b"what was there before")
    export = ["tiles", "export", str(out), "--max-zoom", "16", "--bbox"]
    nowhere = run.invoke(tree, [*export, "0,0,1,1"])
    assert isinstance(nowhere.exception, NothingToExport)
    assert out.read_bytes() == b"what was there before"
    done = run.invoke(tree, [*export, "106.645,10.945,106.655,10.955"])
    assert done.exit_code == 0, done.output
    assert "đã đọc lại đủ" in done.output
    assert list(folder.iterdir()) == [out], "nothing half-written is left"

    with out.open("rb") as file:  # by the library's own reader
        tile = Reader(MmapSource(file)).get(Z, X, Y)
    body = gzip.decompress(tile)
    for name in (STREET, SHOWN, COMMUNE):
        assert name.encode() in body
    for kept_back in [*HIDDEN, *codes]:
        assert kept_back.encode() not in body

    checked = run.invoke(tree, ["tiles", "check", str(folder)])
    assert (checked.exit_code, checked.output) == (0, "ours: mvt, mức 3–16\n")
    (folder / "hong.mbtiles").write_bytes(b"x")
    checked = run.invoke(tree, ["tiles", "check", str(folder)])
    assert checked.exit_code == 2
    assert "Không dùng được tệp hong.mbtiles: không phải tệp SQLite." in checked.output
    assert isinstance(run.invoke(tree, ["tiles", "check"]).exception, FolderOfTilesMissing)
    asyncio.run(_served(registry_url, folder, body))


async def _served(url: str, folder: Path, body: bytes) -> None:
    more = {"tiles_dir": folder, "background_tiles": "ours"}
    app = create_app(service_settings(url, **more))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://testserver")) as client,
    ):
        listed = (await client.get("/v1/tiles")).json()["tilesets"]
        assert [each["name"] for each in listed] == ["basemap", "ours"]
        told = (await client.get("/v1/tiles/ours")).json()
        assert (told["minzoom"], told["maxzoom"], told["format"]) == (3, 16, "mvt")
        answer = await client.get(f"/v1/tiles/ours/{Z}/{X}/{Y}.mvt")
        assert answer.content == body
        assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
        tag = {"If-None-Match": answer.headers["etag"]}
        assert (await client.get(f"/v1/tiles/ours/{Z}/{X}/{Y}", headers=tag)).status_code == 304
        assert (await client.get("/v1/tiles/ours/16/0/0")).status_code == 204
        assert (await client.get("/v1/tiles/ours/5/32/0")).status_code == 404
        assert (await client.get("/v1/tiles/hong/5/0/0")).status_code == 404
        style = (await client.get("/v1/tiles/basemap/style.json")).json()
        assert style["sources"]["basemap-background"]["type"] == "vector"
        beneath = [each for each in style["layers"] if each["id"].startswith("basemap-background")]
        assert [each["source-layer"] for each in beneath] == ["streets"], "as far as it is known"
        ready = (await client.get("/readyz")).json()
        assert ready["status"] == "ready"
        assert ready["tiles"]["unfit"] == ["hong.mbtiles"]


def test_what_differs_is_dropped(
    registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.fill(registry_url)
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(registry_url, WRITER))
    monkeypatch.setattr(PmTiles, "find", lambda *_: gzip.compress(b"\x1aother"))
    out = tmp_path / "ours.pmtiles"
    command = ["tiles", "export", str(out), "--max-zoom", "6"]
    assert "not what was written" in str(CliRunner().invoke(build(), command).exception)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_what_was_there(
    registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.fill(registry_url)
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(registry_url, WRITER))
    out = tmp_path / "ours.pmtiles"
    out.write_bytes(b"before")

    def full(_: int) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    command = ["tiles", "export", str(out), "--max-zoom", "4"]
    error = CliRunner().invoke(build(), command).exception
    assert isinstance(error, ExportUnwritable)
    assert "ổ đĩa đã đầy" in error.text("vi")
    assert [(each, each.read_bytes()) for each in tmp_path.iterdir()] == [(out, b"before")]
    command[2] = str(tmp_path / "no" / "ours.pmtiles")
    elsewhere = CliRunner().invoke(build(), command)
    assert "the system refused (No such file or directory)" in str(elsewhere.exception)
