"""The calls README shows, run as they stand there: by bash with curl, and by Python."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from registry_fixtures import IN_WEST

CloneDatabase = Callable[[str], AbstractContextManager[str]]
ServeApp = Callable[..., AbstractContextManager[str]]

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CALLS = README.partition("## Five calls to try")[2].partition("\n## ")[0]

FIRST = {
    "kind": "dwelling",
    "source": "test",
    "components": {"house_number": "1"},
    "position": {**IN_WEST, "accuracy_m": 5, "method": "gnss"},
}


def _block(language: str) -> str:
    """Give the one block of a language README shows in that part."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", CALLS, re.DOTALL)
    return str(block)


@pytest.fixture(scope="module")
def served(
    clone_database: CloneDatabase, registry_template: str, serve_app: ServeApp
) -> Iterator[tuple[str, dict[str, str]]]:
    """Give a server's base URL, and the environment its commands run in."""
    with clone_database(registry_template) as url, serve_app(url) as base:
        environment = {**os.environ, "ADDRSVC_DATABASE_URL": url, "LANG": "C.UTF-8"}
        environment.pop("COVERAGE_PROCESS_CONFIG", None)
        yield base, environment


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 -- what README tells people to run
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_calls_readme_shows_work_as_they_stand(
    served: tuple[str, dict[str, str]],
) -> None:
    base, environment = served
    addrsvc = f"{shlex.quote(sys.executable)} -m addrsvc"
    scopes = "--scope addresses:read --scope addresses:write"
    environment["KEY"] = _run(
        [*shlex.split(addrsvc), "keys", "create", "t", *scopes.split()], environment
    ).strip()
    with httpx.Client(base_url=base) as client:
        while client.get("/v1/geocode", params={"q": "Phường Tây"}).status_code != httpx.codes.OK:
            pass
        key = {"Authorization": f"Bearer {environment['KEY']}"}
        code = (
            client.post("/v1/addresses", json=FIRST, headers=key).raise_for_status().json()["code"]
        )

    def here(text: str) -> str:
        """Put this test's server, address and command where README says theirs."""
        ours = {"localhost:8000": base.removeprefix("http://"), "CODE": code}
        for shown, mine in {**ours, "scripts/addrsvc": addrsvc}.items():
            text = text.replace(shown, mine)
        return text

    # an answer of 400 or more fails; each answer on a line of its own
    strict = 'set -e\ncurl() { command curl -fsS "$@"; echo; }\n'
    said = _run(["/bin/bash", "-c", strict + here(_block("bash"))], environment)
    address, places, verdict, around, made = map(json.loads, said.splitlines())
    assert address["code"] == code
    assert places["type"] == "FeatureCollection"
    assert verdict["next_action"] in {"accept", "confirm", "fix", "add_unit"}
    assert around["type"] == "FeatureCollection"
    assert made["code"] != code

    printed = _run([sys.executable, "-P", "-c", here(_block("python"))], environment)
    assert address["label"] in printed
    assert re.search(r" \d{10}$", printed.strip())
