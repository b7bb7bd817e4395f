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


def _screens(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run what scripts/screens runs once everything is set up."""
    return subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-P", "-m", "screenshots", *arguments],
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
    told = _screens("--help")
    assert told.returncode == 0, told.stderr
    assert all(name in told.stdout for name in shown)
    refused = _screens("no-such-picture")
    assert refused.returncode == 2
    assert "no such picture: no-such-picture" in refused.stderr
