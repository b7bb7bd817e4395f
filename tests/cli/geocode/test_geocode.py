"""``addrsvc geocode``: a text or a file, with the answers of the API."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from service_settings import as_role, service_settings
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.db.roles import WRITER
from addrsvc.geocoding.errors import AskedTwice, NothingAsked
from addrsvc.settings import Settings
from addrsvc.tabular.errors import FileMissing

TEXT = "12 Lê Lợi, P. Phú Cường, TP Thủ Dầu Một, Bình Dương"


@pytest.fixture
def settings(units_url: str) -> Settings:
    return service_settings(units_url)


@pytest.fixture
def run(units_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(units_url, WRITER))
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    return CliRunner()


def test_a_text_is_answered_in_words(run: CliRunner) -> None:
    done = run.invoke(build(), ["geocode", TEXT])
    assert done.exit_code == 0, done.output
    assert "1. Phường Thủ Dầu Một, Thành phố Hồ Chí Minh" in done.output
    assert "Loại C: confirm" in done.output
    assert (
        "commune-renamed-or-merged-2025: Từ ngày 01/07/2025, Phường Phú Cường thuộc" in done.output
    )


@pytest.mark.anyio
async def test_the_command_and_the_api_say_the_same(
    run: CliRunner, app: FastAPI, client: httpx.AsyncClient
) -> None:
    async with asyncio.timeout(60):
        while True:
            answer = await client.get("/v1/geocode", params={"q": TEXT})
            if answer.status_code != 503:
                break
            await asyncio.sleep(0.05)
    done = await asyncio.to_thread(run.invoke, build(), ["geocode", "--json", TEXT])
    assert done.exit_code == 0, done.output
    assert answer.json() == json.loads(done.output)


def test_a_file_comes_out_row_by_row(run: CliRunner, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f'id,address\n1,"{TEXT}"\n2,\n3,xin chào\n', encoding="utf-8")
    command = ["geocode", "--file", str(source), "--at", "2026-01-01"]
    done = run.invoke(build(), command)
    assert done.exit_code == 0, done.output
    assert "Số dòng" in done.output
    out = tmp_path / "in.geocoded.csv"
    with out.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["geocode_commune_code"] for row in rows] == ["25747", "", ""]
    assert [row["geocode_status"] for row in rows][:2] == ["review", "empty"]
    assert run.invoke(build(), command).exit_code == 0


def test_what_it_refuses(run: CliRunner, tmp_path: Path) -> None:
    for arguments, error in (
        ([], NothingAsked),
        ([TEXT, "--file", "x.csv"], AskedTwice),
        (["--file", str(tmp_path / "none.csv")], FileMissing),
    ):
        assert isinstance(run.invoke(build(), ["geocode", *arguments]).exception, error)
