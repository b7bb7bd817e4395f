"""What a person meets who runs a command with nothing to run it on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from addrsvc.cli import COMMANDS, GROUPS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi_VN.UTF-8", "Hãy chạy scripts/serve trước"), ("C.UTF-8", "Start scripts/serve first")],
)
def test_no_database_is_one_sentence_with_the_remedy(
    language: str, words: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "addrsvc", "verify"],
        cwd=ROOT,
        env={
            "PYTHONPATH": str(ROOT),
            "LANG": language,
            "ADDRSVC_DATA_DIR": str(tmp_path),
            "PGHOST": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 8
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_help_knows_every_command_and_loads_none() -> None:
    asked = [sys.executable, "-X", "importtime", "-P", "-m", "addrsvc", "--help"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 -- our own command
    assert all(f"│ {name} " in done.stdout for name in (*COMMANDS, *GROUPS))
    assert "addrsvc.cli.session" not in done.stderr
