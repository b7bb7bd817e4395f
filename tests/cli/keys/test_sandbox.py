"""Keys to try with: issued and good in a demo, and words everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest
from anyio.to_thread import run_sync
from click.testing import Result
from psycopg import sql
from registry_fixtures import IN_WEST
from service_settings import service_settings
from typer.testing import CliRunner

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.app import create_app
from addrsvc.cli import build
from addrsvc.cli.serve_errors import SandboxNeedsDemo

pytestmark = pytest.mark.anyio

HOUSE = {"kind": "dwelling", "source": "sandbox", "position": IN_WEST}


@pytest.fixture
def demo_url(registry_url: str) -> Iterator[str]:
    """Give a copy of the small world under the name of a demo's database."""
    parts = urlsplit(registry_url)
    copied = parts.path.removeprefix("/")
    name = f"{copied}_demo"
    admin_url = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(copied)
            )
        )
        yield urlunsplit(parts._replace(path=f"/{name}"))
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def _assign(
    key: str, url: str, make_units: Callable[[], UnitsInMemory], *, demo: bool
) -> tuple[httpx.Response, httpx.Response]:
    """Write with a key; ask for a token with it."""
    app = create_app(service_settings(url, demo=demo), units=make_units())
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://t")) as client:
            headers = {"Authorization": f"Bearer {key}", "Accept-Language": "vi"}
            written = await client.post("/v1/addresses", json=HOUSE, headers=headers)
            _, key_id, secret = key.split("_", 2)
            form = {"grant_type": "client_credentials"}
            return written, await client.post("/oauth/token", data=form, auth=(key_id, secret))


async def test_a_sandbox_key_writes_in_its_demo_and_nowhere_else(
    registry_url: str,
    demo_url: str,
    make_units: Callable[[], UnitsInMemory],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def keys(*words: str) -> Result:
        return CliRunner().invoke(build(), ["keys", *words])

    monkeypatch.setenv("ADDRSVC_DATABASE_URL", registry_url)
    real = await run_sync(keys, "create", "Ward app", "--sandbox")
    assert isinstance(real.exception, SandboxNeedsDemo)
    assert "_demo" in real.exception.text("vi")

    monkeypatch.setenv("ADDRSVC_DATABASE_URL", demo_url)
    wide = await run_sync(keys, "create", "x", "--sandbox", "--scope", "holders:read")
    assert wide.exit_code == 2, "a sandbox key has the scopes of sandbox keys"
    made = await run_sync(keys, "create", "Ward app", "--sandbox")
    key = made.output.strip()
    assert key.split("_")[2] == "sandbox"
    listed = (await run_sync(keys, "list")).output
    assert "addresses:write" in listed
    assert not {"holders", "secret", "access:", "audit:"} & set(listed.split())

    written, token = await _assign(key, demo_url, make_units, demo=True)
    assert (written.status_code, token.status_code) == (201, 200), written.text
    # a real register, and one that was pointed at the demo's database by mistake
    for url in (registry_url, demo_url):
        refused, no_token = await _assign(key, url, make_units, demo=False)
        assert refused.status_code == no_token.status_code == 401
        assert refused.json()["type"] == "/problems/sandbox-key-elsewhere"
        assert "dry_run" in refused.json()["detail"]
        assert no_token.json()["error"] == "invalid_client"
    other_demo, _ = await _assign(key, registry_url, make_units, demo=True)
    assert other_demo.json()["type"] == "/problems/key-refused"
    with psycopg.connect(registry_url) as conn:
        assert conn.execute("SELECT count(*) FROM address").fetchone() == (0,)
