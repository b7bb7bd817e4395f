"""The pictures README shows, and the command that makes them; making them takes minutes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from PIL import Image

_ROOT = Path(__file__).resolve().parents[2]
_PICTURES = _ROOT / "scripts" / "screenshots"
_MOST_BYTES = 150_000


def _help() -> subprocess.CompletedProcess[str]:
    """Ask what scripts/screens runs, once everything is set up, what it is for."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "screenshots", "--help"],
        env={**os.environ, "PYTHONPATH": f"{_ROOT}{os.pathsep}{_ROOT / 'scripts'}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_picture_of_readme_is_one_the_command_makes() -> None:
    text = (_ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"scripts/screenshots/([a-z]+)\.png", text))
    assert shown == {path.stem for path in _PICTURES.glob("*.png")}
    assert len(shown) > 2
    for name in shown:
        path = _PICTURES / f"{name}.png"
        assert path.stat().st_size <= _MOST_BYTES
        with Image.open(path) as picture:
            assert picture.format == "PNG"
    told = _help()
    assert told.returncode == 0, told.stderr
    assert all(name in told.stdout for name in shown)
